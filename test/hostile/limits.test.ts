/** Every limit has its test: here, or in the file and under the name that stand here. A limit without one is refused. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { readTargetList } from '../../src/cli/target-list.ts'
import { StreamArchive } from '../../src/image/archive-stream.ts'
import { FactsGatherer } from '../../src/image/facts-gatherer.ts'
import { folderFacts } from '../../src/image/folder-facts.ts'
import { parseManifest } from '../../src/image/manifest.ts'
import { TarWalker } from '../../src/image/tar.ts'
import { limits } from '../../src/limits.ts'
import { buildPaths } from '../../src/path/build.ts'
import type { PathInput } from '../../src/path/verdict.ts'
import { inPieces, keepAll, keepNone } from '../support/gather.ts'
import { layerTar, packTar } from '../support/image.ts'

type Limit = keyof typeof limits
interface Elsewhere {
  readonly file: string
  readonly test: string
}

const folder = mkdtempSync(join(tmpdir(), 'imgtrust-limits-'))
afterAll(() => rmSync(folder, { recursive: true }))

const image = (test: string): Elsewhere => ({ file: 'test/hostile/image.test.ts', test })
const registry = (test: string): Elsewhere => ({ file: 'test/real/image/registry.test.ts', test })
const catalogue = (test: string): Elsewhere => ({ file: 'test/hostile/catalogue.test.ts', test })
const tooMuch = { name: 'JobError', code: 'limit' }
const digest = `sha256:${'0'.repeat(64)}`

const cases: Record<Limit, Elsewhere | (() => Promise<void>)> = {
  dockerfileBytes: { file: 'test/commands/bad-input.test.ts', test: 'a Dockerfile' },
  manifestBytes: image('a huge index'),
  indexDepth: image('an index that names itself, or goes too deep'),
  layerBytes: image('a size of more than a layer'),
  ratio: image('a zstd frame that repeats one byte is refused by its ratio'),
  ratioFloor: image('a zstd frame that repeats one byte is refused by its ratio'),
  holeBytes: image('holes that take more zeros than a layer may have are refused'),
  zstdWindowBytes: image('a zstd frame with a huge window is refused'),
  pathBytes: image('a path that is too long'),
  headerBytes: image('a PAX header of 2 MiB'),
  keptFileBytes: image('a file that is too large to keep is unknown'),
  keptLayerBytes: image('more kept bytes than a layer may have are unknown'),
  certificatesPerFile: {
    file: 'test/hostile/trust.test.ts',
    test: 'certificates of one file, and that is told',
  },
  certificateBytes: { file: 'test/hostile/trust.test.ts', test: 'a certificate larger than the limit' },
  linkDepth: { file: 'test/image/overlay.test.ts', test: 'in a chain: found' },
  starttlsBytes: {
    file: 'test/server/starttls.test.ts',
    test: 'more text than a server may send before TLS',
  },
  handshakeBytes: {
    file: 'test/hostile/server.test.ts',
    test: 'a message without end, in the smallest of records',
  },
  chainFileBytes: { file: 'test/server/chain-file.test.ts', test: 'of too many bytes' },
  idleMs: registry('a server that stalls is given up'),
  redirects: registry('in a circle'),
  resumes: registry('one that is cut without end is truncated'),
  retryAfterMs: registry('a wait that is too long'),
  cataloguePages: catalogue('pages without end'),
  cataloguePageBytes: catalogue('a page without end'),
  catalogueNames: catalogue('names without end'),
  reportBytes: { file: 'test/fleet/read-report.test.ts', test: 'of more bytes than are read' },
  sharedLayersBytes: {
    file: 'test/fleet/shared-layers.test.ts',
    test: 'no more bytes than may stay in memory',
  },

  async certificatesPerImage() {
    const reader = {
      version: 'many',
      keep: () => false,
      scan: () => ({
        push() {},
        end: () =>
          Array.from({ length: limits.certificatesPerFile }, (_, offset) => ({
            offset,
            der: null,
            sha256: null,
            label: 'CERTIFICATE',
            problem: 'cut',
          })),
      }),
    }
    // What they take in memory is counted elsewhere.
    const gatherer = new FactsGatherer('the layer', reader, { take() {}, takeRecord() {} })
    const files = limits.certificatesPerImage / limits.certificatesPerFile + 2
    for (let file = 0; file < files; file++) gatherer.file(`f${file}`, 0, 0, 0, 1)!.end()
    const { entries, unknowns } = gatherer.facts(null)
    const found = [...entries].reduce((sum, entry) => sum + entry.found.length, 0)
    expect(found).toBe(limits.certificatesPerImage)
    expect(unknowns).toMatchObject([{ code: 'limit' }])
  },

  async documentBytes() {
    const document = `[${' '.repeat(limits.manifestBytes - 10)}]`
    const count = limits.documentBytes / limits.manifestBytes + 1
    const tar = await packTar(Array.from({ length: count }, (_, i) => [{ name: `${i}.json` }, document]))
    await expect(StreamArchive.read('x.tar', inPieces(tar), keepAll, {})).rejects.toMatchObject(tooMuch)
  },

  async targetListBytes() {
    const list = inPieces(Buffer.alloc(limits.targetListBytes + 1, 'alpine\n'))
    await expect(readTargetList('-', list)).rejects.toMatchObject(tooMuch)
  },

  async layers() {
    const one = { digest, size: 1 }
    const manifest = (count: number) =>
      Buffer.from(JSON.stringify({ config: one, layers: new Array(count).fill(one) }))
    expect(parseManifest(manifest(limits.layers), 'x')).toMatchObject({ kind: 'manifest' })
    expect(() => parseManifest(manifest(limits.layers + 1), 'x')).toThrow(expect.objectContaining(tooMuch))
  },

  async entries() {
    const one = (await layerTar({ file: '' })).subarray(0, 512)
    const many = Buffer.concat(new Array<Buffer>(1000).fill(one))
    const walker = new TarWalker('x.tar', () => null)
    for (let count = 0; count < limits.entries; count += 1000) walker.push(many)
    expect(() => walker.push(many)).toThrow(expect.objectContaining(tooMuch))
  },

  async imageFactsBytes() {
    const gatherer = new FactsGatherer('the layer', keepNone)
    const name = 'n'.repeat(4000)
    const add = () => {
      for (let count = 0; count < 30_000; count++) gatherer.file(`${count}${name}`, 0, 0, 0, 0)
    }
    expect(add).toThrow(expect.objectContaining(tooMuch))
    // Small files that are kept count for more than their bytes.
    const tiny = new FactsGatherer('the layer', keepAll)
    const keep = () => {
      for (let count = 0; count < 600_000; count++) tiny.file(`etc/${count}`, 0, 0, 0, 0)?.end()
    }
    expect(keep).toThrow(expect.objectContaining(tooMuch))
  },

  async linkedFolders() {
    const root = join(folder, 'linked')
    await mkdir(join(root, 'etc'), { recursive: true })
    await mkdir(join(root, 'elsewhere'))
    const count = limits.linkedFolders + 20
    for (let i = 0; i < count; i++) {
      const name = String(i).padStart(5, '0')
      await writeFile(join(root, 'elsewhere', name), '')
      await symlink(`/elsewhere/${name}`, join(root, 'etc', `${name}.cert`))
    }
    const { entries } = await folderFacts(root, keepNone, {})
    const reached = [...entries].filter(entry => entry.path.startsWith('elsewhere/'))
    expect(reached).toHaveLength(limits.linkedFolders)
  },

  async certificatesSent() {
    const sent = new Array(limits.certificatesSent + 1).fill({})
    const input = { sent } as unknown as PathInput
    expect(JSON.stringify(buildPaths(input, {} as never))).toContain(`more than ${limits.certificatesSent}`)
  },
  pathSignatures: {
    file: 'test/path/build.test.ts',
    test: 'checks no more signatures than a search may',
  },
}

describe('every limit has its test', () => {
  it('and none is left over', () => {
    expect(Object.keys(cases).sort()).toEqual(Object.keys(limits).sort())
  })

  it.each(Object.entries(cases))('%s', async (limit, test) => {
    if (typeof test === 'function') return test()
    const text = readFileSync(resolve(import.meta.dirname, '../..', test.file), 'utf8')
    expect(text, `${test.file} tests ${limit}`).toContain(test.test)
  })
})
