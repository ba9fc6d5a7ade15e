import { mkdtempSync, rmSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createGzip, gzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import type { LayerFacts } from '../../src/image/facts.ts'
import { readLayer } from '../../src/image/layer-facts.ts'
import { overlay } from '../../src/image/overlay.ts'
import { readTree } from '../../src/image/read-image.ts'
import { openImages } from '../../src/image/source.ts'
import { limits } from '../../src/limits.ts'
import { factsOf, inPieces, keepAll, keepNone, treeOfLayers } from '../support/gather.ts'
import {
  type BuiltImage,
  buildImage,
  buildIndex,
  descriptorOf,
  dockerArchive,
  dockerOciArchive,
  layerTar,
  ociArchive,
  packTar,
  sha256Of,
  writeOciDir,
} from '../support/image.ts'

const folder = mkdtempSync(join(tmpdir(), 'imgtrust-hostile-'))
afterAll(() => rmSync(folder, { recursive: true }))
const at = (name: string) => join(folder, name)

const expected = { digest: null, size: null, diffId: null }
const read = (chunks: AsyncIterable<Uint8Array>) => readLayer('the layer', chunks, expected, keepNone, {})

/** Megabytes that a job adds at its worst, sampled. */
async function peak(job: () => Promise<unknown>): Promise<number> {
  globalThis.gc?.()
  const before = process.memoryUsage().rss
  let most = before
  const timer = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss)
  }, 10)
  try {
    await job()
  } finally {
    clearInterval(timer)
  }
  return (Math.max(most, process.memoryUsage().rss) - before) / 1e6
}

function header(fields: { name?: string; size?: string; flag?: string; magic?: string }): Buffer {
  const block = Buffer.alloc(512)
  block.write(fields.name ?? 'file', 0)
  block.write('0000644\0', 100)
  block.write('0000000\0', 108)
  block.write('0000000\0', 116)
  block.write(fields.size ?? '00000000000\0', 124, 'latin1')
  block.write('00000000000\0', 136)
  block.write(fields.flag ?? '0', 156)
  block.write(fields.magic ?? 'ustar\x0000', 257, 'latin1')
  block.fill(0x20, 148, 156)
  const sum = block.reduce((a, b) => a + b, 0)
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return block
}

const padded = (bytes: Buffer) => Buffer.concat([bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)])
const octal = (n: number) => `${n.toString(8).padStart(11, '0')}\0`

/** A PAX header with these records, and the file that it is for. */
function withPax(records: Record<string, string>): Buffer {
  const text = Object.entries(records).map(([key, value]) => {
    const rest = ` ${key}=${value}\n`
    let length = Buffer.byteLength(rest)
    while (String(length).length + Buffer.byteLength(rest) !== length)
      length = String(length).length + Buffer.byteLength(rest)
    return `${length}${rest}`
  })
  const body = Buffer.from(text.join(''))
  return Buffer.concat([
    header({ flag: 'x', size: octal(body.length) }),
    padded(body),
    header({}),
    Buffer.alloc(1024),
  ])
}

