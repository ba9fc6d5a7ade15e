import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Is this program on the machine? */
export function hasTool(name: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${name}`]).status === 0
}

export const isRoot = process.getuid?.() === 0

const cache = join(tmpdir(), 'imgtrust-real')

/**
 * An unpacked Debian of this suite with these packages, made by debootstrap once and kept below the system's folder
 * for temporary files. Tests must not change it.
 */
export function debian(suite: string, packages: readonly string[]): string {
  const name = `${suite}-${createHash('sha256').update(packages.join()).digest('hex').slice(0, 12)}`
  const folder = join(cache, name)
  if (existsSync(folder)) return folder
  mkdirSync(cache, { recursive: true })
  const making = mkdtempSync(join(cache, 'making-'))
  const options = ['--variant=minbase', `--include=${packages.join()}`, suite, making]
  const made = spawnSync('debootstrap', options, { encoding: 'utf8', maxBuffer: 64 << 20 })
  if (made.status !== 0)
    throw new Error(`debootstrap failed: ${made.stdout.slice(-400)}${made.stderr.slice(-400)}`)
  writeFileSync(join(making, 'etc/hosts'), '127.0.0.1 localhost\n')
  renameSync(making, folder)
  return folder
}

/**
 * Like {@link debian}, the packages installed by apt, which finds its way where debootstrap does not.
 * @param unpacked packages whose files alone are wanted: what their scripts would do needs a running system
 */
export function debianWith(
  suite: string,
  packages: readonly string[],
  unpacked: readonly string[] = [],
): string {
  const wanted = [...packages, ...unpacked].join()
  const name = `${suite}-apt-${createHash('sha256').update(wanted).digest('hex').slice(0, 12)}`
  const folder = join(cache, name)
  if (existsSync(folder)) return folder
  mkdirSync(cache, { recursive: true })
  const making = mkdtempSync(join(cache, 'making-'))
  const inside = [
    'apt-get update -qq',
    `apt-get install -y -qq --no-install-recommends ${packages.join(' ')}`,
    ...unpacked.map(
      each => `cd /tmp && apt-get download -qq ${each} && dpkg-deb -x ${each}_*.deb / && rm ${each}_*.deb`,
    ),
  ]
  const script = `debootstrap --variant=minbase ${suite} ${making} && chroot ${making} sh -c "${inside.join(' && ')}"`
  const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', DEBIAN_FRONTEND: 'noninteractive' }
  const made = spawnSync('sh', ['-c', script], { encoding: 'utf8', maxBuffer: 64 << 20, env })
  if (made.status !== 0) throw new Error(`apt failed: ${made.stdout.slice(-400)}${made.stderr.slice(-400)}`)
  renameSync(making, folder)
  return folder
}

/** A copy of a root filesystem that may be changed; the caller removes it. */
export function copyOf(root: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'imgtrust-copy-'))
  const done = spawnSync('cp', ['-a', '--reflink=auto', `${root}/.`, folder])
  if (done.status !== 0) throw new Error(String(done.stderr))
  return folder
}

/** Unpacks a gzipped tar of a root filesystem into a folder of its own, which the caller removes. */
export function unpack(file: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'imgtrust-root-'))
  const done = spawnSync('tar', ['-xzf', file, '-C', folder])
  if (done.status !== 0) throw new Error(String(done.stderr))
  writeFileSync(join(folder, 'etc/hosts'), '127.0.0.1 localhost\n')
  return folder
}

export interface Said {
  readonly status: number | null
  /** Standard output and error together. */
  readonly text: string
  /** Paths that it opened or looked at inside the root, with whether that succeeded; empty without strace. */
  readonly files: readonly { readonly path: string; readonly found: boolean }[]
}

/** Runs a program of a root filesystem inside it, with nothing of this machine's environment. */
export function runInside(root: string, command: readonly string[], watch = false): Promise<Said> {
  const trace = join(mkdtempSync(join(tmpdir(), 'imgtrust-trace-')), 'trace')
  const strace = watch
    ? ['strace', '-f', '-e', 'trace=open,openat,stat,newfstatat,readlink,readlinkat,access', '-o', trace]
    : []
  const chroot = ['/usr/sbin/chroot', root, ...command]
  const [program, ...rest] = [
    ...strace,
    '/usr/bin/env',
    '-i',
    'PATH=/bin:/usr/bin:/sbin:/usr/sbin',
    ...chroot,
  ]
  return new Promise((resolve, reject) => {
    const child = spawn(program!, rest, { stdio: ['ignore', 'pipe', 'pipe'] })
    const timer = setTimeout(() => child.kill('SIGKILL'), 60_000)
    let text = ''
    child.stdout.on('data', (part: Buffer) => {
      text += part
    })
    child.stderr.on('data', (part: Buffer) => {
      text += part
    })
    child.on('error', reject)
    child.on('close', status => {
      clearTimeout(timer)
      const lines = watch ? readFileSync(trace, 'utf8').split('\n') : []
      rmSync(join(trace, '..'), { recursive: true })
      // What came before the change of root concerns this machine.
      const entered = lines.findIndex(line => line.includes('execve') || line.includes(`chroot(`))
      const files = lines.slice(Math.max(0, entered)).flatMap(line => {
        const called =
          /\b(?:open|openat|stat|newfstatat|readlink|readlinkat|access)\((?:\w+, )?"([^"]+)"/.exec(line)
        return called ? [{ path: called[1]!, found: !line.includes(' = -1 ') }] : []
      })
      resolve({ status, text, files })
    })
  })
}

/** A TLS server on localhost with a certificate that no store holds: enough to make a client read its roots. */
export async function tlsServer(): Promise<{ readonly port: number; close(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'imgtrust-server-'))
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const options = ['-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=localhost', '-days', '30']
  const made = spawnSync('openssl', ['req', ...options, '-keyout', key, '-out', cert])
  if (made.status !== 0) throw new Error(String(made.stderr))
  const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (_, response) =>
    response.end(),
  )
  rmSync(folder, { recursive: true })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
