import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, type TlsOptions } from 'node:tls'
import { afterAll } from 'vitest'
import type { Issued } from './pki.ts'

const open = new Set<Server>()
const sockets = new Set<Socket>()
afterAll(() => {
  for (const socket of sockets) socket.destroy()
  for (const server of open) server.close()
})

async function listen(server: Server): Promise<number> {
  open.add(server)
  server.on('connection', socket => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

/** A server that speaks what a test says, on every connection anew; ended with the test's file. @returns its port */
export function tcpPeer(speak: (socket: Socket) => void): Promise<number> {
  return listen(createTcpServer(speak))
}

/** A TLS server of Node.js (that is: of OpenSSL) that sends exactly these certificates. @returns its port */
export function tlsPeer(sent: readonly Issued[], options: TlsOptions = {}): Promise<number> {
  return listen(
    createTlsServer({
      key: sent[0]!.key.private.export({ type: 'pkcs8', format: 'pem' }),
      cert: sent.map(({ pem }) => pem).join(''),
      ciphers: 'ALL:@SECLEVEL=0',
      minVersion: 'TLSv1',
      ...options,
    }),
  )
}

/** Sends the same again and again until the other side has gone. */
export function flood(socket: Socket, block: Uint8Array | string): void {
  socket.write(block, error => {
    if (!error) flood(socket, block)
  })
}
