import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { JobError, oneLine } from '../../errors.ts'
import { printable } from '../path.ts'
import type { ImageReference } from '../reference.ts'

/** What a user has logged in with. */
export type Credential =
  | { readonly kind: 'basic'; readonly username: string; readonly password: string }
  /** A refresh token for the registry's token server. */
  | { readonly kind: 'identity'; readonly token: string }

interface CredentialOptions {
  readonly authfile?: string
  readonly env: Readonly<Record<string, string | undefined>>
}

/** Docker's `config.json`, Podman's `auth.json` (containers-auth.json(5)): as much of them as is used. */
interface AuthFile {
  readonly auths?: unknown
  readonly credHelpers?: unknown
  readonly credsStore?: unknown
}

/** Docker's own key for Docker Hub, since its first registry. */
const HUB = 'https://index.docker.io/v1/'
const HELPER_MS = 20_000
const HELPER_BYTES = 64 * 1024

/**
 * Finds the credential for a repository: in `--authfile` or `REGISTRY_AUTH_FILE` alone where one is named, else in
 * Docker's configuration, then in Podman's.
 * @returns null where nobody logged in
 * @throws JobError `unreadable`, `malformed`: a file that is named or there must be readable
 */
export async function findCredential(
  reference: ImageReference,
  options: CredentialOptions,
): Promise<Credential | null> {
  for (const { path, named } of authFiles(options)) {
    const file = await readAuthFile(path, named)
    const credential = file && (await fromFile(file, path, reference, options.env))
    if (credential) return credential
  }
  return null
}

function authFiles({ authfile, env }: CredentialOptions): readonly { path: string; named: boolean }[] {
  const named = authfile ?? env.REGISTRY_AUTH_FILE
  if (named) return [{ path: named, named: true }]
  const config = env.XDG_CONFIG_HOME ?? (env.HOME && `${env.HOME}/.config`)
  const paths = [
    env.DOCKER_CONFIG ? `${env.DOCKER_CONFIG}/config.json` : env.HOME && `${env.HOME}/.docker/config.json`,
    env.XDG_RUNTIME_DIR && `${env.XDG_RUNTIME_DIR}/containers/auth.json`,
    config && `${config}/containers/auth.json`,
  ]
  return paths.filter(path => path !== undefined && path !== '').map(path => ({ path: path!, named: false }))
}

async function readAuthFile(path: string, named: boolean): Promise<AuthFile | null> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (!named && (code === 'ENOENT' || code === 'ENOTDIR')) return null
    throw new JobError(
      'unreadable',
      `the credentials in ${printable(path)} can't be read: ${code ?? 'failed'}`,
    )
  }
  try {
    const json: unknown = JSON.parse(text)
    if (typeof json === 'object' && json !== null) return json
  } catch {
    // The parser's own words would quote what stands there.
  }
  throw new JobError('malformed', `the credentials in ${printable(path)} are no JSON; log in again`)
}

async function fromFile(
  file: AuthFile,
  path: string,
  reference: ImageReference,
  env: CredentialOptions['env'],
): Promise<Credential | null> {
  const host = reference.registry
  const servers = host === 'docker.io' ? [HUB, 'docker.io', 'index.docker.io'] : [host, `https://${host}`]
  for (const server of servers) {
    const helper = record(file.credHelpers)[server]
    if (typeof helper === 'string') return askHelper(helper, server, env)
  }
  const auths = record(file.auths)
  for (const key of [...namespaces(reference), ...servers]) {
    const credential = decode(record(auths[key]), path)
    if (credential) return credential
  }
  // `https://host/v1/`, as older clients wrote it.
  for (const [key, value] of Object.entries(auths)) {
    if (key.replace(/^https?:\/\//, '').replace(/\/.*$/, '') !== host || !/^https?:/.test(key)) continue
    const credential = decode(record(value), path)
    if (credential) return credential
  }
  if (typeof file.credsStore !== 'string') return null
  return askHelper(file.credsStore, servers[0]!, env)
}

/** Podman keeps credentials for parts of a registry: the longest that fits counts. */
function namespaces(reference: ImageReference): readonly string[] {
  const parts = reference.repository.split('/')
  return parts.map((_, i) => [reference.registry, ...parts.slice(0, parts.length - i)].join('/'))
}

function decode(entry: Readonly<Record<string, unknown>>, path: string): Credential | null {
  if (typeof entry.identitytoken === 'string' && entry.identitytoken !== '') {
    return { kind: 'identity', token: entry.identitytoken }
  }
  if (typeof entry.username === 'string' && typeof entry.password === 'string') {
    return { kind: 'basic', username: entry.username, password: entry.password }
  }
  if (typeof entry.auth !== 'string' || entry.auth === '') return null
  const text = Buffer.from(entry.auth, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  if (colon < 1)
    throw new JobError('malformed', `an entry of ${printable(path)} is no credential; log in again`)
  return {
    kind: 'basic',
    username: text.slice(0, colon),
    password: text.slice(colon + 1).replace(/\0+$/, ''),
  }
}

/**
 * Asks `docker-credential-NAME get`, the server's name on its standard input (docker-credential-helpers, "Usage").
 * @returns null where it has nothing, or is not installed: a public image needs neither
 */
function askHelper(name: string, server: string, env: CredentialOptions['env']): Promise<Credential | null> {
  if (!/^[A-Za-z0-9][A-Za-z0-9_.-]*$/.test(name)) {
    throw new JobError('malformed', `the credential helper ${printable(name)} has no name that can be run`)
  }
  return new Promise((resolve, reject) => {
    const options = {
      timeout: HELPER_MS,
      maxBuffer: HELPER_BYTES,
      env: { ...env },
      shell: false,
      windowsHide: true,
    }
    const child = execFile(`docker-credential-${name}`, ['get'], options, (error, stdout) => {
      if (error) {
        if (error.killed) {
          reject(new JobError('timeout', `docker-credential-${name} did not answer in ${HELPER_MS / 1000} s`))
        } else {
          resolve(null)
        }
        return
      }
      try {
        resolve(helperAnswer(stdout))
      } catch (problem) {
        reject(new JobError('malformed', `docker-credential-${name}: ${oneLine(problem)}`))
      }
    })
    child.stdin?.on('error', () => {})
    child.stdin?.end(server)
  })
}

function helperAnswer(stdout: string): Credential | null {
  let json: unknown
  try {
    json = JSON.parse(stdout)
  } catch {
    throw new Error('its answer is no JSON')
  }
  const { Username, Secret } = record(json)
  if (typeof Secret !== 'string' || Secret === '') return null
  if (Username === '<token>') return { kind: 'identity', token: Secret }
  return { kind: 'basic', username: typeof Username === 'string' ? Username : '', password: Secret }
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}
