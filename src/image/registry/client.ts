import type { IncomingMessage } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { now } from '../../clock.ts'
import { JobError } from '../../errors.ts'
import { limits } from '../../limits.ts'
import { printable, withoutLogin } from '../path.ts'
import type { ImageReference } from '../reference.ts'
import { authorize, notLoggedIn, refused } from './auth.ts'
import { bodyChunks, readBody } from './body.ts'
import { Connections, type Session } from './connections.ts'
import { findCredential } from './credentials.ts'
import { allowsPlainHttp, type HttpClient, type HttpOptions, type HttpRequest } from './http.ts'

export interface RegistryOptions extends HttpOptions {
  readonly authfile?: string
  /** Shared with other images; absent: this one's own. */
  readonly connections?: Connections
  /** What a token is asked for; absent: to pull the one repository. */
  readonly scope?: string
}

/** One page of a list, and where the next one is. */
export interface ListPage {
  readonly bytes: Uint8Array
  /** The `Link` header as it came; null where there is none. */
  readonly link: string | null
}

/** Docker Hub's registry is not at the name that its references bear. */
const HUB = 'registry-1.docker.io'
const ATTEMPTS = 4
const ERROR_BYTES = 64 * 1024

const MANIFESTS = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ')

/**
 * Pulls from one repository (OCI distribution spec, "Pull"): login, redirects, retries. Nothing is verified here but
 * whom bytes are asked from.
 */
export class RegistryClient {
  readonly #reference: ImageReference
  readonly #options: RegistryOptions
  readonly #connections: Connections
  readonly #http: HttpClient
  readonly #origin: URL
  readonly #session: Session

  constructor(reference: ImageReference, options: RegistryOptions) {
    this.#reference = reference
    this.#options = options
    this.#connections = options.connections ?? new Connections(options.signal)
    this.#http = this.#connections.http(options)
    this.#session = this.#connections.session(`${reference.registry}/${reference.repository}`)
    const host = reference.registry === 'docker.io' ? HUB : reference.registry
    this.#origin = new URL(`${allowsPlainHttp(host, options.plainHttp) ? 'http' : 'https'}://${host}`)
  }

  /** A manifest or an index by tag or digest, with the digest that the registry states for it. */
  async manifest(
    name: string,
    what: string,
  ): Promise<{ readonly bytes: Uint8Array; readonly digest: string | null }> {
    const { response, url } = await this.#get(`manifests/${name}`, { headers: { accept: MANIFESTS } }, what)
    const bytes = await readBody(response, url, limits.manifestBytes, what)
    const stated = response.headers['docker-content-digest']
    return { bytes, digest: typeof stated === 'string' ? stated : null }
  }

  /**
   * One page of a list (OCI distribution spec, "Content Discovery").
   * @param path under `/v2/`, with its query; or an address of this registry, as its `Link` named it
   */
  async page(path: string | URL, what: string): Promise<ListPage> {
    const start = typeof path === 'string' ? new URL(`/v2/${path}`, this.#origin) : path
    const { response, url } = await this.#send(start, { headers: { accept: 'application/json' } }, what)
    const bytes = await readBody(response, url, limits.cataloguePageBytes, what)
    const { link } = response.headers
    return { bytes, link: typeof link === 'string' ? link : null }
  }

  /** Where it is asked: what is said to lie elsewhere is not asked for there. */
  get origin(): string {
    return this.#origin.origin
  }

  /**
   * A blob's bytes as they come. Where the connection is cut, the rest is asked for (RFC 9110, 14.2); a server that
   * sends all again is read over up to there. Whoever reads verifies the whole.
   * @throws JobError `truncated` where it was cut once too often
   */
  async *blob(digest: string, what: string, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
    let at = 0
    for (let resumed = 0; ; resumed++) {
      const headers = at > 0 ? { range: `bytes=${at}-` } : {}
      const { response, url } = await this.#get(
        `blobs/${digest}`,
        { headers, ...(signal && { signal }) },
        what,
      )
      let skip = skipped(response, at)
      try {
        for await (const chunk of bodyChunks(response, url, what)) {
          const fresh = chunk.subarray(Math.min(skip, chunk.length))
          skip -= chunk.length - fresh.length
          at += fresh.length
          if (fresh.length > 0) yield fresh
        }
        return
      } catch (error) {
        if (!(error instanceof JobError) || error.code !== 'truncated' || resumed === limits.resumes)
          throw error
      } finally {
        response.destroy()
      }
      await this.#pause(250 * 2 ** resumed, signal)
    }
  }

  /** Ends its own connections; those that are shared are their owner's to end. */
  close(): void {
    if (this.#options.connections === undefined) this.#connections.close()
  }

  #get(
    path: string,
    request: HttpRequest,
    what: string,
  ): Promise<{ readonly response: IncomingMessage; readonly url: URL }> {
    return this.#send(new URL(`/v2/${this.#reference.repository}/${path}`, this.#origin), request, what)
  }

