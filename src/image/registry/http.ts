import { lookup } from 'node:dns'
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import { rootCertificates } from 'node:tls'
import { JobError, oneLine } from '../../errors.ts'
import { type Env, proxyAgent, proxyFor } from '../../network/proxy.ts'
import { printable } from '../path.ts'

/** What may be spoken to, and how. */
export interface HttpOptions {
  /** Hosts (`HOST` or `HOST:PORT`) that may be spoken to by plain http. */
  readonly plainHttp: readonly string[]
  /** PEM text of further CAs. */
  readonly ca: string | null
  readonly env: Env
  readonly idleMs: number
  /** Who is asked was named by a stranger: never this machine or a bare address, but where plainHttp names it. */
  readonly strangers?: boolean
  readonly signal?: AbortSignal
}

export interface HttpRequest {
  readonly method?: 'GET' | 'POST'
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  /** Ends this request alone, beside that of all. */
  readonly signal?: AbortSignal
}

/** One request at a time to one URL: redirects, credentials and retries are the caller's. */
export class HttpClient {
  readonly #options: HttpOptions
  readonly #ca: string[] | undefined
  readonly #agents = new Map<string, HttpAgent | HttpsAgent>()

  constructor(options: HttpOptions) {
    this.#options = options
    this.#ca = options.ca === null ? undefined : [...rootCertificates, options.ca]
  }

  /**
   * @throws JobError `unreachable`, `timeout`, `aborted`: plain http that nobody allowed, link-local addresses, and
   *   what the network says. The response's body is the caller's to read or to destroy.
   */
  request(url: URL, request: HttpRequest): Promise<IncomingMessage> {
    const { idleMs, plainHttp, strangers = false } = this.#options
    checkUrl(url, plainHttp)
    const guarded = strangers && !allowsPlainHttp(url.host, plainHttp)
    if (guarded) checkNamed(url)
    const signal = request.signal ?? this.#options.signal
    return new Promise((resolve, reject) => {
      let answer: IncomingMessage | undefined
      const send = url.protocol === 'https:' ? httpsRequest : httpRequest
      const sent = send(
        url,
        {
          method: request.method ?? 'GET',
          headers: { 'user-agent': 'imgtrust', ...request.headers },
          agent: this.#agent(url),
          lookup: guarded ? strangersLookup : guardedLookup,
          ...(signal && { signal }),
        },
        response => {
          answer = response
          resolve(response)
        },
      )
      sent.setTimeout(idleMs, () => {
        const late = new JobError('timeout', `${url.host} sent nothing for ${idleMs / 1000} s; try again`)
        // A response that has begun would else only say that it was cut.
        answer?.destroy(late)
        sent.destroy(late)
      })
      sent.on('error', error => reject(explainNetwork(error, url)))
      sent.end(request.body)
    })
  }

