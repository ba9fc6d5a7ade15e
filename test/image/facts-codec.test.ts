import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { ContentReader, LayerFacts } from '../../src/image/facts.ts'
import { packFacts, unpackFacts } from '../../src/image/facts-codec.ts'
import { overlay } from '../../src/image/overlay.ts'
import { trustReader } from '../../src/trust/reader.ts'
import { factsOf, keepAll, listing } from '../support/gather.ts'
import { type LayerFiles, layerTar, sha256Of } from '../support/image.ts'

const again = (facts: LayerFacts) => unpackFacts(Buffer.concat(packFacts(facts)))

const plain = (facts: LayerFacts) => ({
  ...facts,
  entries: [...facts.entries].map(({ content, found, ...entry }) => ({
    ...entry,
    content: content && sha256Of(content),
    found: found.map(({ der, ...one }) => ({ ...one, der: der && sha256Of(der) })),
  })),
  whiteouts: [...facts.whiteouts],
  opaque: [...facts.opaque],
})

async function layer(files: LayerFiles, reader: ContentReader = keepAll): Promise<LayerFacts> {
  return factsOf(await layerTar(files), reader)
}

describe('facts come back as they were', () => {
  it.each<[string, LayerFiles]>([
    ['of an empty layer', {}],
    [
      'of files, folders and links',
      { 'a/b/c.txt': 'text', 'a/empty': '', 'a/link': { link: '../a/b/c.txt' } },
    ],
    ['of what is taken away', { 'a/.wh.gone': '', 'b/.wh..wh..opq': '', 'b/new': 'x' }],
    ['of names beyond ASCII', { 'ü/日本/\u{1f600}': 'text' }],
  ])('%s', async (_, files) => {
    const facts = await layer(files)
    expect(plain(again(facts))).toEqual(plain(facts))
  })

  const root = resolve(import.meta.dirname, '../../../shared/images/alpine-minirootfs-3.20.3-x86_64.tar.gz')
  it.skipIf(!existsSync(root))('of a real root filesystem (skipped without it)', async () => {
    const facts = await factsOf(readFileSync(root), trustReader)
    const copy = again(facts)
    expect(plain(copy)).toEqual(plain(facts))
    expect(listing(overlay([copy]))).toEqual(listing(overlay([facts])))
    expect([...copy.entries].flatMap(({ found }) => found).length).toBeGreaterThan(100)
    // And what comes back can be kept again.
    expect(Buffer.concat(packFacts(copy)).equals(Buffer.concat(packFacts(facts)))).toBe(true)
  })

  it('with what could not be read', async () => {
    const facts = {
      ...(await layer({ a: 'x' })),
      unknowns: [{ what: '/b', why: 'too large', code: 'limit' as const }],
    }
    expect(again(facts).unknowns).toEqual(facts.unknowns)
  })

  it('of many entries, over all chunks of their log', async () => {
    const many = Object.fromEntries(
      Array.from({ length: 20_000 }, (_, n) => [`folder-${n % 100}/${'long-name-'.repeat(3)}${n}`, '']),
    )
    const facts = await layer(many, { ...keepAll, keep: () => false })
    const copy = again(facts)
    expect(copy.entries.length).toBe(facts.entries.length)
    expect(listing(overlay([copy]))).toEqual(listing(overlay([facts])))
  })
})
