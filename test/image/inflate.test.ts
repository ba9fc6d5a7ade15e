import { randomBytes } from 'node:crypto'
import { constants, deflateRawSync, gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { Decompressor } from '../../src/image/decompress.ts'
import { FastGunzip, type InflateWay, inflateWay, selfTest } from '../../src/image/inflate.ts'
import { fuzzSeed, randomOf } from '../support/fuzz.ts'

afterEach(() => vi.unstubAllEnvs())

/** What becomes of an input: its bytes, or the error's code and words. */
async function outcome(way: InflateWay, input: Uint8Array, sizes: () => number): Promise<string> {
  vi.stubEnv('IMGTRUST_INFLATE', way)
  const out: Buffer[] = []
  const decompressor = new Decompressor('the layer', chunk => {
    out.push(Buffer.from(chunk))
    return undefined
  })
  // One buffer for all pieces, as a reader of files has: what is kept of it must be copied.
  const piece = Buffer.alloc(300_000)
  try {
    for (let at = 0; at < input.length; ) {
      const size = Math.min(sizes(), piece.length, input.length - at)
      piece.set(input.subarray(at, at + size))
      await decompressor.write(piece.subarray(0, size))
      piece.fill(0xaa)
      at += size
    }
    await decompressor.end()
    return Buffer.concat(out).toString('base64')
  } catch (error) {
    decompressor.abort()
    const { code, message } = error as { code: string; message: string }
    return `${code} ${message}`
  }
}

describe('the way by the handle does what the documented stream does', () => {
  const seed = fuzzSeed()
  const below = randomOf(seed)
  const pick = <T>(...of: readonly T[]): T => of[below(of.length)]!

  function plain(): Buffer {
    const size = pick(0, 1, below(3_000), below(600_000))
    return pick(
      () => randomBytes(size),
      () => Buffer.alloc(size),
      () => Buffer.from('a layer of an image, '.repeat(Math.ceil(size / 21))).subarray(0, size),
    )()
  }

  const member = (): Buffer =>
    gzipSync(plain(), { level: pick(0, 1, 6, 9), memLevel: pick(1, 8), strategy: pick(0, constants.Z_FIXED) })

  function spoil(input: Buffer): Buffer {
    const copy = Buffer.from(input)
    const at = below(copy.length)
    return pick(
      () => copy,
      () => copy.subarray(0, at),
      () => copy.subarray(0, Math.max(0, copy.length - 1 - below(9))),
      () => {
        copy[at]! ^= 1 << below(8)
        return copy
      },
      () => {
        copy[Math.max(0, copy.length - 1 - below(8))]! ^= 0xff
        return copy
      },
      () => Buffer.concat([copy, Buffer.alloc(below(2_000))]),
      () => Buffer.concat([copy, Buffer.alloc(below(40)), randomBytes(below(40))]),
      () => Buffer.concat([copy, randomBytes(1 + below(40))]),
      () => Buffer.concat([copy, Buffer.from([0x1f, 0x8b]), randomBytes(below(40))]),
      () => Buffer.concat([copy, deflateRawSync(plain())]),
    )()
  }

  it(
    `for many inputs, whole and broken, in pieces of any size (seed ${seed})`,
    { timeout: 60_000 },
    async () => {
      for (let round = 0; round < 250; round++) {
        const input = spoil(Buffer.concat(Array.from({ length: 1 + below(4) }, member)))
        const small = input.length < 4_000
        const sizes = pick(
          () => 300_000,
          () => pick(1, 2, 3, 17, 1_000) * (small ? 1 : 1_000),
          () => 1 + below(small ? 40 : 70_000),
        )
        const drawn: number[] = []
        const remembered = () => drawn[drawn.push(sizes()) - 1]!
        const byStream = await outcome('stream', input, remembered)
        const byHandle = await outcome('fast', input, () => drawn.shift() ?? 300_000)
        expect(
          byHandle === byStream,
          `round ${round}: ${byHandle.slice(0, 90)} / ${byStream.slice(0, 90)}`,
        ).toBe(true)
      }
    },
  )
})

describe('which way is taken', () => {
  it('the handle on versions that were tried, once it has proved itself', () => {
    expect(selfTest()).toBe(true)
    expect(inflateWay(undefined, '22.1.0')).toBe('fast')
    expect(inflateWay(undefined, '99.0.0')).toBe('stream')
  })

  it('what the environment says', () => {
    expect(inflateWay('stream', '22.1.0')).toBe('stream')
    expect(inflateWay('fast', '99.0.0')).toBe('fast')
    expect(inflateWay('', '22.1.0')).toBe('fast')
    expect(() => inflateWay('quick')).toThrow('IMGTRUST_INFLATE is "quick"; it may be stream or fast')
  })

  it('a handle that answers otherwise fails the self-test', () => {
    const write = vi.spyOn(FastGunzip.prototype, 'write').mockReturnValue(undefined)
    expect(selfTest()).toBe(false)
    write.mockRestore()
  })
})

describe('the sink', () => {
  it('is waited for before its chunk is filled anew, and no chunk is a copy', async () => {
    vi.stubEnv('IMGTRUST_INFLATE', 'fast')
    const plain = randomBytes(1_500_000)
    const seen: Buffer[] = []
    const buffers = new Set<ArrayBufferLike>()
    const decompressor = new Decompressor('the layer', async chunk => {
      buffers.add(chunk.buffer)
      await new Promise(resolve => setTimeout(resolve, 1))
      seen.push(Buffer.from(chunk))
    })
    await decompressor.write(gzipSync(plain))
    await decompressor.end()
    expect(Buffer.concat(seen).equals(plain)).toBe(true)
    expect(buffers.size).toBe(1)
  })
})
