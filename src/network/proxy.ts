import { request } from 'node:http'
import { type AgentOptions, Agent as HttpsAgent } from 'node:https'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { connect } from 'node:tls'
import { JobError } from '../errors.ts'
import { printable } from '../image/path.ts'

export type Env = Readonly<Record<string, string | undefined>>

/**
 * The proxy for an https URL: `HTTPS_PROXY` but for the hosts in `NO_PROXY`, both also in lower case, as curl and Go
 * read them. Plain http is for hosts nearby and goes straight.
 * @throws JobError `usage` where it is no http URL
 */
export function proxyFor(url: URL, env: Env): URL | null {
  const said = env.HTTPS_PROXY || env.https_proxy
  if (!said || url.protocol !== 'https:' || isExcepted(url, env.NO_PROXY || env.no_proxy || '')) return null
  try {
    const proxy = new URL(said.includes('://') ? said : `http://${said}`)
    if (proxy.protocol === 'http:') return proxy
  } catch {
    // Told below: its own words would show the password in it.
  }
  throw new JobError('usage', 'HTTPS_PROXY is no http:// address of a proxy')
}

function isExcepted(url: URL, list: string): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase()
  if (host === 'localhost' || host === '::1' || host.startsWith('127.')) return true
  return list
    .split(',')
    .map(one =>
      one
        .trim()
        .toLowerCase()
        .replace(/^\*?\./, ''),
    )
    .some(one => one === '*' || (one !== '' && matches(one, host, url.port || '443')))
}

function matches(one: string, host: string, port: string): boolean {
  const [, name, itsPort] = /^(.*?)(?::(\d+))?$/.exec(one) ?? []
  return (itsPort === undefined || itsPort === port) && (host === name || host.endsWith(`.${name}`))
}

/** An agent whose TLS connections run through the proxy's CONNECT (RFC 9110, 9.3.6). */
export function proxyAgent(proxy: URL, options: AgentOptions, idleMs: number): HttpsAgent {
  const agent = new HttpsAgent(options)
  const made = agent as unknown as {
    createConnection(options: TunnelOptions, done: (error: Error | null, socket?: Duplex) => void): void
  }
  made.createConnection = (to, done) => {
    tunnel(proxy, to, idleMs).then(
      socket => {
        // @types/node has no overload for options that an agent hands in.
        done(null, connect({ ...(to as object), socket, servername: to.servername ?? to.host }))
      },
      error => done(error),
    )
  }
  return agent
}

interface TunnelOptions {
  readonly host: string
  readonly port: number
  readonly servername?: string
}

/**
 * A connection through the proxy, for whatever is spoken there.
 * @throws JobError `unreachable`, without the proxy's password; what the signal is aborted with
 */
export function tunnel(
  proxy: URL,
  to: { readonly host: string; readonly port: number },
  idleMs: number,
  signal?: AbortSignal,
): Promise<Socket> {
  const target = `${to.host.includes(':') ? `[${to.host}]` : to.host}:${to.port}`
  const login = `${decoded(proxy.username)}:${decoded(proxy.password)}`
  const failed = (why: string) =>
    new JobError('unreachable', `the proxy ${proxy.host} does not connect to ${target}: ${why}`)
  return new Promise((resolve, reject) => {
    const asked = request({
      host: proxy.hostname.replace(/^\[|\]$/g, ''),
      port: proxy.port || 80,
      method: 'CONNECT',
      path: target,
      timeout: idleMs,
      headers: {
        host: target,
        ...(proxy.username && { 'proxy-authorization': `Basic ${Buffer.from(login).toString('base64')}` }),
      },
      agent: false,
      ...(signal && { signal }),
    })
    asked.on('connect', (response, socket, head) => {
      const { statusCode = 0, statusMessage = '' } = response
      if (statusCode < 200 || statusCode > 299) {
        socket.destroy()
        return reject(failed(`it answers ${statusCode} ${printable(statusMessage, 60)}`))
      }
      // The proxy may hand on the server's first bytes with its own last ones.
      if (head.length > 0) socket.unshift(head)
      return resolve(socket)
    })
    asked.on('timeout', () => asked.destroy(new Error('no answer')))
    asked.on('error', error => reject(signal?.aborted ? signal.reason : failed(whyNot(error))))
    asked.end()
  })
}

/** A percent sign that is no escape stands for itself. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function whyNot(error: Error): string {
  const code = (error as NodeJS.ErrnoException).code
  if (code === 'ECONNREFUSED') return 'nothing listens at its address'
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'its own name is not found'
  return printable(error.message) || code || 'no reason is known'
}
