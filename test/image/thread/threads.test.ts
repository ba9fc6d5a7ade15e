/** Layers read in threads: the same facts and the same refusals as without, and nothing left behind. */
import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { ContentReader, Layer, OpenedImage, ReadOptions } from '../../../src/image/facts.ts'
import { packFacts } from '../../../src/image/facts-codec.ts'
import { type ExpectedLayer, readLayer } from '../../../src/image/layer-facts.ts'
import { MemoryBudget } from '../../../src/image/memory-budget.ts'
import { readTree } from '../../../src/image/read-image.ts'
import { openImages } from '../../../src/image/source.ts'
import { LARGE, type LayerPool } from '../../../src/image/thread/pool.ts'
import { limits } from '../../../src/limits.ts'
import { trustReader } from '../../../src/trust/reader.ts'
import { makeCertificate, pemOf } from '../../support/certificate.ts'
import { inPieces, keepAll, keepNone, listing } from '../../support/gather.ts'
import {
  buildImage,
  dockerArchive,
  dockerOciArchive,
  layerTar,
  sha256Of,
  writeOciDir,
  zstdStored,
} from '../../support/image.ts'
import { testPool } from '../../support/threads.ts'

const folder = mkdtempSync(join(tmpdir(), 'imgtrust-threads-'))
afterAll(() => rmSync(folder, { recursive: true }))
afterEach(() => vi.unstubAllEnvs())

const unlikely = (name: string): Pick<ContentReader, 'version' | 'keep' | 'scan'> => ({
  version: name,
  keep: () => false,
  scan: () => null,
})

function expectedOf(blob: Uint8Array, more: Partial<ExpectedLayer> = {}): ExpectedLayer {
  return { digest: sha256Of(blob), size: blob.length, diffId: null, ...more }
}

/** What becomes of a layer: a digest of its facts, or the error's code and words. */
async function outcome(
  blob: Uint8Array,
  reader: ContentReader,
  options: ReadOptions,
  more: Partial<ExpectedLayer> = {},
  piece?: number,
): Promise<string> {
  try {
    const expected = expectedOf(blob, more)
    const facts = await readLayer('the layer', inPieces(blob, piece), expected, reader, options)
    const hash = createHash('sha256')
    for (const part of packFacts(facts)) hash.update(part)
    return hash.digest('hex')
  } catch (error) {
    const { name, code, message } = error as { name: string; code: string; message: string }
    return `${name} ${code} ${message}`
  }
}

const ways = ['fast', 'stream'] as const
const places = [
  ['in a thread', {}],
  ['unpacked in a thread', { alone: true }],
] as const

