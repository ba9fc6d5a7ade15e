import { execFileSync } from 'node:child_process'
import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { extract } from 'tar-stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type TarEntry, TarWalker } from '../../src/image/tar.ts'
import { packTar } from '../support/image.ts'

interface Seen {
  readonly path: string
  readonly type: string
  readonly link: string | null
  readonly size: number
  readonly content: string
}

/** What our walker sees, the archive pushed in pieces of `step` bytes. */
function walk(tar: Uint8Array, step = tar.length): Seen[] {
  const seen: Seen[] = []
  const walker = new TarWalker('test.tar', (entry: TarEntry) => {
    const chunks: Buffer[] = []
    const take = () => {
      const content = Buffer.concat(chunks).toString('base64')
      seen.push({ path: entry.path, type: entry.type, link: entry.link, size: entry.size, content })
    }
    if (entry.type !== 'file') take()
    // A chunk is valid during the call alone: it is copied, and the copy must be all that counts.
    return entry.type === 'file' ? { push: chunk => chunks.push(Buffer.from(chunk)), end: take } : null
  })
  for (let at = 0; at < tar.length; at += step) walker.push(tar.subarray(at, at + step))
  walker.end()
  return seen
}

/** What tar-stream sees. */
async function oracle(tar: Uint8Array): Promise<Seen[]> {
  const types: Record<string, string> = {
    directory: 'dir',
    link: 'hardlink',
    symlink: 'symlink',
    file: 'file',
  }
  const seen: Seen[] = []
  // v7 is "unknown" to it; its types do not know the option.
  const reader = extract({ allowUnknownFormat: true } as object)
  reader.end(tar)
  for await (const entry of reader) {
    const chunks: Buffer[] = []
    for await (const chunk of entry) chunks.push(chunk as Buffer)
    const { name, type, linkname, size } = entry.header
    const ours = types[type] ?? 'other'
    seen.push({
      path: name,
      type: ours,
      link: ours === 'symlink' || ours === 'hardlink' ? (linkname ?? '') : null,
      size: ours === 'file' ? size : 0,
      content: Buffer.concat(chunks).toString('base64'),
    })
  }
  return seen
}

/** tar-stream takes the slash off a folder's name. */
const plain = (seen: Seen[]) => seen.map(one => ({ ...one, path: one.path.replace(/\/$/, '') }))

const folder = mkdtempSync(join(tmpdir(), 'imgtrust-tar-'))
afterAll(() => rmSync(folder, { recursive: true }))

const hasTar = (() => {
  try {
    return execFileSync('tar', ['--version']).toString().includes('GNU tar')
  } catch {
    return false
  }
})()

describe.skipIf(!hasTar)('GNU tar archives are read as tar-stream reads them (needs GNU tar)', () => {
  const long = `${'deep/'.repeat(30)}${'n'.repeat(90)}`
  beforeAll(() => {
    mkdirSync(join(folder, long), { recursive: true })
    writeFileSync(join(folder, long, 'file'), 'long')
    writeFileSync(join(folder, 'empty'), '')
    writeFileSync(join(folder, 'block'), 'x'.repeat(512))
    writeFileSync(join(folder, 'bigger'), 'y'.repeat(70_001))
    writeFileSync(join(folder, 'grüße-\u{1f642}'), 'utf-8')
    symlinkSync('../somewhere/else', join(folder, 'link'))
    symlinkSync('t'.repeat(180), join(folder, 'long-link'))
    linkSync(join(folder, 'block'), join(folder, 'same'))
  })

  it.each([
    ['gnu', []],
    ['oldgnu', []],
    ['pax', []],
    ['ustar', ['--exclude=long-link', '--exclude=deep']],
    ['v7', ['--exclude=long-link', '--exclude=deep']],
  ])('%s', async (format, more) => {
    const tar = execFileSync(
      'tar',
      [`--format=${format}`, '--sort=name', ...more, '-C', folder, '-cf', '-', '.'],
      {
        maxBuffer: 1e8,
      },
    )
    const seen = walk(tar)
    expect(plain(seen)).toEqual(plain(await oracle(tar)))
    const listed = execFileSync('tar', ['--quoting-style=literal', '-tf', '-'], { input: tar }).toString()
    expect(seen.map(one => one.path)).toEqual(listed.trimEnd().split('\n'))
    for (const step of [1, 3, 511, 513, 1023, 65_537]) expect(walk(tar, step)).toEqual(seen)
  })
})

