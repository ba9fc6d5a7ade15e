import { statSync } from 'node:fs'
import { request } from 'node:http'
import { JobError, oneLine } from '../errors.ts'
import { dockerContext } from './docker-context.ts'
import { printable, withoutLogin } from './path.ts'

/** Where an engine listens: a socket, or a host. */
export type Endpoint =
  | { readonly socketPath: string }
  | { readonly host: string; readonly port: number; readonly tls: boolean }

type Env = Readonly<Record<string, string | undefined>>

/** An engine as its clients look for it. */
export interface EngineKind {
  readonly id: 'docker' | 'podman'
  readonly title: string
  /** The variable that says where it listens. */
  readonly variable: 'DOCKER_HOST' | 'CONTAINER_HOST'
  /** Sockets by default, the first that is there counts. */
  sockets(env: Env): readonly (string | undefined)[]
  /** What a user does where it is not there. */
  readonly start: string
}

/** Docker's and rootless Docker's socket, and Docker Desktop's (docs.docker.com, "Docker contexts", "Rootless mode"). */
export const dockerKind: EngineKind = {
  id: 'docker',
  title: 'Docker',
  variable: 'DOCKER_HOST',
  sockets: env => [
    '/var/run/docker.sock',
    env.XDG_RUNTIME_DIR && `${env.XDG_RUNTIME_DIR}/docker.sock`,
    env.HOME && `${env.HOME}/.docker/run/docker.sock`,
  ],
  start: 'start it (systemctl start docker, or Docker Desktop), or set DOCKER_HOST',
}

/** Podman's Docker-compatible socket (podman-system-service(1)). */
export const podmanKind: EngineKind = {
  id: 'podman',
  title: 'Podman',
  variable: 'CONTAINER_HOST',
  sockets: env => [
    env.XDG_RUNTIME_DIR && `${env.XDG_RUNTIME_DIR}/podman/podman.sock`,
    '/run/podman/podman.sock',
  ],
  start:
    'start its service (systemctl --user start podman.socket, or podman system service), or set CONTAINER_HOST',
}

/**
 * Where the engine listens, without asking it.
 * @returns null where nothing says so and no socket is there
 * @throws JobError `unsupported`, `not-found`, `malformed` where the variable or the chosen context can't be used
 */
export function endpointOf(kind: EngineKind, env: Env): Endpoint | null {
  const said = env[kind.variable]
  if (said) return parseHost(`${kind.variable}=`, said, Boolean(env.DOCKER_TLS_VERIFY))
  const context = kind.id === 'docker' ? dockerContext(env) : null
  if (context) return parseHost(`Docker's context ${context.name}, `, context.host, false)
  const path = kind.sockets(env).find(one => one !== undefined && isSocket(one))
  return path === undefined ? null : { socketPath: path }
}

/** @param where what said it, as the beginning of a message */
function parseHost(where: string, said: string, verify: boolean): Endpoint {
  const unix = /^unix:\/\/(\/.+)$/.exec(said)
  if (unix) return { socketPath: unix[1]! }
  const bad = (why: string) => new JobError('unsupported', `${where}${printable(withoutLogin(said))}: ${why}`)
  if (!/^(?:tcp|https?):\/\//.test(said))
    throw bad(
      said.startsWith('ssh://')
        ? `ssh is not spoken; save the image there and scan what comes: ssh HOST docker save IMAGE | imgtrust scan -`
        : 'only unix:// and tcp:// can be used; save the image and scan the file',
    )
  const url = URL.parse?.(said.replace(/^tcp:/, 'http:')) ?? tryUrl(said.replace(/^tcp:/, 'http:'))
  if (!url?.hostname) throw bad('it is no address')
  const tls = said.startsWith('https:') || verify
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port) || (tls ? 2376 : 2375), tls }
}

function tryUrl(text: string): URL | null {
  try {
    return new URL(text)
  } catch {
    return null
  }
}

function isSocket(path: string): boolean {
  try {
    return statSync(path).isSocket()
  } catch {
    return false
  }
}

/**
 * Asks an engine on its socket whether it has an image, by node:http alone: nothing heavy is loaded for a no.
 * @returns the engine's answer (`GET /images/NAME/json`), or null where it has no such image
 * @throws JobError `unreachable`, `unreadable`, `timeout`, `malformed`
 */
export function askForImage(
  kind: EngineKind,
  socketPath: string,
  name: string,
  idleMs: number,
): Promise<unknown> {
  const path = `/images/${name.split('/').map(encodeURIComponent).join('/')}/json`
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, path, timeout: idleMs }, response => {
      const chunks: Buffer[] = []
      let size = 0
      response.on('data', (chunk: Buffer) => {
        size += chunk.length
        if (size > 4 * 1024 * 1024) asked.destroy(new Error('its answer has more than 4 MiB'))
        else chunks.push(chunk)
      })
      response.on('error', error => reject(explain(kind, socketPath, error)))
      response.on('end', () => {
        if (response.statusCode === 404) return resolve(null)
        try {
          if (response.statusCode !== 200) throw new Error(`it answered ${response.statusCode}`)
          resolve(JSON.parse(Buffer.concat(chunks).toString('utf8')))
        } catch (error) {
          reject(explain(kind, socketPath, error))
        }
      })
    })
    asked.on('timeout', () => asked.destroy(new Error(`no answer in ${idleMs} ms`)))
    asked.on('error', error => reject(explain(kind, socketPath, error)))
    asked.end()
  })
}

/** What an engine's failure means to a user. */
export function explain(kind: EngineKind, where: string, error: unknown): JobError {
  if (error instanceof JobError) return error
  const code = (error as NodeJS.ErrnoException).code
  if (code === 'EACCES' || code === 'EPERM') {
    return new JobError(
      'unreadable',
      `${kind.title}'s socket ${where} may not be opened by this user; join its group or use sudo`,
    )
  }
  if (code === 'ENOENT' || code === 'ECONNREFUSED') {
    return new JobError('unreachable', `${kind.title} does not answer at ${where}: ${kind.start}`)
  }
  return new JobError('unreachable', `${kind.title} at ${where} failed: ${printable(oneLine(error))}`)
}