  /** Ends connections that are kept for a next request. */
  close(): void {
    for (const agent of this.#agents.values()) agent.destroy()
    this.#agents.clear()
  }

  #agent(url: URL): HttpAgent | HttpsAgent {
    const proxy = proxyFor(url, this.#options.env)
    const key = `${url.protocol} ${proxy?.href ?? ''}`
    const known = this.#agents.get(key)
    if (known) return known
    const options = { keepAlive: true, maxSockets: 8, ...(this.#ca && { ca: this.#ca }) }
    const made =
      url.protocol === 'http:'
        ? new HttpAgent(options)
        : proxy
          ? proxyAgent(proxy, options, this.#options.idleMs)
          : new HttpsAgent(options)
    this.#agents.set(key, made)
    return made
  }
}

/** Whether the user allowed plain http to this host: `--plain-http HOST` for every port, or `HOST:PORT`. */
export function allowsPlainHttp(host: string, plainHttp: readonly string[]): boolean {
  const name = host.replace(/:\d+$/, '')
  return plainHttp.includes(host) || plainHttp.includes(name)
}

/** @throws JobError `unreachable` for a URL that is never asked */
function checkUrl(url: URL, plainHttp: readonly string[]): void {
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new JobError('unreachable', `${printable(url.protocol)} is no protocol of a registry`)
  }
  if (url.protocol === 'http:' && !allowsPlainHttp(url.host, plainHttp)) {
    throw new JobError(
      'unreachable',
      `${url.host} is to be asked by plain http, which is not allowed; if you trust the way there, say --plain-http ${url.host}`,
    )
  }
  const literal = url.hostname.replace(/^\[|\]$/g, '')
  if (isIP(literal) && isLinkLocal(literal)) throw linkLocal(url.hostname)
}

function linkLocal(host: string): JobError {
  return new JobError(
    'unreachable',
    `${printable(host)} is a link-local address (a cloud's metadata service lies there), which is never asked`,
  )
}

/** 169.254.0.0/16 (RFC 3927), fe80::/10 (RFC 4291), and the first mapped into IPv6. */
export function isLinkLocal(address: string): boolean {
  const low = address.toLowerCase()
  if (/^(?:::ffff:)?169\.254\./.test(low) || /^::ffff:a9fe:/.test(low)) return true
  return /^fe[89ab][0-9a-f]:/.test(low)
}

/** A name that a stranger wrote must be one of the network's. @throws JobError `unreachable` */
function checkNamed(url: URL): void {
  const host = url.hostname.toLowerCase().replace(/\.$/, '')
  if (isIP(host.replace(/^\[|\]$/g, '')) || host === 'localhost' || host.endsWith('.localhost'))
    throw notForStrangers(url.host)
}

function notForStrangers(host: string): JobError {
  return new JobError(
    'unreachable',
    `${printable(host)} is this machine or a bare address, which is not asked because a Dockerfile says so; if it is meant, say --plain-http ${printable(host)}`,
  )
}

/** 127.0.0.0/8 and ::1, the unspecified address that leads there too (RFC 1122, 4291), and what maps into IPv6. */
export function isLoopback(address: string): boolean {
  const low = address.toLowerCase()
  return /^(?:::ffff:)?(?:127\.|0\.0\.0\.0$)/.test(low) || /^::(?:1|ffff:7f[0-9a-f]{2}:.*)?$/.test(low)
}

/** Names are judged by what they resolve to. */
const strangersLookup: LookupFunction = (hostname, options, callback) => {
  guardedLookup(hostname, options, (error, address, family) => {
    const all = Array.isArray(address) ? address.map(one => one.address) : [address]
    if (!error && all.some(isLoopback)) callback(notForStrangers(hostname), '', 0)
    else callback(error, address as string, family)
  })
}

const guardedLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, options, (error, address, family) => {
    const all = Array.isArray(address) ? address.map(one => one.address) : [address]
    if (!error && all.some(isLinkLocal)) callback(linkLocal(hostname), '', 0)
    else callback(error, address as string, family)
  })
}

const untrusted = new Set([
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
])

/** What a failure of the network means to a user. */
export function explainNetwork(error: unknown, url: URL): JobError {
  if (error instanceof JobError) return error
  const code = (error as NodeJS.ErrnoException).code ?? ''
  const host = url.host
  if ((error as Error).name === 'AbortError') return new JobError('aborted', 'interrupted before it was done')
  const said = (words: string) => new JobError('unreachable', `${host}: ${words}`)
  if (code === 'ECONNREFUSED') return said('nothing listens there; check the name and the port')
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return said('its name is not found; check it, and the network (HTTPS_PROXY where one is needed)')
  }
  if (untrusted.has(code)) return said('its certificate is of an unknown CA; give that with --ca-file FILE')
  if (code.startsWith('CERT_') || code.startsWith('ERR_TLS_')) {
    return said(`its certificate is refused: ${printable(oneLine(error))}`)
  }
  if (code === 'EPROTO' || code.startsWith('ERR_SSL_')) {
    return said(
      `it does not speak TLS there; if it speaks plain http and you trust the way, say --plain-http ${host}`,
    )
  }
  return said(`the connection failed: ${printable(oneLine(error)) || code}; try again`)
}