describe('bombs', () => {
  async function* zeros(total: number): AsyncGenerator<Uint8Array> {
    const chunk = Buffer.alloc(1024 * 1024)
    const gzip = createGzip({ level: 9 })
    void (async () => {
      for (let at = 0; at < total; at += chunk.length) {
        if (!gzip.write(chunk)) await new Promise(resolve => gzip.once('drain', resolve))
      }
      gzip.end()
    })()
    yield* gzip as AsyncIterable<Uint8Array>
  }

  it('a gzip of one huge file is read in bounded memory', async () => {
    const size = 512 * 1024 * 1024
    async function* layer() {
      yield gzipSync(header({ size: octal(size) }))
      yield* zeros(size + 1024)
    }
    let facts: LayerFacts | undefined
    expect(
      await peak(async () => {
        facts = await read(layer())
      }),
    ).toBeLessThan(100)
    expect([...facts!.entries]).toMatchObject([{ path: 'file', size, content: null }])
  })

  it('a zstd frame that repeats one byte is refused by its ratio', async () => {
    // RFC 8878, 3.1.1.2: a block of kind RLE gives up to 128 KiB for four bytes.
    const frame = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x38])
    const block = Buffer.alloc(4)
    block.writeUIntLE(128 * 1024 * 8 + 2, 0, 3)
    const bomb = Buffer.concat([frame, ...new Array<Buffer>(20_000).fill(block)])
    const opening = header({ size: octal(4 * 1024 ** 3) })
    const raw = Buffer.alloc(3)
    raw.writeUIntLE(512 << 3, 0, 3)
    const layer = Buffer.concat([frame, raw, opening, bomb.subarray(6)])
    const grown = await peak(async () => {
      await expect(read(inPieces(layer))).rejects.toMatchObject({ name: 'JobError', code: 'limit' })
    })
    expect(grown).toBeLessThan(150)
  })

  it('a zstd frame with a huge window is refused', async () => {
    const frame = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 20 << 3])
    const raw = Buffer.alloc(3)
    raw.writeUIntLE((512 << 3) | 1, 0, 3)
    const layer = Buffer.concat([frame, raw, header({}), Buffer.alloc(32)])
    await expect(read(inPieces(layer))).rejects.toMatchObject({ name: 'JobError' })
  })

  it('zstd blocks of one byte each do not take for ever', async () => {
    const frame = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 15 << 3])
    const block = Buffer.alloc(4)
    block.writeUIntLE((1 << 3) + 2, 0, 3)
    const layer = Buffer.concat([frame, ...new Array<Buffer>(100_000).fill(block)])
    await expect(read(inPieces(layer))).rejects.toMatchObject({ name: 'JobError' })
  })

  it('a million entries are read, or refused, in bounded memory', async () => {
    const count = 1_000_000
    async function* layer() {
      const template = header({ name: 'usr/share/000/a-file-of-a-name-0000000' })
      const sum =
        template.reduce((a, b) => a + b, 0) - template.subarray(148, 156).reduce((a, b) => a + b, 0) + 256
      for (let done = 0; done < count; ) {
        const chunk = Buffer.alloc(512 * 2000)
        for (let at = 0; at < chunk.length; at += 512, done++) {
          const name = `usr/share/${String(done % 1000).padStart(3, '0')}/a-file-of-a-name-${String(done).padStart(7, '0')}`
          template.copy(chunk, at)
          chunk.write(name, at)
          let more = 0
          for (let i = 0; i < name.length; i++) more += chunk[at + i]! - template[i]!
          chunk.write((sum + more).toString(8).padStart(6, '0'), at + 148)
        }
        yield chunk
      }
      yield Buffer.alloc(1024)
    }
    const grown = await peak(async () => {
      const facts = await read(layer())
      expect(facts.entries).toHaveLength(count)
      const tree = overlay([facts])
      expect(tree.list('/usr/share')).toHaveLength(1000)
    })
    // 127 to 148 MB here, of which some is garbage that nobody has collected yet.
    expect(grown).toBeLessThan(250)
  }, 60_000)

  it('a file that is too large to keep is unknown, the rest is read', async () => {
    const size = limits.keptFileBytes + 1
    async function* layer() {
      yield header({ name: 'etc/big', size: octal(size) })
      for (let left = Math.ceil(size / 512) * 512; left > 0; left -= 512 * 2048) {
        yield Buffer.alloc(Math.min(left, 512 * 2048))
      }
      yield header({ name: 'etc/small' })
    }
    const keep = { ...keepAll, keep: () => true }
    const facts = await readLayer('the layer', layer(), expected, keep, {})
    expect([...facts.entries].map(entry => entry.content?.length ?? null)).toEqual([null, 0])
    expect(facts.unknowns).toMatchObject([{ what: '/etc/big', code: 'limit' }])
  })

  it('more kept bytes than a layer may have are unknown', async () => {
    const size = limits.keptFileBytes / 2 - 1024
    async function* layer() {
      for (let i = 0; i < 4; i++) {
        yield header({ name: `big${i}`, size: octal(size) })
        yield Buffer.alloc(size)
      }
    }
    const facts = await readLayer('the layer', layer(), expected, { ...keepAll, keep: () => true }, {})
    expect([...facts.entries].filter(entry => entry.content)).toHaveLength(3)
    expect(facts.unknowns).toHaveLength(1)
  })
})

