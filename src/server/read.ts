import { isIPv6 } from 'node:net'
import { JobError } from '../errors.ts'
import { printable } from '../image/path.ts'
import { proxyFor, tunnel } from '../network/proxy.ts'
import { chainOf } from './chain.ts'
import { readChainFile } from './chain-file.ts'
import { connectTo } from './connect.ts'
import { Deadline } from './deadline.ts'
import { Fault } from './fault.ts'
import { readLive, type Way } from './live.ts'
import type { ReadServerOptions, SentChain, ServerTarget } from './sent.ts'
import { beginTls } from './starttls/index.ts'
import { parseHost } from './target.ts'

/**
 * The chain as a server sends it, read from the wire or from a file.
 * @throws JobError one line within `timeout`: `usage` (a file without a host), `unreachable`, `timeout`, `aborted`,
 *   `truncated`, `malformed`, `limit`, `unsupported`, `not-found`, `unreadable`
 */
export async function readServer(target: ServerTarget, options: ReadServerOptions): Promise<SentChain> {
  const name = printable(target.typed)
  const asked = options.host === undefined ? null : parseHost(options.host)
  if (target.kind === 'file' && asked === null)
    throw new JobError(
      'usage',
      `${name} does not say which server sends it: add --host NAME, the name that the client asks for`,
    )
  const deadline = new Deadline(target.typed, options)
  try {
    if (target.kind === 'file') {
      deadline.doing = 'reading it'
      const chain = await readChainFile(target.path, () => options.stdin ?? process.stdin, deadline.signal)
      return { ...chain, host: asked as string, port: null, how: 'file' }
    }
    const host = asked ?? target.host
    const { certificates, how } = await readLive(
      wayTo(target, host, options, deadline),
      host,
      deadline.signal,
    )
    return { ...chainOf(name, certificates), host, port: target.port, how }
  } catch (error) {
    if (error instanceof Fault) throw new JobError(error.code, `${name}: ${error.message}`)
    throw error
  } finally {
    deadline.clear()
  }
}

/** Through the proxy where HTTPS_PROXY names one and TLS begins at once; other protocols have no such proxy. */
function wayTo(
  target: ServerTarget & { kind: 'tls' },
  asked: string,
  options: ReadServerOptions,
  deadline: Deadline,
): Way {
  const { host, port, starttls } = target
  const url = new URL(`https://${isIPv6(host) ? `[${host.replace(/%.*/, '')}]` : host}:${port}`)
  const proxy = starttls ? null : proxyFor(url, options.env ?? process.env)
  return {
    open() {
      deadline.doing = proxy ? `waiting for the proxy ${proxy.host}` : 'connecting'
      if (proxy) return tunnel(proxy, { host, port }, options.timeout, deadline.signal)
      return connectTo(host, port, options.timeout / 4, deadline.signal)
    },
    async prepare(wire) {
      if (starttls) {
        deadline.doing = `waiting to begin TLS in ${starttls}`
        await beginTls(starttls, wire, asked)
      }
      deadline.doing = 'waiting for its certificates'
    },
  }
}
