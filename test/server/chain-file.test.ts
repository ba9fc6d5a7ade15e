/** Chains from files, in their order, what is no certificate told. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { limits } from '../../src/limits.ts'
import { readServer } from '../../src/server/read.ts'
import { parseServer } from '../../src/server/target.ts'
import { issue, keyOf } from '../support/pki.ts'

const folder = mkdtempSync(join(tmpdir(), 'imgtrust-chain-'))
afterAll(() => rmSync(folder, { recursive: true }))

const root = issue({ subject: 'Root', key: keyOf('root', 'ec'), ca: true })
const leaf = issue({ subject: 'leaf', key: keyOf('leaf', 'ec'), by: root, names: ['DNS:leaf'] })
const stray = issue({ subject: 'Stray', key: keyOf('stray', 'ec'), ca: true })

const options = { timeout: 20_000, host: 'leaf' }
const file = (name: string, content: string | Uint8Array) => {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}
const read = (path: string, more: object = {}) => readServer(parseServer(path), { ...options, ...more })

describe('a chain from a file', () => {
  it('keeps order, strays and duplicates', async () => {
    const sent = [leaf, stray, root, leaf]
    const path = file('chain.pem', sent.map(({ pem }) => `text\n${pem}more\n`).join('\r\n'))
    expect(await read(path)).toEqual({
      host: 'leaf',
      port: null,
      how: 'file',
      unreadable: [],
      certificates: sent.map(({ der }) => new Uint8Array(der)),
    })
  })

  it('may be DER', async () => {
    const { certificates } = await read(file('leaf.der', leaf.der))
    expect(certificates).toEqual([new Uint8Array(leaf.der)])
  })

  it('may come on standard input', async () => {
    async function* pieces() {
      for (const byte of Buffer.from(leaf.pem + root.pem)) yield Uint8Array.of(byte)
    }
    const { certificates } = await read('-', { stdin: pieces() })
    expect(certificates).toHaveLength(2)
  })

  it('tells what it can not read, but takes no other certificate for the server’s own', async () => {
    const garbage = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'
    const chain = await read(file('later.pem', leaf.pem + garbage + root.pem))
    expect(chain.certificates).toHaveLength(2)
    expect(chain.unreadable).toEqual([{ unknown: expect.stringMatching(/^certificate 2 of 3: /) }])
    await expect(read(file('first.pem', garbage + leaf.pem))).rejects.toMatchObject({ code: 'malformed' })
  })
})

describe('a file that is no chain', () => {
  it.each([
    ['garbage', file('garbage.pem', 'certainly not'), 'malformed'],
    ['empty', file('empty.pem', ''), 'malformed'],
    ['a folder', `${folder}/`, 'unreadable'],
    ['not there', join(folder, 'none.pem'), 'not-found'],
    ['a keystore', file('key.jks', Buffer.from('feedfeed00000002', 'hex')), 'unsupported'],
    [
      'of more certificates than are sent',
      file('many.pem', leaf.pem.repeat(limits.certificatesSent + 1)),
      'limit',
    ],
    ['of too many bytes', file('huge.pem', Buffer.alloc(limits.chainFileBytes + 1)), 'limit'],
  ])('%s', async (_, path, code) => {
    await expect(read(path)).rejects.toMatchObject({ name: 'JobError', code })
  })

  it('needs a host', async () => {
    const target = parseServer(file('hostless.pem', leaf.pem))
    await expect(readServer(target, { timeout: 1000 })).rejects.toThrow('--host')
  })

  it('and standard input that hangs is given up, or left at once', async () => {
    const stdin: AsyncIterable<Uint8Array> = {
      [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }),
    }
    await expect(read('-', { stdin, timeout: 50 })).rejects.toMatchObject({ code: 'timeout' })
    await expect(read('-', { stdin, signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'aborted' })
  })
})
