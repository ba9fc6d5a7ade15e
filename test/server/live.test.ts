/** Chains from live servers: OpenSSL's own (as Node.js has it) in every version that it speaks. */
import { generateKeyPairSync } from 'node:crypto'
import type { SecureVersion, TlsOptions } from 'node:tls'
import { describe, expect, it } from 'vitest'
import { readServer } from '../../src/server/read.ts'
import type { ReadServerOptions } from '../../src/server/sent.ts'
import { parseServer } from '../../src/server/target.ts'
import { tcpPeer, tlsPeer } from '../support/peers.ts'
import { type Issued, issue, keyOf } from '../support/pki.ts'

const root = issue({ subject: 'Root', key: keyOf('root'), ca: true })
const leaf = issue({ subject: 'leaf', key: keyOf('leaf'), by: root, names: ['DNS:localhost'] })
const ecLeaf = issue({ subject: 'EC leaf', key: keyOf('leaf', 'ec'), by: root, names: ['DNS:localhost'] })
const weak = issue({ subject: 'weak', key: keyOf('weak', 'rsa-1024'), by: root, digest: 'md5' })
const stray = issue({ subject: 'Stray', key: keyOf('stray'), ca: true })

const read = (port: number, more: Partial<ReadServerOptions> = {}) =>
  readServer(parseServer(`localhost:${port}`), { timeout: 20_000, env: {}, ...more })
const ders = (sent: readonly Issued[]) => sent.map(({ der }) => new Uint8Array(der))
const speaking = (version: SecureVersion): TlsOptions => ({ minVersion: version, maxVersion: version })

describe('a chain from the wire', () => {
  const sent = [leaf, stray, root, stray, leaf]

  it.each([
    ['TLSv1', 'tls1.0'],
    ['TLSv1.1', 'tls1.1'],
    ['TLSv1.2', 'tls1.2'],
    ['TLSv1.3', 'tls1.3'],
  ] as const)('%s: in order, with strays and duplicates', async (version, how) => {
    const port = await tlsPeer(sent, speaking(version))
    expect(await read(port)).toEqual({
      host: 'localhost',
      port,
      how,
      certificates: ders(sent),
      unreadable: [],
    })
  })

  it('of a server of both is read in clear', async () => {
    expect((await read(await tlsPeer(sent))).how).toBe('tls1.2')
  })

  it.each([
    'ECDHE-RSA-AES128-GCM-SHA256',
    'AES128-SHA',
    'DHE-RSA-AES256-GCM-SHA384',
    'ECDHE-RSA-CHACHA20-POLY1305',
  ])('RSA, %s alone', async ciphers => {
    const port = await tlsPeer([leaf, root], { ciphers, dhparam: 'auto', maxVersion: 'TLSv1.2' })
    expect((await read(port)).certificates).toEqual(ders([leaf, root]))
  })

  it.each(['TLSv1.2', 'TLSv1.3'] as const)('an ECDSA certificate, %s', async version => {
    expect((await read(await tlsPeer([ecLeaf, root], speaking(version)))).certificates).toEqual(
      ders([ecLeaf, root]),
    )
  })

  it.each(['brainpoolP256r1', 'secp256k1', 'secp521r1'])('an ECDSA certificate on %s', async namedCurve => {
    const pair = generateKeyPairSync('ec', { namedCurve })
    const spki = pair.publicKey.export({ type: 'spki', format: 'der' })
    const key = { private: pair.privateKey, spki, id: Buffer.from(namedCurve) }
    const odd = issue({ subject: namedCurve, key, by: root })
    expect((await read(await tlsPeer([odd, root], speaking('TLSv1.2')))).certificates).toEqual(
      ders([odd, root]),
    )
  })

  it('of a weak key signed with MD5', async () => {
    expect((await read(await tlsPeer([weak, root], speaking('TLSv1.2')))).certificates).toEqual(
      ders([weak, root]),
    )
  })

  it.each([
    'TLS_AES_128_GCM_SHA256',
    'TLS_AES_256_GCM_SHA384',
    'TLS_CHACHA20_POLY1305_SHA256',
  ])('TLS 1.3, %s alone', async ciphers => {
    const port = await tlsPeer(sent, { ...speaking('TLSv1.3'), ciphers })
    expect(await read(port)).toMatchObject({ how: 'tls1.3', certificates: ders(sent) })
  })

  it.each([
    'X25519',
    'prime256v1',
    'X448',
    'secp384r1',
    'secp521r1',
  ])('TLS 1.3 in group %s alone, asked again where no share of it was offered', async ecdhCurve => {
    const port = await tlsPeer(sent, { ...speaking('TLSv1.3'), ecdhCurve })
    expect(await read(port)).toMatchObject({ how: 'tls1.3', certificates: ders(sent) })
  })

  it.each([
    'TLSv1.2',
    'TLSv1.3',
  ] as const)('of a server that wants a client certificate, %s', async version => {
    const port = await tlsPeer(sent, { ...speaking(version), requestCert: true, rejectUnauthorized: true })
    expect((await read(port)).certificates).toEqual(ders(sent))
  })

  it('is asked for by name: the target’s, or the one given', async () => {
    const asked: string[] = []
    const SNICallback: TlsOptions['SNICallback'] = (name, done) => {
      asked.push(name)
      done(null)
    }
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      const port = await tlsPeer(sent, { ...speaking(version), SNICallback })
      await read(port)
      expect((await read(port, { host: 'Other.example.' })).host).toBe('other.example')
      await readServer(parseServer(`127.0.0.1:${port}`), { timeout: 20_000, env: {} })
    }
    // TLS 1.3 is the second offer.
    expect([...new Set(asked)]).toEqual(['localhost', 'other.example'])
  })

  it('of a server that talks to web clients alone', async () => {
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      const port = await tlsPeer(sent, {
        ...speaking(version),
        ALPNCallback: ({ protocols }) => protocols.find(each => each === 'h2'),
      } as TlsOptions)
      expect((await read(port)).certificates).toEqual(ders(sent))
    }
  })

  it('in as many records as the server likes', async () => {
    const many = new Array<Issued>(90).fill(stray)
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      const port = await tlsPeer([leaf, ...many], speaking(version))
      expect((await read(port)).certificates).toEqual(ders([leaf, ...many]))
    }
  })

  it('is told to be enough: the server sees a goodbye, no broken connection', async () => {
    let ended = ''
    const port = await tlsPeer(sent, speaking('TLSv1.2'))
    const relay = await tcpPeer(socket => {
      socket.on('data', chunk => {
        ended = chunk.toString('hex')
      })
      void import('node:net').then(({ connect }) => {
        const server = connect(port, '127.0.0.1')
        server.on('error', () => {})
        socket.pipe(server).pipe(socket)
      })
    })
    await read(relay)
    await expect.poll(() => ended).toBe('15030300020100')
  })
})
