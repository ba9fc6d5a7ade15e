import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { compressionOf, Decompressor } from '../../src/image/decompress.ts'
import { inPieces } from '../support/gather.ts'
import { zstdStored } from '../support/image.ts'

async function unpack(packed: Uint8Array, piece?: number): Promise<Buffer> {
  const out: Buffer[] = []
  const decompressor = new Decompressor('the layer', chunk => {
    out.push(Buffer.from(chunk))
    return undefined
  })
  for await (const chunk of inPieces(packed, piece)) await decompressor.write(chunk)
  await decompressor.end()
  return Buffer.concat(out)
}

const text = Buffer.from('a layer of an image, '.repeat(20_000))
const noise = randomBytes(700_000)
const skippable = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3])

describe('the bytes decide, in pieces of any size', () => {
  it.each([
    ['none', text, text],
    ['gzip', gzipSync(text), text],
    ['gzip of noise', gzipSync(noise), noise],
    [
      'gzip of many members, as eStargz',
      Buffer.concat([gzipSync(text), gzipSync(''), gzipSync(noise)]),
      Buffer.concat([text, noise]),
    ],
    ['gzip padded with zeros', Buffer.concat([gzipSync(text), Buffer.alloc(700)]), text],
    ['zstd', zstdStored(text), text],
    [
      'zstd of many frames, skippable ones too',
      Buffer.concat([skippable, zstdStored(noise), skippable, zstdStored(text)]),
      Buffer.concat([noise, text]),
    ],
    ['two bytes', Buffer.from('ab'), Buffer.from('ab')],
    ['nothing', Buffer.alloc(0), Buffer.alloc(0)],
  ])('%s', async (_, packed, plain) => {
    for (const piece of [1_000_000, 65_537, 997, ...(packed.length < 1e5 ? [1] : [])]) {
      expect((await unpack(packed, piece)).equals(plain)).toBe(true)
    }
  })
})

const zstd = (() => {
  try {
    return execFileSync('zstd', ['--version']).length > 0
  } catch {
    return false
  }
})()

describe.skipIf(!zstd)('what the zstd program packs (needs zstd)', () => {
  it.each([['-1'], ['-19'], ['--fast=5'], ['--no-check']])('%s', async level => {
    const plain = Buffer.concat([text, noise])
    const packed = execFileSync('zstd', [level, '-q', '-c', '-'], { input: plain, maxBuffer: 1e8 })
    expect(compressionOf(packed)).toBe('zstd')
    expect((await unpack(packed)).equals(plain)).toBe(true)
    expect((await unpack(packed, 1009)).equals(plain)).toBe(true)
  })
})

describe('broken data is one clear error', () => {
  const flipped = (bytes: Buffer, at: number) => {
    const copy = Buffer.from(bytes)
    copy[at]! ^= 0xff
    return copy
  }
  const gzip = gzipSync(noise)
  it.each([
    ['gzip cut in the data', gzip.subarray(0, 5000), 'truncated'],
    ['gzip cut in the trailer', gzip.subarray(0, -3), 'truncated'],
    ['gzip cut in the header', gzip.subarray(0, 5), 'truncated'],
    ['gzip with a wrong checksum', flipped(gzip, gzip.length - 6), 'malformed'],
    [
      'gzip with rubbish behind it',
      Buffer.concat([gzipSync(text), Buffer.from([0x1f, 0x8b, 9, 9]), Buffer.from('rubbish')]),
      'malformed',
    ],
    ['gzip of an unknown method', flipped(gzip, 2), 'malformed'],
    ['zstd cut in a block', zstdStored(noise).subarray(0, 5000), 'truncated'],
    ['zstd cut in the header', zstdStored(noise).subarray(0, 5), 'truncated'],
    ['zstd with a block of the reserved kind', flipped(zstdStored(text), 14), 'malformed'],
    [
      'zstd with rubbish behind it',
      Buffer.concat([zstdStored(text), Buffer.from('rubbish, and more of it')]),
      'malformed',
    ],
  ])('%s', async (_, packed, code) => {
    await expect(unpack(packed)).rejects.toMatchObject({ name: 'JobError', code })
    await expect(unpack(packed, 100)).rejects.toMatchObject({ name: 'JobError', code })
  })

  it('what the sink throws comes out as it is, and ends it', async () => {
    const decompressor = new Decompressor('the layer', () => {
      throw new RangeError('enough')
    })
    const all = async () => {
      for await (const chunk of inPieces(gzipSync(noise))) await decompressor.write(chunk)
      await decompressor.end()
    }
    await expect(all()).rejects.toThrow(RangeError)
  })
})