describe('the dialects, made by tar-stream', () => {
  it('says the same of every odd split', async () => {
    const tar = await packTar([
      [{ name: 'a/', type: 'directory' }],
      [{ name: `a/${'long'.repeat(60)}` }, 'pax path'],
      [{ name: 'a/l', type: 'symlink', linkname: 'm'.repeat(150) }],
      [{ name: 'a/h', type: 'link', linkname: 'a/x' }],
      [{ name: 'dev', type: 'character-device', devmajor: 1, devminor: 3 }],
      [{ name: 'zero' }, ''],
      [{ name: 'data' }, Buffer.alloc(1537, 7)],
    ])
    const seen = walk(tar)
    expect(plain(seen)).toEqual(plain(await oracle(tar)))
    for (let step = 1; step < 1100; step += 2) expect(walk(tar, step)).toEqual(seen)
  })

  it('reads a size in base 256', async () => {
    const tar = await packTar([[{ name: 'f' }, 'hello']])
    const size = Buffer.alloc(12)
    size[0] = 0x80
    size[11] = 5
    size.copy(tar, 124)
    expect(walk(sum(tar))).toMatchObject([
      { path: 'f', size: 5, content: Buffer.from('hello').toString('base64') },
    ])
  })

  it('takes signed checksums, as old tars wrote them', async () => {
    const tar = await packTar([[{ name: 'f\u00e9' }, '']])
    // tar-stream wrote a PAX header for the name; its own block is the first.
    expect(() => walk(tar)).not.toThrow()
    const header = Buffer.alloc(1536)
    tar.copy(header, 0, tar.length - 1536, tar.length - 1024)
    header.fill(0xe9, 0, 4)
    expect(walk(sum(header, true))).toHaveLength(1)
  })

  it('keeps two names apart that are no UTF-8', async () => {
    const tar = await packTar([
      [{ name: 'ab' }, ''],
      [{ name: 'cd' }, ''],
    ])
    tar[0] = 0xff
    tar[512] = 0xfe
    const names = walk(sum(sum(tar), false, 512)).map(one => one.path)
    expect(new Set(names).size).toBe(2)
  })

  it('lets an extension win over the header, and a folder or a link have no content', async () => {
    const tar = await packTar([[{ name: 'd', type: 'directory' }], [{ name: 'f' }, 'x']])
    // Some writers put a size into a folder's header: no content follows it.
    tar.write('00000001000', 124, 'latin1')
    expect(walk(sum(tar)).map(one => one.path)).toEqual(['d', 'f'])
  })

  it('ends at two blocks of zeros, or where the bytes end', async () => {
    const tar = await packTar([[{ name: 'f' }, 'x']])
    expect(walk(tar.subarray(0, 1024))).toHaveLength(1)
    expect(walk(tar.subarray(0, 1536))).toHaveLength(1)
    expect(walk(Buffer.concat([tar, Buffer.from('rubbish')]))).toHaveLength(1)
    expect(walk(Buffer.alloc(0))).toEqual([])
  })
})

/** Writes the checksum of the header at `at` anew. */
function sum(tar: Buffer, signed = false, at = 0): Buffer {
  tar.fill(0x20, at + 148, at + 156)
  let total = 0
  for (let i = at; i < at + 512; i++) total += signed ? tar.readInt8(i) : tar[i]!
  tar.write(`${total.toString(8).padStart(6, '0')}\0 `, at + 148, 'latin1')
  return tar
}
