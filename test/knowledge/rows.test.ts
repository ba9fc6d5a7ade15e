/** Rows are found in the text of a file and parsed one by one: they are what JSON.parse makes of the whole. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliDecompressSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import {
  allReleases,
  releaseById,
  releasesOf,
  servedLines,
  servedRows,
} from '../../src/knowledge/release-list.ts'
import { allRoots, rootByFingerprint, rootByIndex } from '../../src/knowledge/root-list.ts'
import { root } from '../support/run.ts'

const from = join(root, 'src/knowledge/data')
const text = (name: string) => brotliDecompressSync(readFileSync(join(from, name))).toString('utf8')
const releases: { releases: [string, string, string, string][]; served: Record<string, unknown> } =
  JSON.parse(text('releases.json.br'))

describe('releases', () => {
  it('are all there, one by one and together', () => {
    expect(allReleases().map(({ id, family, version }) => [id, family, version])).toEqual(
      releases.releases.map(([id, family, , version]) => [id, family, version]),
    )
    for (const [id] of releases.releases) expect(releaseById(id)?.id).toBe(id)
    expect(releaseById('debian/ca-certificates 2023')).toBeNull()
    expect(releaseById('debian/ca-certificates 20230311"')).toBeNull()
  })

  it('are called by family and version: a family is found by it', () => {
    for (const [id, family, , version] of releases.releases) expect(id).toBe(`${family} ${version}`)
    for (const family of new Set(releases.releases.map(row => row[1])))
      expect(releasesOf(family).map(({ id }) => id)).toEqual(
        releases.releases.filter(row => row[1] === family).map(([id]) => id),
      )
    expect(releasesOf('alpine/base', version => version === '3.8.5').map(({ id }) => id)).toEqual([
      'alpine/base 3.8.5',
    ])
  })

  it('are the same object each time', () =>
    expect(releaseById('certifi 2024.2.2')).toBe(allReleases().find(({ id }) => id === 'certifi 2024.2.2')))
})

it('what archives served is found line by line', () => {
  expect(servedLines().map(words => words.join(' '))).toEqual(Object.keys(releases.served))
  for (const [distribution, line] of servedLines())
    expect(servedRows(distribution, line)).toEqual(releases.served[`${distribution} ${line}`])
  for (const none of ['constructor', 'debian"', 'debian 9":[]']) expect(servedRows(none, '9')).toEqual([])
})

it('roots are those of the file, each at its number', () => {
  const rows: [string, string][] = JSON.parse(text('roots.json.br'))
  expect(allRoots().map(({ sha256, name }) => [sha256, name])).toEqual(
    rows.map(([sha256, name]) => [sha256, name]),
  )
  expect(rootByIndex(7)).toBe(allRoots()[7])
  rows.forEach(([sha256], index) => {
    expect(rootByFingerprint(sha256.toUpperCase())).toBe(allRoots()[index])
  })
  expect(rootByFingerprint('')).toBeNull()
  expect(() => rootByIndex(rows.length)).toThrow(RangeError)
})

describe('what is built', () => {
  const to = join(root, 'dist/knowledge/data')
  const names = readdirSync(from, { recursive: true, encoding: 'utf8' })

  it.each(names.filter(name => /\.json(\.br)?$/.test(name)))('has all of %s, in ASCII', name => {
    const laid = readFileSync(join(to, name.replace(/\.br$/, '')))
    expect(laid.every(byte => byte < 0x80)).toBe(true)
    const whole = name.endsWith('.br') ? text(name) : readFileSync(join(from, name), 'utf8')
    expect(JSON.parse(laid.toString('latin1'))).toEqual(JSON.parse(whole))
  })

  it('has all tags, unpacked', () => {
    const tags = names.filter(name => name.startsWith('tags/'))
    expect(tags.length).toBeGreaterThan(150)
    for (const name of tags)
      expect(readFileSync(join(to, name.replace(/\.br$/, '')), 'latin1') === text(name), name).toBe(true)
  })
})