describe('what is read in a thread', () => {
  let tar: Buffer
  let pool: LayerPool
  const pools: Partial<Record<(typeof ways)[number], LayerPool>> = {}
  beforeAll(async () => {
    pool = await testPool(trustReader)
    const pem = pemOf(makeCertificate().der)
    tar = await layerTar([
      ['etc/ssl/certs/ca-certificates.crt', pem.repeat(3)],
      ['etc/os-release', 'ID=alpine\nVERSION_ID=3.20.0\n'],
      ['opt/noise', randomBytes(900_000)],
      ['opt/program', Buffer.concat([randomBytes(200_000), Buffer.from(pem), randomBytes(70_000)])],
      ['etc/.wh.gone', ''],
      ['link', { link: 'etc/os-release' }],
    ])
  })

  const flipped = (bytes: Buffer, at: number) => {
    const copy = Buffer.from(bytes)
    copy[at]! ^= 0xff
    return copy
  }
  const bomb = () => {
    // RFC 8878, 3.1.1.2: a block of kind RLE gives up to 128 KiB for four bytes.
    const block = Buffer.alloc(4)
    block.writeUIntLE(128 * 1024 * 8 + 2, 0, 3)
    return Buffer.concat([
      Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x38]),
      ...new Array<Buffer>(3_000).fill(block),
    ])
  }
  const cases: Record<string, () => readonly [blob: Buffer, more?: Partial<ExpectedLayer>]> = {
    gzip: () => [gzipSync(tar), { diffId: sha256Of(tar) }],
    'gzip of many members': () => [
      Buffer.concat([gzipSync(tar.subarray(0, 700_001)), gzipSync(tar.subarray(700_001))]),
    ],
    'gzip with zeros behind it': () => [Buffer.concat([gzipSync(tar), Buffer.alloc(300_000)])],
    zstd: () => [zstdStored(tar)],
    plain: () => [tar, { diffId: sha256Of(tar) }],
    'an empty one': () => [Buffer.alloc(0)],
    'cut gzip': () => [gzipSync(tar).subarray(0, -300_000)],
    'corrupt gzip': () => [flipped(gzipSync(tar), 500_000)],
    'gzip with a wrong checksum': () => [flipped(gzipSync(tar), gzipSync(tar).length - 6)],
    'a cut tar': () => [gzipSync(tar.subarray(0, 400_000))],
    'no tar': () => [gzipSync(randomBytes(700_000))],
    'another digest': () => [gzipSync(tar), { digest: sha256Of(tar) }],
    'another digest of a plain tar': () => [tar, { digest: sha256Of(Buffer.alloc(0)) }],
    'another diffId': () => [gzipSync(tar), { diffId: sha256Of(Buffer.alloc(0)) }],
    'more bytes than announced': () => [gzipSync(tar), { size: 500_000 }],
    'fewer bytes than announced': () => [gzipSync(tar), { size: 9_000_000 }],
    'a bomb of zstd': () => [bomb()],
  }

  describe.each(Object.entries(cases))('%s', (_, make) => {
    it.each(
      ways.flatMap(way => places.map(([where, how]) => [where, way, how] as const)),
    )('%s, by %s, is what it is without', async (_, way, how) => {
      const [blob, more] = make()
      vi.stubEnv('IMGTRUST_INFLATE', way)
      const here = await outcome(blob, trustReader, {}, more)
      // A worker has the environment of the moment in which it starts.
      pools[way] ??= await testPool(trustReader)
      const workers = pools[way]
      for (const piece of [undefined, 70_001])
        expect(await outcome(blob, trustReader, { workers, ...how }, more, piece)).toBe(here)
    })
  })

  it('is started once for layers that follow each other, and ends when there are none', async () => {
    for (let count = 0; count < 5; count++) {
      await outcome(gzipSync(tar), trustReader, { workers: pool, ...(count % 2 === 1 && { alone: true }) })
    }
    expect(pool.started).toBe(1)
    await vi.waitFor(() => expect(pool.alive).toBe(0), 10_000)
    expect(await outcome(gzipSync(tar), trustReader, { workers: pool })).toMatch(/^[0-9a-f]{64}$/)
    expect(pool.started).toBe(2)
  })

  it('stays in this thread where it is small, of unknown size, or for another reader', async () => {
    const own = await testPool(trustReader, { large: LARGE })
    const blob = gzipSync(tar)
    expect(blob.length).toBeLessThan(LARGE)
    await outcome(blob, trustReader, { workers: own })
    const before = pool.started
    await outcome(blob, trustReader, { workers: pool }, { size: null })
    await outcome(blob, keepAll, { workers: pool })
    expect([own.started, pool.started - before]).toEqual([0, 0])
  })
})

describe('the sources', () => {
  it('give the same tree, whoever reads the layers', async () => {
    const image = await buildImage({
      layers: [
        { files: { 'etc/a': 'one', 'opt/x': randomBytes(300_000), 'etc/gone': '1' } },
        { files: { 'etc/b': 'two', 'etc/gone': { whiteout: true } }, packing: 'none' },
        { files: { 'etc/c': 'three' }, packing: 'zstd' },
      ],
    })
    const at = (name: string) => join(folder, name)
    await writeFile(at('old.tar'), await dockerArchive(image))
    await writeFile(at('new.tar'), await dockerOciArchive(image))
    await writeOciDir(at('layout'), [image])
    for (const spec of [at('old.tar'), at('new.tar'), at('layout')]) {
      const read = async (options: ReadOptions) => {
        const [opened] = await openImages(spec, { reader: keepAll })
        const tree = await readTree(opened!, keepAll, options)
        return { list: listing(tree), text: [...tree.files()].map(({ content }) => content?.toString()) }
      }
      const here = await read({})
      for (const most of [2, 4]) {
        const workers = await testPool(keepAll, { most })
        expect(await read({ workers })).toEqual(here)
        expect(workers.started).toBeGreaterThan(1)
      }
    }
  })
})

