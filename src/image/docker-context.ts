import { createHash } from 'node:crypto'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { JobError } from '../errors.ts'
import { limits } from '../limits.ts'
import { printable } from './path.ts'

type Env = Readonly<Record<string, string | undefined>>

/** Where the Docker that a user has chosen by `docker context use` listens. */
export interface DockerContext {
  readonly name: string
  /** As in DOCKER_HOST. */
  readonly host: string
}

/** docker/cli, cli/context/store (validateContextName). */
const validName = /^[a-zA-Z0-9][a-zA-Z0-9_.+-]{0,254}$/

/**
 * The context that Docker's own client would use: DOCKER_CONTEXT, else `currentContext` of its config.json
 * (docs.docker.com, "Docker contexts"). DOCKER_HOST stands above both: that is the caller's to know.
 * @returns null where none is chosen, or the default one, which is the usual socket
 * @throws JobError `unsupported`, `not-found`, `malformed` where the chosen one can't be used
 */
export function dockerContext(env: Env): DockerContext | null {
  const folder = env.DOCKER_CONFIG ?? (env.HOME && `${env.HOME}/.docker`)
  const said = env.DOCKER_CONTEXT || (folder && textOf(readJson(`${folder}/config.json`), 'currentContext'))
  if (!said || said === 'default' || !folder) return null
  const what = `Docker's context ${printable(said, 60)}`
  if (!validName.test(said))
    throw new JobError('malformed', `${what} has no valid name; docker context ls shows them`)
  const id = createHash('sha256').update(said).digest('hex')
  const endpoint = docker(readJson(`${folder}/contexts/meta/${id}/meta.json`))
  const host = textOf(endpoint, 'Host')
  if (!host) {
    throw new JobError(
      'not-found',
      `${what} is not described in ${printable(folder)}/contexts; choose another by docker context use, or set DOCKER_HOST`,
    )
  }
  if (!host.startsWith('unix://') && existsSync(`${folder}/contexts/tls/${id}/docker`)) {
    throw new JobError(
      'unsupported',
      `${what} has its own TLS certificates, which are not read: set DOCKER_HOST=${printable(host)}, DOCKER_TLS_VERIFY=1 and DOCKER_CERT_PATH=${printable(folder)}/contexts/tls/${id}/docker`,
    )
  }
  return { name: said, host }
}

function docker(meta: unknown): unknown {
  const endpoints = (meta as Record<string, unknown> | null)?.Endpoints
  return (endpoints as Record<string, unknown> | undefined)?.docker ?? null
}

function textOf(json: unknown, key: string): string | null {
  const value = typeof json === 'object' && json !== null ? (json as Record<string, unknown>)[key] : null
  return typeof value === 'string' && value !== '' ? value : null
}

/** Null where there is no such file, or nothing of use in it: Docker's client says what is wrong with its own. */
function readJson(path: string): unknown {
  try {
    const { size } = statSync(path)
    return size > limits.manifestBytes ? null : JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return null
  }
}