describe('sparse files that lie', () => {
  const ending = Buffer.alloc(1024)
  /** An old GNU header with pairs of offset and length, each in octal. */
  const oldGnu = (real: number, stored: number, pairs: readonly number[], extended = false) => {
    const block = header({ flag: 'S', size: octal(stored), magic: 'ustar  \0' })
    pairs.forEach((number, i) => {
      block.write(octal(number), 386 + 12 * i)
    })
    block[482] = extended ? 1 : 0
    block.write(octal(real), 483)
    block.fill(0x20, 148, 156)
    const sum = block.reduce((a, b) => a + b, 0)
    block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
    return block
  }
  /** As many pairs as go into one block after the header, each a byte after a hole. */
  const extension = (first: number, hole: number, last: boolean) => {
    const block = Buffer.alloc(512)
    for (let i = 0; i < 21; i++) {
      block.write(octal((first + i) * hole), 24 * i)
      block.write(octal(1), 24 * i + 12)
    }
    block[504] = last ? 0 : 1
    return block
  }
  const data = (text: string) => padded(Buffer.from(text))
  const pax1 = (body: Buffer, real: number) => {
    const before = withPax({
      'GNU.sparse.major': '1',
      'GNU.sparse.minor': '0',
      'GNU.sparse.name': 'f',
      'GNU.sparse.realsize': String(real),
    })
    return Buffer.concat([
      before.subarray(0, -1536),
      header({ size: octal(body.length) }),
      padded(body),
      ending,
    ])
  }

  it.each([
    ['pieces over one another', [oldGnu(100, 20, [0, 10, 5, 10]), data('x'.repeat(20))]],
    ['a piece behind the end', [oldGnu(100, 20, [90, 20]), data('x'.repeat(20))]],
    ['less stored than the map says', [oldGnu(100, 10, [0, 20]), data('x'.repeat(10))]],
    ['more stored than the map says', [oldGnu(100, 20, [0, 10]), data('x'.repeat(20))]],
    ['a number that is none', [oldGnu(100, 20, [0]), data('x'.repeat(20))]],
    ['a map of letters', [pax1(data('many\n'), 5)]],
    ['a map without end', [pax1(Buffer.alloc(512, '1\n'), 5)]],
    ['a map of more parts than an extended header holds', [pax1(data('99999999\n0\n'), 5)]],
    [
      'a link',
      [withPax({ 'GNU.sparse.map': '0,1', 'GNU.sparse.size': '5' }).subarray(0, 1024), header({ flag: '2' })],
    ],
  ])('%s', async (_, parts) => {
    const layer = readLayer('the layer', inPieces(Buffer.concat([...parts, ending])), expected, keepAll, {})
    await expect(layer).rejects.toMatchObject({ name: 'JobError', code: 'malformed' })
  })

  it('a map of extension blocks without end is refused', async () => {
    async function* blocks() {
      yield oldGnu(1, 1, [], true)
      for (let i = 0; i < 20_000; i++) yield extension(21 * i, 10, false)
    }
    const layer = readLayer('the layer', blocks(), expected, keepAll, {})
    await expect(layer).rejects.toMatchObject({ name: 'JobError', code: 'malformed' })
  })

  it('holes that take more zeros than a layer may have are refused', async () => {
    const size = 2 ** 20
    async function* layer() {
      for (let i = 0; i < 2_000; i++) yield Buffer.concat([oldGnu(size, 0, [size, 0]), Buffer.alloc(0)])
    }
    // Each file of a megabyte is kept whole, and is one block of the archive.
    const facts = readLayer('the layer', layer(), expected, { ...keepAll, condense: () => null }, {})
    await expect(facts).rejects.toMatchObject({ name: 'JobError', code: 'limit' })
    await expect(facts).rejects.toThrow(/holes/)
  })
})