describe('many bytes', () => {
  const endless = async function* () {
    yield gzipSync(Buffer.alloc(0))
    const member = gzipSync(Buffer.alloc(8 << 20))
    const opening = (await layerTar({ big: '' })).subarray(0, 512)
    opening.write('77777777777', 124)
    opening.fill(0x20, 148, 156)
    opening.write(
      opening
        .reduce((a, b) => a + b, 0)
        .toString(8)
        .padStart(6, '0'),
      148,
    )
    opening[154] = 0
    yield gzipSync(opening)
    for (;;) {
      yield member
      await new Promise(resolve => setImmediate(resolve))
    }
  }
  const expected = { digest: null, size: 2 ** 40, diffId: null }

  it.each(places)('an abort ends what is read %s at once, and those who wait', async (_, how) => {
    const pool = await testPool(keepNone, { most: 1 })
    const stop = new AbortController()
    const begun = vi.fn()
    const options = { workers: pool, signal: stop.signal, onProgress: begun, ...how }
    const reading = [1, 2, 3].map(() => readLayer('the layer', endless(), expected, keepNone, options))
    const ended = Promise.allSettled(reading)
    await vi.waitFor(() => expect(begun.mock.calls.length).toBeGreaterThan(20), 20_000)
    stop.abort()
    for (const each of await ended) expect(each).toMatchObject({ reason: { code: 'aborted' } })
    expect(pool.alive).toBe(0)
    expect(pool.busy).toBe(false)
  })

  it('a layer that fails ends the others of its image', async () => {
    const pool = await testPool(keepNone)
    const layer = (chunks: () => AsyncIterable<Uint8Array>, size: number): Layer => ({
      digest: null,
      diffId: null,
      mediaType: null,
      size,
      createdBy: null,
      facts: (reader, options) =>
        readLayer('the layer', chunks(), { digest: null, size, diffId: null }, reader, options),
    })
    const broken = gzipSync(randomBytes(90_000))
    const image: OpenedImage = {
      kind: 'image',
      source: 'test',
      reference: 'test',
      digest: null,
      platform: null,
      config: { user: null, env: {} },
      layers: [layer(endless, 2 ** 40), layer(() => inPieces(broken), broken.length)],
      unknowns: [],
      close: async () => {},
    }
    await expect(readTree(image, keepNone, { workers: pool })).rejects.toMatchObject({ code: 'malformed' })
    expect(pool.busy).toBe(false)
    await vi.waitFor(() => expect(pool.alive).toBe(0), 10_000)
  })

  it('all layers of an image share its memory, whatever threads read them', async () => {
    const pool = await testPool(keepAll)
    const share = Object.fromEntries(
      Array.from({ length: 50 }, (_, number) => [`f${number}`, Buffer.alloc(1 << 20, number)]),
    )
    const blob = gzipSync(await layerTar(share))
    expect(2 * 50 * (1 << 20)).toBeGreaterThan(limits.imageFactsBytes)
    const budget = new MemoryBudget()
    const options = { workers: pool, budget }
    const both = [1, 2].map(() => readLayer('the layer', inPieces(blob), expectedOf(blob), keepAll, options))
    const refused = (await Promise.allSettled(both)).filter(({ status }) => status === 'rejected')
    expect(refused.length).toBeGreaterThan(0)
    for (const each of refused) expect(each).toMatchObject({ reason: { name: 'JobError', code: 'limit' } })
    expect(await outcome(blob, keepAll, { workers: pool })).toMatch(/^[0-9a-f]{64}$/)
  })
})

describe('a thread that dies', () => {
  it.each([
    ['of too little memory', 'hungry', 'limit', /^the layer can't be read: it takes too much memory$/],
    ['on its own', 'leaving', 'unreadable', /its thread ended \(exit status 3\); --jobs 1 reads it without/],
  ])('%s takes its layer with it, nothing else', { timeout: 60_000 }, async (_, name, code, message) => {
    const reader = unlikely(name)
    const pool = await testPool(reader, { most: 1, heap: 24 })
    const blob = gzipSync(await layerTar({ file: 'x' }))
    const read = () => readLayer('the layer', inPieces(blob), expectedOf(blob), reader, { workers: pool })
    await expect(read()).rejects.toMatchObject({
      name: 'JobError',
      code,
      message: expect.stringMatching(message),
    })
    expect(pool.alive).toBe(0)
    // The next layer has another thread.
    await expect(read()).rejects.toMatchObject({ code })
    expect(pool.started).toBe(2)
  })

  it('a defect in it is told as one', async () => {
    const reader = unlikely('broken')
    const blob = gzipSync(await layerTar({ file: 'x' }))
    const pool = await testPool(reader)
    await expect(
      readLayer('the layer', inPieces(blob), expectedOf(blob), reader, { workers: pool }),
    ).rejects.toThrow('a defect')
  })
})
