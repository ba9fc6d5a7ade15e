import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { brotliDecompressSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { knowledgeDate, knowledgeInputs, knowledgeParts } from '../../src/knowledge/status.ts'
import { factsFolder, withFacts } from './facts.ts'

const root = resolve(import.meta.dirname, '../..')
const folder = join(root, 'src/knowledge/data')
const curated = join(root, 'scripts/knowledge/curated')

function filesOf(path: string): string[] {
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter(name => statSync(join(path, name)).isFile())
    .sort()
}

function content(path: string): Buffer {
  const bytes = readFileSync(path)
  return path.endsWith('.br') ? brotliDecompressSync(bytes) : bytes
}

describe('the built-in facts', () => {
  it('are small: all tags in at most 1.4 MB, everything in 2 MB', () => {
    const size = (names: string[]) => names.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0)
    const names = filesOf(folder)
    expect(size(names.filter(name => name.startsWith('tags/')))).toBeLessThan(1_400_000)
    expect(size(names)).toBeLessThan(2_000_000)
  })

  it('say of each part what it is from and how old it is', () => {
    expect(knowledgeParts().length).toBeGreaterThan(8)
    for (const part of knowledgeParts()) {
      expect(part.source, part.name).not.toBe('')
      expect(part.asOf, part.name).toMatch(/^20\d\d-\d\d-\d\d$/)
      expect(part.made >= part.asOf, part.name).toBe(true)
      expect(part.entries, part.name).toBeGreaterThan(0)
    }
    for (const input of knowledgeInputs()) expect(input.sha256).toMatch(/^[0-9a-f]{64}$/)
  })

  it('have a date of their own: the newest release of roots', () => {
    expect(knowledgeDate()).toBe('2026-10-20')
    expect(knowledgeParts().find(part => part.name === 'releases')?.asOf).toBe('2026-10-20')
  })

  it('are complete on disk: the bytes of every part add up, and nothing lies there unnamed', () => {
    const named = knowledgeParts().reduce((sum, part) => sum + part.bytes, 0)
    const there = filesOf(folder).filter(name => !['manifest.json', 'NOTICE'].includes(name))
    expect(there.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0)).toBe(named)
  })

  it('speak of public sources alone', () => {
    for (const name of filesOf(folder)) {
      if (name === 'roots.der.br') continue
      expect(content(join(folder, name)).toString('utf8'), name).not.toMatch(
        /\bshared\/|steering|stored public|\/work\//,
      )
    }
  })

  it("name Mozilla's licence", () => {
    expect(readFileSync(join(folder, 'NOTICE'), 'utf8')).toMatch(/Mozilla Public License, v\. 2\.0/)
  })
})

describe('what was read and judged by hand', () => {
  it.each(
    readdirSync(curated),
  )('%s: every entry has its source and the day on which it was checked', name => {
    const data = JSON.parse(readFileSync(join(curated, name), 'utf8'))
    const entries = Array.isArray(data) ? data : data.versions
    const checked = Array.isArray(data) ? null : data.checked
    expect(entries.length).toBeGreaterThan(0)
    for (const entry of entries) {
      expect(entry.source?.length, JSON.stringify(entry)).toBeGreaterThan(5)
      expect(checked ?? entry.checked, JSON.stringify(entry)).toMatch(/^20\d\d-\d\d-\d\d$/)
    }
  })
})

describe.skipIf(withFacts !== '')(`the generator${withFacts}`, () => {
  it('makes what is committed, byte for byte once unpacked', () => {
    const out = mkdtempSync(join(tmpdir(), 'imgtrust-knowledge-'))
    try {
      execFileSync(
        process.execPath,
        [
          '--import',
          'tsx',
          'scripts/knowledge/index.ts',
          '--facts',
          factsFolder,
          '--out',
          out,
          '--quality',
          '1',
          '--made',
          knowledgeParts()[0]!.made,
        ],
        { cwd: root, stdio: 'pipe' },
      )
      const mine = filesOf(folder).filter(name => name !== 'NOTICE')
      expect(filesOf(out)).toEqual(mine)
      for (const name of mine) {
        // Another version of brotli packs to other sizes: only they may differ.
        const text = (path: string) => {
          const bytes = content(path)
          return name === 'manifest.json'
            ? bytes.toString().replace(/"bytes": \d+/g, '')
            : bytes.toString('latin1')
        }
        expect(text(join(out, name)) === text(join(folder, name)), name).toBe(true)
      }
    } finally {
      rmSync(out, { recursive: true })
    }
  })
})
