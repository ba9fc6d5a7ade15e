/** Through a proxy's CONNECT, where the environment names one. */
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { afterAll, describe, expect, it } from 'vitest'
import { readServer } from '../../src/server/read.ts'
import { parseServer } from '../../src/server/target.ts'
import { tcpPeer, tlsPeer } from '../support/peers.ts'
import { issue, keyOf } from '../support/pki.ts'

const leaf = issue({ subject: 'leaf', key: keyOf('leaf', 'ec') })
const open: Server[] = []
afterAll(() => {
  for (const server of open) server.close()
})

/** A proxy that connects whatever it is asked for to `to`, or answers `status`. */
async function proxy(to: number, status = '200 OK') {
  const asked: { target: string; login: string | undefined }[] = []
  const server = createServer()
  server.on('connect', (request, socket: Socket) => {
    asked.push({ target: request.url ?? '', login: request.headers['proxy-authorization'] })
    socket.on('error', () => {})
    if (!status.startsWith('2')) return socket.end(`HTTP/1.1 ${status}\r\n\r\n`)
    const up = connect(to, '127.0.0.1', () => {
      socket.write(`HTTP/1.1 ${status}\r\n\r\n`)
      socket.pipe(up).pipe(socket)
    })
    return up.on('error', () => {})
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  open.push(server)
  return { asked, at: `127.0.0.1:${(server.address() as AddressInfo).port}` }
}

const read = (typed: string, env: Record<string, string>, timeout = 20_000) =>
  readServer(parseServer(typed), { timeout, env })

describe('a proxy', () => {
  it('connects to the server by its name, which is never looked up here', async () => {
    const { asked, at } = await proxy(await tlsPeer([leaf]))
    for (const env of [{ HTTPS_PROXY: `http://me:p%40ss@${at}` }, { https_proxy: at }])
      expect((await read('https://server.invalid', env)).certificates).toEqual([new Uint8Array(leaf.der)])
    expect(asked).toEqual([
      { target: 'server.invalid:443', login: `Basic ${Buffer.from('me:p@ss').toString('base64')}` },
      { target: 'server.invalid:443', login: undefined },
    ])
  })

  it('is left out for hosts in NO_PROXY, this machine, and protocols that begin in clear', async () => {
    const { asked, at } = await proxy(1)
    const port = await tlsPeer([leaf])
    await read(`localhost:${port}`, { HTTPS_PROXY: at })
    await expect(read('server.invalid:444', { HTTPS_PROXY: at, NO_PROXY: '.invalid' })).rejects.toMatchObject(
      {
        code: 'unreachable',
      },
    )
    const mail = parseServer('server.invalid', { starttls: 'smtp' })
    await expect(readServer(mail, { timeout: 20_000, env: { HTTPS_PROXY: at } })).rejects.toMatchObject({
      code: 'unreachable',
    })
    expect(asked).toEqual([])
  })

  it('that refuses, is not there or hangs is told without its password', async () => {
    const refusing = await proxy(1, '407 Proxy Authentication Required')
    const hanging = await tcpPeer(() => {})
    const cases: [string, number, string, string][] = [
      [refusing.at, 20_000, 'unreachable', '407 Proxy Authentication Required'],
      ['127.0.0.1:1', 20_000, 'unreachable', 'nothing listens'],
      [`127.0.0.1:${hanging}`, 200, 'timeout', 'waiting for the proxy'],
    ]
    for (const [at, timeout, code, words] of cases) {
      const promise = read('https://server.invalid', { HTTPS_PROXY: `http://me:secret@${at}` }, timeout)
      await expect(promise).rejects.toMatchObject({ code, message: expect.stringContaining(words) })
      await expect(promise).rejects.toThrow(/^(?!.*secret)/)
    }
  })
})
