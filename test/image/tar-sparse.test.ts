/** Sparse files as GNU tar writes them, in each of its forms: what is read is what lies on the disk. */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { closeSync, ftruncateSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TarWalker } from '../../src/image/tar.ts'
import { rootByFingerprint, rootDer } from '../../src/knowledge/roots.ts'
import { trustReader } from '../../src/trust/reader.ts'
import { pemOf } from '../support/certificate.ts'
import { factsOf, keepAll } from '../support/gather.ts'
import { missing } from '../support/program.ts'

const forms = [
  ['oldgnu', ['--format=oldgnu']],
  ['gnu', ['--format=gnu']],
  ['pax 0.0', ['--format=pax', '--sparse-version=0.0']],
  ['pax 0.1', ['--format=pax', '--sparse-version=0.1']],
  ['pax 1.0', ['--format=pax', '--sparse-version=1.0']],
] as const

const folder = mkdtempSync(join(tmpdir(), 'imgtrust-sparse-'))
afterAll(() => rmSync(folder, { recursive: true }))

const MiB = 2 ** 20
const TiB = 2 ** 40
const root = rootByFingerprint('96bcec06264976f37460779acf28c5a7cfe8a3c0aae11a8ffcee05c0bddf08c6')!
const pem = pemOf(Buffer.from(rootDer(root.index)))

/** Pieces at offsets, and how long the file is. */
const files: Record<
  string,
  { readonly size: number; readonly pieces: readonly (readonly [number, string])[] }
> = {
  'a-hole-alone': { size: 3 * MiB, pieces: [] },
  'hole-first': { size: MiB + 7, pieces: [[MiB, 'at end\n']] },
  'hole-last': { size: MiB, pieces: [[0, 'begin']] },
  'hole-between': {
    size: 900_001,
    pieces: [
      [0, 'x'.repeat(5000)],
      [900_000, 'y'],
    ],
  },
  pieces: {
    size: 400 * 20_000,
    pieces: Array.from({ length: 400 }, (_, i) => [i * 20_000, `piece ${i}`] as const),
  },
  'store-in-holes': {
    size: 3 * MiB,
    pieces: [
      [8192, 'text'],
      [2 * MiB - 5, pem],
    ],
  },
  [`${'deep/'.repeat(3)}${'n'.repeat(120)}`.replaceAll('/', '-')]: {
    size: MiB,
    pieces: [[4096, 'long name']],
  },
  plain: { size: 5, pieces: [[0, 'plain']] },
}

function make(name: string, size: number, pieces: readonly (readonly [number, string])[]): void {
  const file = openSync(join(folder, name), 'w')
  ftruncateSync(file, size)
  for (const [at, text] of pieces) writeSync(file, text, at)
  closeSync(file)
}

const pack = (form: readonly string[], names: readonly string[]) =>
  execFileSync('tar', ['--sparse', ...form, '-C', folder, '-cf', '-', ...names], { maxBuffer: 64 * MiB })

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

/** Name, size and hash of every file, the archive pushed in pieces. */
function walked(tar: Uint8Array, step: number): Record<string, string> {
  const seen: Record<string, string> = {}
  const walker = new TarWalker('test.tar', ({ path, size }) => {
    const hash = createHash('sha256')
    let bytes = 0
    return {
      push: chunk => {
        bytes += chunk.length
        hash.update(chunk)
      },
      end: () => {
        seen[path] = `${size} ${bytes} ${hash.digest('hex')}`
      },
    }
  })
  for (let at = 0; at < tar.length; at += step) walker.push(tar.subarray(at, at + step))
  walker.end()
  return seen
}

const noTar = missing('tar', 'truncate')
describe.skipIf(noTar)(`GNU tar's sparse files (missing: ${noTar || 'none'})`, () => {
  const names = Object.keys(files)
  beforeAll(() => {
    for (const [name, { size, pieces }] of Object.entries(files)) make(name, size, pieces)
  })

  it.each(forms)('%s: every byte', (_, form) => {
    const tar = pack(form, names)
    // Else nothing was sparse, and nothing is shown.
    expect(tar.length).toBeLessThan(4 * MiB)
    const expected = Object.fromEntries(
      names.map(name => {
        const bytes = readFileSync(join(folder, name))
        return [name, `${bytes.length} ${bytes.length} ${sha256(bytes)}`]
      }),
    )
    for (const step of [tar.length, 65_537, 1000, 511]) expect(walked(tar, step)).toEqual(expected)
  })

  it.each(forms)('%s: what is kept and found of a layer', async (_, form) => {
    const reader = { ...trustReader, keep: (path: string) => path === 'pieces' }
    const { entries } = await factsOf(pack(form, names), reader)
    const byPath = new Map([...entries].map(entry => [entry.path, entry]))
    const kept = byPath.get('pieces')!.content!
    expect(sha256(kept)).toBe(sha256(readFileSync(join(folder, 'pieces'))))
    const bytes = readFileSync(join(folder, 'store-in-holes'))
    expect(byPath.get('store-in-holes')!.found).toMatchObject([
      { sha256: root.sha256, offset: bytes.indexOf('-----BEGIN'), problem: null },
    ])
    expect(byPath.get('store-in-holes')!.size).toBe(bytes.length)
  })

  it.each(forms)('%s: a hole of a terabyte costs nothing', async (_, form) => {
    make('terabyte', TiB, [[TiB - 100_000, pem]])
    const { entries } = await factsOf(pack(form, ['terabyte', 'plain']), {
      ...trustReader,
      keep: () => false,
    })
    const [huge, plain] = [...entries]
    expect(huge).toMatchObject({ size: TiB, found: [{ sha256: root.sha256, offset: TiB - 100_000 }] })
    expect(plain).toMatchObject({ path: 'plain', size: 5 })
  })

  it.each(forms)('%s: an archive that is cut is told as such', async (_, form) => {
    const tar = pack(form, ['pieces'])
    for (const at of [600, 1100, 5000, tar.length - 12_000]) {
      const cut = factsOf(tar.subarray(0, at), keepAll)
      await expect(cut).rejects.toMatchObject({ name: 'JobError', code: 'truncated' })
    }
  })
})