describe('tars that lie', () => {
  const end = Buffer.alloc(1024)
  it.each([
    ['a size of 1e30', withPax({ size: '1e30' }), 'malformed'],
    ['a size of 30 digits', withPax({ size: '9'.repeat(30) }), 'malformed'],
    ['a negative size', withPax({ size: '-1' }), 'malformed'],
    ['a size of more than a layer', withPax({ size: String(limits.layerBytes + 1) }), 'limit'],
    ['a size of hex', withPax({ size: '0x10' }), 'malformed'],
    ['a NUL in a path', withPax({ path: 'a\0b' }), 'malformed'],
    ['a path that is too long', withPax({ path: 'a/'.repeat(3000) }), 'limit'],
    ['a link target that is too long', withPax({ linkpath: 'a'.repeat(5000) }), 'limit'],
    ['a negative size in base 256', Buffer.concat([header({ size: '\xff'.repeat(12) }), end]), 'malformed'],
    [
      'a huge size in base 256',
      Buffer.concat([header({ size: `\x80${'\xff'.repeat(11)}` }), end]),
      'malformed',
    ],
    ['a size that is no number', Buffer.concat([header({ size: '0000000zzzz\0' }), end]), 'malformed'],
    [
      'a PAX header of 2 MiB',
      Buffer.concat([header({ flag: 'x', size: octal(2 ** 21) }), Buffer.alloc(2 ** 21)]),
      'limit',
    ],
    [
      'a long name of 2 MiB',
      Buffer.concat([header({ flag: 'L', size: octal(2 ** 21) }), Buffer.alloc(2 ** 21)]),
      'limit',
    ],
    ['PAX headers without end', Buffer.concat(new Array<Buffer>(100).fill(header({ flag: 'x' }))), 'limit'],
    [
      'a PAX record without length',
      Buffer.concat([header({ flag: 'x', size: octal(8) }), padded(Buffer.from('path=abc')), end]),
      'malformed',
    ],
    [
      'a PAX record longer than its header',
      Buffer.concat([header({ flag: 'x', size: octal(9) }), padded(Buffer.from('99 path=a')), end]),
      'malformed',
    ],
    ['a wrong checksum', Buffer.concat([header({}).fill(0x41, 0, 1), end]), 'malformed'],
    ['no tar at all', Buffer.from('x'.repeat(2048)), 'malformed'],
    ['a lone block of zeros', Buffer.concat([header({}), Buffer.alloc(512), header({}), end]), 'malformed'],
    ['a cut header', header({}).subarray(0, 300), 'truncated'],
    ['a cut body', Buffer.concat([header({ size: octal(5000) }), Buffer.alloc(3000)]), 'truncated'],
    ['an extension for nothing', withPax({ path: 'x' }).subarray(0, 1024), 'truncated'],
    ['a whiteout of nothing', Buffer.concat([header({ name: 'a/.wh.' }), end]), 'malformed'],
    ['a whiteout of the folder above', Buffer.concat([header({ name: 'a/.wh...' }), end]), 'malformed'],
  ])('%s', async (_, tar, code) => {
    await expect(factsOf(tar)).rejects.toMatchObject({ name: 'JobError', code })
    await expect(factsOf(gzipSync(tar), keepAll, 7)).rejects.toMatchObject({ name: 'JobError', code })
  })

  it('cut anywhere, they are an error or end where an entry ends', async () => {
    const tar = await layerTar({
      'a/b': 'text',
      ['long/'.repeat(40)]: { dir: true },
      l: { link: 'x'.repeat(150) },
      f: 'y'.repeat(700),
    })
    for (let cut = 0; cut < tar.length; cut += 37) {
      const facts = await factsOf(tar.subarray(0, cut)).catch(error => error)
      if (facts instanceof Error) expect(facts).toMatchObject({ name: 'JobError', code: 'truncated' })
      else expect(cut % 512 === 0 || cut > tar.length - 1024).toBe(true)
    }
  })

  it('random bytes in a real one never crash', async () => {
    const tar = await layerTar({
      'a/b': 'text',
      ['n'.repeat(120)]: '',
      l: { link: 'x'.repeat(150) },
      h: { hardlink: 'a/b' },
    })
    // A fixed sequence (Numerical Recipes' generator): a failure is found again.
    let seed = 7
    const random = (below: number) => {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
      return seed % below
    }
    for (let round = 0; round < 3000; round++) {
      const broken = Buffer.from(tar)
      for (let i = 0; i <= random(4); i++) broken[random(broken.length)] = random(256)
      const facts = await factsOf(broken).catch(error => error)
      if (facts instanceof Error) expect(facts.name).toBe('JobError')
      else [...overlay([facts]).files()]
    }
  })
})