  async #send(
    start: URL,
    request: HttpRequest,
    what: string,
  ): Promise<{ readonly response: IncomingMessage; readonly url: URL }> {
    let asked: string | null = null
    for (let attempt = 1; ; attempt++) {
      await this.#connections.ready(start.host, request.signal ?? this.#options.signal)
      const used = this.#session.authorization
      const { response, url } = await this.#follow(start, request)
      const status = response.statusCode ?? 0
      if (status === 200 || (status === 206 && request.headers.range)) return { response, url }
      if (status === 401 && url.origin === this.#origin.origin && asked === null) {
        asked = response.headers['www-authenticate'] ?? ''
        response.destroy()
        // Another request may have logged in meanwhile: then its answer is tried first.
        if (used === this.#session.authorization) await this.#login(asked)
        else asked = null
        continue
      }
      if ((status === 429 || status >= 500) && attempt < ATTEMPTS) {
        const wait = retryAfter(response.headers['retry-after'], attempt)
        if (wait <= limits.retryAfterMs) {
          response.destroy()
          // The wish of a host is for all who ask it.
          if (response.headers['retry-after']) this.#connections.pause(url.host, wait)
          await this.#pause(wait)
          continue
        }
      }
      throw await this.#failure(response, url, what)
    }
  }

  async #login(challenge: string): Promise<void> {
    const { env, authfile } = this.#options
    this.#session.credential ??= findCredential(this.#reference, { env, ...(authfile && { authfile }) })
    this.#session.authorization = await authorize(
      this.#http,
      this.#reference,
      challenge,
      await this.#session.credential,
      this.#options.scope,
    )
  }

  /** Redirects are followed without the credential, and never from https to http. */
  async #follow(
    start: URL,
    request: HttpRequest,
  ): Promise<{ readonly response: IncomingMessage; readonly url: URL }> {
    let url = start
    for (let hops = 0; hops <= limits.redirects; hops++) {
      const own = url.origin === this.#origin.origin
      const authorization =
        own && this.#session.authorization ? { authorization: this.#session.authorization } : {}
      const response = await this.#http.request(url, {
        ...(this.#options.signal && { signal: this.#options.signal }),
        ...request,
        headers: { ...request.headers, ...authorization },
      })
      const { location } = response.headers
      if (![301, 302, 303, 307, 308].includes(response.statusCode ?? 0) || !location) return { response, url }
      response.destroy()
      url = redirected(url, location)
    }
    throw new JobError('unreachable', `${start.host} redirects more than ${limits.redirects} times`)
  }

  async #pause(ms: number, signal = this.#options.signal): Promise<void> {
    await sleep(ms, undefined, signal && { signal }).catch(() => {
      throw new JobError('aborted', 'interrupted before it was done')
    })
  }

  /** A registry that repeats what it was sent must not make us print it. */
  async #withoutSecrets(said: string): Promise<string> {
    const credential = await this.#session.credential
    const secret = credential?.kind === 'basic' ? credential.password : credential?.token
    const sent = this.#session.authorization?.split(' ')[1]
    return [secret, sent].some(one => one && said.includes(one)) ? '' : said
  }

  async #failure(response: IncomingMessage, url: URL, what: string): Promise<JobError> {
    const status = response.statusCode ?? 0
    const reference = this.#reference
    const own = url.origin === this.#origin.origin
    if (own && (status === 401 || status === 403)) {
      response.destroy()
      return (await this.#session.credential) ? refused(reference) : notLoggedIn(reference)
    }
    const said = await this.#withoutSecrets(await errorMessage(response, url))
    if (status === 404) {
      const gone = what.startsWith('the manifest')
        ? `${reference.canonical} is not in the registry; check name and tag`
        : `${what} is not in the registry any more; push the image again`
      return new JobError('not-found', `${gone}${said}`)
    }
    if (status === 400 || status === 405) {
      return new JobError(
        'unsupported',
        `${url.host} answers ${status} for ${what}${said}: it does not have that`,
      )
    }
    if (status === 429) {
      return new JobError(
        'unreachable',
        `${url.host} has had too many requests${said}; log in, or try again later`,
      )
    }
    return new JobError('unreachable', `${url.host} answers ${status} for ${what}${said}; try again later`)
  }
}

/** How many bytes of an answer were read before: none of a part that begins where it should, else all up to there. */
function skipped(response: IncomingMessage, at: number): number {
  if (response.statusCode !== 206) return at
  const start = /^bytes (\d+)-/.exec(response.headers['content-range'] ?? '')?.[1]
  // A part that begins elsewhere: what it lacks or has twice is found by the digest.
  return start === undefined ? 0 : Math.max(0, at - Number(start))
}

function redirected(from: URL, location: string): URL {
  let url: URL
  try {
    url = new URL(location, from)
  } catch {
    throw new JobError(
      'unreachable',
      `${from.host} redirects to what is no address: ${printable(withoutLogin(location), 80)}`,
    )
  }
  url.username = url.password = ''
  if (from.protocol === 'https:' && url.protocol !== 'https:') {
    throw new JobError(
      'unreachable',
      `${from.host} redirects from https to ${printable(url.protocol)}//, which is not followed`,
    )
  }
  return url
}

/** Milliseconds to wait: seconds or a date (RFC 9110, 10.2.3); where it is not said, ever longer. */
export function retryAfter(header: string | undefined, attempt: number): number {
  if (header && /^\d+$/.test(header)) return Number(header) * 1000
  const date = header ? Date.parse(header) : Number.NaN
  return Number.isNaN(date) ? 500 * 2 ** (attempt - 1) : Math.max(0, date - now())
}

/** What the registry says of its own error, `: …` for a message; `''` where it says nothing that can be shown. */
async function errorMessage(response: IncomingMessage, url: URL): Promise<string> {
  try {
    const body = await readBody(response, url, ERROR_BYTES, 'the error')
    const json = JSON.parse(Buffer.from(body).toString('utf8')) as { errors?: { message?: unknown }[] }
    const message = json.errors?.[0]?.message
    return typeof message === 'string' && message !== '' ? ` (it says: ${printable(message)})` : ''
  } catch {
    return ''
  }
}
