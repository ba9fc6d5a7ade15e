import type { AddressInfo } from 'node:net'
import { createServer, type Server, type TLSSocket } from 'node:tls'
import { pemOf } from './certificate.ts'
import type { PathCase } from './path-cases.ts'

/** A case with a server behind it. */
export interface ServedCase extends PathCase {
  readonly port: number
  /** What the server saw of the last client. */
  readonly seen: { request: boolean; alert: string }
}

/**
 * One TLS server per case, each sending exactly what the case says. It takes old versions, weak keys and digests, so
 * that nothing but the certificates can make a client refuse.
 */
export async function serve(
  cases: readonly PathCase[],
): Promise<{ readonly served: readonly ServedCase[]; close(): void }> {
  const servers: Server[] = []
  const served: ServedCase[] = []
  for (const each of cases) {
    const seen = { request: false, alert: '' }
    const server = createServer(
      {
        key: each.sent[0]!.key.private.export({ type: 'pkcs8', format: 'pem' }),
        cert: each.sent.map(({ der }) => pemOf(der)).join(''),
        ciphers: 'ALL:@SECLEVEL=0',
        minVersion: 'TLSv1',
      },
      (socket: TLSSocket) => {
        socket.on('error', () => {})
        socket.once('data', () => {
          seen.request = true
          socket.end('HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n\r\nok\n')
        })
      },
    )
    server.on('tlsClientError', error => {
      seen.alert = (error as NodeJS.ErrnoException).code ?? error.message
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    servers.push(server)
    served.push({ ...each, port: (server.address() as AddressInfo).port, seen })
  }
  return {
    served,
    close: () => {
      for (const server of servers) server.close()
    },
  }
}