describe('paths and links', () => {
  it('bombs of links end', async () => {
    const files: Record<string, { link: string }> = {}
    // Each doubles the one before: without a limit 2^64 steps.
    for (let i = 1; i < 64; i++) files[`l${i}`] = { link: `l${i - 1}/l${i - 1}` }
    const tree = await treeOfLayers({ ...files, l0: { link: '.' } }, { 'l63/x': 'text' })
    expect(tree.resolve('/l63/x')).toBe('/l63/x')
    expect(tree.resolve('/l62/l62')).toBeNull()
    expect([...tree.links()].length).toBe(63)
  })

  it('devices and FIFOs have no content, and nothing is written', async () => {
    const tree = await treeOfLayers({
      null: { device: 'character-device' },
      sda: { device: 'block-device' },
      pipe: { device: 'fifo' },
    })
    for (const path of ['/null', '/sda', '/pipe']) {
      expect(tree.exists(path)).toBe(true)
      expect(tree.read(path)).toBeNull()
    }
  })
})

describe('wrong digests, sizes and documents at every level', () => {
  let image: BuiltImage
  const scan = async (spec: string, more: object = {}) => {
    const [opened] = await openImages(spec, { reader: keepAll, ...more })
    return readTree(opened!, keepAll)
  }
  const make = async () => {
    image = await buildImage({ layers: [{ files: { f: '1' } }, { files: { g: '2' }, packing: 'none' }] })
    return image
  }
  /** The image with a blob changed under its old digest, as OCI folder, OCI archive and stream. */
  async function* forms(blobs: ReadonlyMap<string, Buffer>, index?: Buffer) {
    const changed = { ...image, blobs }
    await rmSync(at('dir'), { recursive: true, force: true })
    await writeOciDir(at('dir'), [changed], index)
    const tar = await ociArchive(changed, index)
    await writeFile(at('layout.tar'), tar)
    await writeFile(at('layout.tar.gz'), gzipSync(tar))
    yield () => scan(at('dir'))
    yield () => scan(`oci-archive:${at('layout.tar')}`)
    yield () => scan(`oci-archive:${at('layout.tar.gz')}`)
    yield () => scan('-', { stdin: inPieces(tar) })
  }
  const swapped = (digest: string, bytes: Buffer) => new Map([...image.blobs]).set(digest, bytes)

  it.each([
    ['the manifest', () => [image.manifest.digest, image.manifest.bytes] as const],
    ['the configuration', () => [image.config.digest, image.config.bytes] as const],
    ['a packed layer', () => [image.layers[0]!.digest, image.layers[0]!.blob] as const],
    ['a plain layer', () => [image.layers[1]!.digest, image.layers[1]!.blob] as const],
  ])('%s: other bytes, too few, too many, none', async (_, which) => {
    await make()
    const [digest, bytes] = which()
    const other = Buffer.from(bytes)
    // The gzip header's time, a letter of JSON, a byte of padding: all still read well.
    other[bytes[0] === 0x1f ? 4 : bytes[0] === 0x7b ? 2 : bytes.length - 1]! ^= 1
    for (const wrong of [
      other,
      bytes.subarray(0, -1),
      Buffer.concat([bytes, Buffer.alloc(1)]),
      Buffer.alloc(0),
    ]) {
      for await (const form of forms(swapped(digest, wrong))) {
        const failed = await form().catch(error => error)
        expect(failed.name).toBe('JobError')
        expect(['digest-mismatch', 'truncated', 'malformed']).toContain(failed.code)
      }
    }
    const without = new Map(image.blobs)
    without.delete(digest)
    for await (const form of forms(without)) await expect(form()).rejects.toMatchObject({ name: 'JobError' })
  })

  it('a DiffID that is another', async () => {
    await make()
    const wrong = Buffer.from(
      image.config.bytes.toString().replace(image.layers[1]!.diffId, `sha256:${'1'.repeat(64)}`),
    )
    const digest = sha256Of(wrong)
    const bytes = Buffer.from(
      image.manifest.bytes
        .toString()
        .replace(image.config.digest, digest)
        .replace(/"size":\d+/, `"size":${wrong.length}`),
    )
    const manifest = { ...image.manifest, bytes, digest: sha256Of(bytes) }
    const blobs = new Map([...image.blobs, [digest, wrong], [manifest.digest, bytes]])
    image = { ...image, manifest, blobs }
    for await (const form of forms(blobs))
      await expect(form()).rejects.toMatchObject({ code: 'digest-mismatch' })
  })

  it('in what docker save writes, too', async () => {
    await make()
    for (const archive of [dockerArchive, dockerOciArchive]) {
      const good = await archive(image)
      const layer = good.indexOf(image.layers[1]!.tar.subarray(0, 600))
      const config = good.indexOf(image.config.bytes)
      for (const place of [layer + 700, config + 2]) {
        const bad = Buffer.from(good)
        bad[place]! ^= 1
        await writeFile(at('saved.tar'), bad)
        for (const form of [() => scan(at('saved.tar')), () => scan('-', { stdin: inPieces(bad) })]) {
          await expect(form()).rejects.toMatchObject({ name: 'JobError', code: 'digest-mismatch' })
        }
      }
      for (const cut of [100, config + 10, layer + 10, good.length - 2000]) {
        await writeFile(at('cut.tar'), good.subarray(0, cut))
        for (const form of [
          () => scan(at('cut.tar')),
          () => scan('-', { stdin: inPieces(good.subarray(0, cut)) }),
        ]) {
          await expect(form()).rejects.toMatchObject({ name: 'JobError' })
        }
      }
    }
  })

  it.each([
    ['deep JSON', '['.repeat(2_000_000)],
    ['deep JSON that is complete', '['.repeat(100_000) + ']'.repeat(100_000)],
    ['an empty document', ''],
    ['null', 'null'],
    ['a number', '7'],
    ['no JSON', '{nope'],
    ['an index of nothing', '{"manifests":[]}'],
    ['an index of null', '{"manifests":[null]}'],
    ['a descriptor without size', `{"manifests":[{"digest":"sha256:${'0'.repeat(64)}"}]}`],
    ['a descriptor of a negative size', `{"manifests":[{"digest":"sha256:${'0'.repeat(64)}","size":-1}]}`],
    ['a digest that climbs', '{"manifests":[{"digest":"sha256:../../../../etc/passwd","size":1}]}'],
    ['a digest of an unknown kind', `{"manifests":[{"digest":"md5:${'0'.repeat(32)}","size":1}]}`],
    [
      'a huge index',
      `{"manifests":[${`{"digest":"sha256:${'0'.repeat(64)}","size":1},`.repeat(60_000)}null]}`,
    ],
  ])('index.json: %s', async (_, text) => {
    await make()
    for await (const form of forms(image.blobs, Buffer.from(text))) {
      await expect(form()).rejects.toMatchObject({ name: 'JobError' })
    }
  })

  it('an index that names itself, or goes too deep', async () => {
    await make()
    let inner = buildIndex([image])
    const blobs = new Map(image.blobs)
    for (let depth = 0; depth < 6; depth++) {
      const digest = sha256Of(inner)
      blobs.set(digest, inner)
      inner = Buffer.from(JSON.stringify({ schemaVersion: 2, manifests: [{ digest, size: inner.length }] }))
    }
    for await (const form of forms(blobs, inner))
      await expect(form()).rejects.toMatchObject({ code: 'limit' })
  })

  it('manifest.json that is none', async () => {
    for (const text of [
      '{}',
      '[]',
      '[null]',
      '[{"Config":1}]',
      '[{"Config":"../../etc/passwd","Layers":[]}]',
      '[[[',
    ]) {
      const tar = await packTar([[{ name: 'manifest.json' }, text]])
      await writeFile(at('bad.tar'), tar)
      await expect(scan(at('bad.tar'))).rejects.toMatchObject({ name: 'JobError', code: 'malformed' })
      await expect(scan('-', { stdin: inPieces(tar) })).rejects.toMatchObject({ name: 'JobError' })
    }
  })

  it('links in an archive that lead round and round', async () => {
    const list = [{ Config: 'a', RepoTags: null, Layers: ['a'] }]
    const tar = await packTar([
      [{ name: 'a', type: 'symlink', linkname: 'b' }],
      [{ name: 'b', type: 'symlink', linkname: 'a' }],
      [{ name: 'manifest.json' }, JSON.stringify(list)],
    ])
    await writeFile(at('loop.tar'), tar)
    await expect(scan(at('loop.tar'))).rejects.toMatchObject({ code: 'malformed' })
    await expect(scan('-', { stdin: inPieces(tar) })).rejects.toMatchObject({ code: 'malformed' })
  })

  it.each([
    ['a chart', { config: 'application/vnd.cncf.helm.config.v1+json' }, 'Helm chart'],
    [
      'a signature',
      {
        config: 'application/vnd.oci.image.config.v1+json',
        layer: 'application/vnd.dev.cosign.simplesigning.v1+json',
      },
      'signature',
    ],
    ['an attestation', { layer: 'application/vnd.in-toto+json' }, 'in-toto'],
    [
      'something of its own type',
      { artifactType: 'application/x.y\u001b[31m', config: 'application/vnd.oci.empty.v1+json' },
      'an artifact of the type application/x.y',
    ],
    ['an unknown configuration', { config: 'application/x-thing' }, 'application/x-thing'],
    ['an old artifact manifest', { old: 'application/vnd.example.sbom' }, 'application/vnd.example.sbom'],
    ['schema 1', { schema1: true }, 'schema 1'],
  ])('no image but %s: said what it is', async (_, kind: Record<string, unknown>, words) => {
    await make()
    const blob = Buffer.from('{"name":"thing"}')
    const descriptor = (mediaType: unknown) => ({ mediaType, digest: sha256Of(blob), size: blob.length })
    const manifest = kind.schema1
      ? { schemaVersion: 1, fsLayers: [] }
      : kind.old
        ? { mediaType: 'application/vnd.oci.artifact.manifest.v1+json', artifactType: kind.old, blobs: [] }
        : {
            schemaVersion: 2,
            artifactType: kind.artifactType,
            config: descriptor(kind.config ?? 'application/vnd.oci.image.config.v1+json'),
            layers: kind.layer ? [descriptor(kind.layer)] : [],
          }
    const bytes = Buffer.from(JSON.stringify(manifest))
    const blobs = new Map([...image.blobs, [sha256Of(blob), blob], [sha256Of(bytes), bytes]])
    const entry = { digest: sha256Of(bytes), size: bytes.length }
    for await (const form of forms(blobs, Buffer.from(JSON.stringify({ manifests: [entry] })))) {
      const failed = await form().catch(error => error)
      expect(failed).toMatchObject({ name: 'JobError', code: 'unsupported' })
      expect(failed.message).toContain(words)
      expect(failed.message).not.toContain('\u001b')
    }
    // Beside an image it is passed over.
    const beside = Buffer.from(JSON.stringify({ manifests: [entry, descriptorOf(image)] }))
    const [opened, ...more] = await openAll(blobs, beside)
    expect([opened!.layers.length, more.length]).toEqual([2, 0])
  })

  async function openAll(blobs: ReadonlyMap<string, Buffer>, index: Buffer) {
    await rmSync(at('beside'), { recursive: true, force: true })
    await writeOciDir(at('beside'), [{ ...image, blobs }], index)
    return openImages(at('beside'), { reader: keepAll, allPlatforms: true })
  }

  it('wrong media types: the bytes decide', async () => {
    await make()
    const json = JSON.parse(image.manifest.bytes.toString())
    for (const [wrong, config] of [
      ['application/vnd.oci.image.layer.v1.tar+zstd', 'application/octet-stream'],
      ['text/plain', 'application/vnd.docker.container.image.v1+json'],
      [undefined, undefined],
    ]) {
      json.mediaType = 'application/json'
      json.config.mediaType = config
      for (const layer of json.layers) layer.mediaType = wrong
      const bytes = Buffer.from(JSON.stringify(json))
      const changed = { ...image, manifest: { ...image.manifest, bytes, digest: sha256Of(bytes) } }
      const blobs = new Map([...image.blobs, [sha256Of(bytes), bytes]])
      const index = Buffer.from(JSON.stringify({ manifests: [descriptorOf(changed)] }))
      for await (const form of forms(blobs, index)) expect((await form()).list('/')).toEqual(['f', 'g'])
    }
  })

  it('a foreign layer is unknown and its URL is not asked', async () => {
    await make()
    const json = JSON.parse(image.manifest.bytes.toString())
    json.layers[0].urls = ['http://169.254.169.254/']
    json.layers[0].mediaType = 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip'
    const bytes = Buffer.from(JSON.stringify(json))
    const foreign = { ...image, manifest: { ...image.manifest, bytes, digest: sha256Of(bytes) } }
    const blobs = new Map([...image.blobs, [sha256Of(bytes), bytes]])
    const index = Buffer.from(JSON.stringify({ manifests: [descriptorOf(foreign)] }))
    for await (const form of forms(blobs, index)) {
      const tree = await form()
      expect(tree.list('/')).toEqual(['g'])
      expect(tree.unknowns).toMatchObject([{ code: 'unsupported' }])
    }
  })
})
