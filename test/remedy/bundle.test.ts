import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { allRoots, rootDer } from '../../src/knowledge/roots.ts'
import { bundleEntries, entryOf, fragmentsFor } from '../../src/remedy/bundle.ts'
import { renderShell } from '../../src/remedy/dialects/shell.ts'

const ders = allRoots().map(({ index }) => rootDer(index))
const fingerprints = allRoots().map(({ sha256 }) => sha256)

function pem(der: Uint8Array, { width = 64, eol = '\n', label = 'CERTIFICATE' } = {}): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(new RegExp(`.{1,${width}}`, 'g')) ?? []
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join(eol)
}

describe('fragments', () => {
  it('tell every known root from all others', () => {
    const entries = ders.map(entryOf)
    expect(entries.map(({ sha256 }) => sha256)).toEqual(fingerprints)
    const fragments = fragmentsFor(entries, fingerprints)!
    expect(new Set(fragments).size).toBe(ders.length)
    for (const [index, fragment] of fragments.entries()) {
      const holders = entries.filter(({ lines }) => lines.some(line => line.includes(fragment)))
      expect(holders).toEqual([entries[index]])
    }
  })

  it('are none for a root that is not there, or behind an odd header', () => {
    const trusted = bundleEntries(Buffer.from(pem(ders[0]!, { label: 'TRUSTED CERTIFICATE' })))
    expect(fragmentsFor(trusted, [fingerprints[0]!])).toBeNull()
    expect(fragmentsFor([], [fingerprints[0]!])).toBeNull()
    const indented = bundleEntries(Buffer.from(` ${pem(ders[0]!)}`))
    expect(fragmentsFor(indented, [fingerprints[0]!])).toBeNull()
  })
})

describe('the line for a bundle, by the sed of this machine', () => {
  const folder = mkdtempSync(join(tmpdir(), 'imgtrust-bundle-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  const file = join(folder, 'bundle.pem')
  const run = (text: string, gone: readonly string[]) => {
    writeFileSync(file, text)
    const fragments = fragmentsFor(bundleEntries(readFileSync(file)), gone)!
    const line = renderShell([{ kind: 'bundle-delete', path: '/bundle.pem', fragments }])!
    execFileSync('/bin/sh', ['-c', line.replace('/bundle.pem', file)])
    return readFileSync(file, 'utf8')
  }
  const [a, b, c] = [ders[3]!, ders[4]!, ders[5]!]
  const gone = [fingerprints[4]!]

  it.each([
    ['plain', {}],
    ['with CRLF', { eol: '\r\n' }],
    ['of 76 columns', { width: 76 }],
    ['of one long line', { width: 100_000 }],
  ])('%s: takes the one block and leaves every other byte', (_, form) => {
    expect(run(pem(a, form) + pem(b, form) + pem(c, form), gone)).toBe(pem(a, form) + pem(c, form))
  })

  it('leaves text around, and takes every copy', () => {
    const text = `# a\n${pem(a)}\n# b\n${pem(b)}# c\n${pem(c)}${pem(b)}tail`
    expect(run(text, gone)).toBe(`# a\n${pem(a)}\n# b\n# c\n${pem(c)}tail`)
  })

  it('leaves a block that has no end', () => {
    const open = pem(c).replace(/-----END.*/s, '')
    expect(run(pem(a) + pem(b) + open, gone)).toBe(pem(a) + open)
  })
})
