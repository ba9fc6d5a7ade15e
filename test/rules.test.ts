/** The gate: a rule that is not whole does not get in, and every example is run. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { isRemoved, loadersOf, loadRules, removed, ruleIds } from '../rules/index.ts'
import { rulePages } from '../scripts/docs.ts'
import { parseInstant } from '../src/clock.ts'
import { severities } from '../src/finding.ts'
import { judgeExample } from './support/examples.ts'

const rules = await loadRules()
const folder = new URL('../rules/', import.meta.url)
const files = readdirSync(folder).filter(
  name => name.endsWith('.ts') && name !== 'index.ts' && !name.startsWith('_'),
)

describe('the list of rules', () => {
  it('holds every file of rules/, and nothing else', () => {
    expect(files.map(name => name.replace(/\.ts$/, '')).sort()).toEqual(ruleIds())
  })

  it.each([
    'dockerfile',
    'image',
  ] as const)('is alphabetical for %s and names the scope right', async scope => {
    const loaders = loadersOf(scope)
    expect(Object.keys(loaders)).toEqual(Object.keys(loaders).sort())
    for (const load of Object.values(loaders)) expect((await load()).scope).toBe(scope)
  })

  it('never gives the id of a removed rule to another', () => {
    for (const id of ruleIds()) expect(isRemoved(id)).toBe(false)
    for (const why of Object.values(removed)) expect(why).toMatch(/\S.{20,}/)
  })
})

describe.each(rules.map(rule => [rule.id, rule] as const))('%s', (id, rule) => {
  it('has the name of its file, in kebab-case', () => {
    expect(id).toMatch(/^[a-z]+(-[a-z]+)*$/)
    expect(files).toContain(`${id}.ts`)
  })

  it('says since when, how bad, what and why', () => {
    const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
      version: string
    }
    expect(rule.since).toMatch(/^\d+\.\d+\.\d+$/)
    expect(rule.since.localeCompare(version, 'en', { numeric: true })).toBeLessThanOrEqual(0)
    expect(severities).toContain(rule.severity)
    expect(rule.summary).toMatch(/^[A-Z][^\n]{15,90}[^.!?\s]$/)
    expect(rule.why.trim().split(/\s+/).length).toBeGreaterThanOrEqual(60)
    expect(rule.why).toMatch(/silent|fires|finding is/)
  })

  it('has examples of both halves, each with a date', () => {
    const { bad, ok } = rule.examples
    expect(bad.length).toBeGreaterThan(0)
    expect(ok.length).toBeGreaterThan(0)
    const all = [...bad, ...ok]
    for (const { at } of all) expect(parseInstant(at)).not.toBeNull()
    // The same example twice proves nothing more.
    expect(new Set(all.map(example => JSON.stringify(example))).size).toBe(all.length)
  })

  it.each(
    rule.examples.bad.map((example, n) => [n + 1, example] as const),
  )('finds bad example %i', async (_, example) => {
    const { findings } = await judgeExample(rule, example)
    expect(findings).toHaveLength(example.finds ?? 1)
    const [first] = findings
    if (example.severity !== undefined) expect(first?.severity).toBe(example.severity)
    if ('line' in example && example.line !== undefined) expect(first?.location.line).toBe(example.line)
    for (const { message } of findings) {
      // One sentence: no line break, no placeholder that was not filled, and an end.
      expect(message).toMatch(/^\S[^\n]*\.$/)
      expect(message).not.toMatch(/undefined|null|NaN|\[object|\$\{|\s{2}|\.\./)
      expect(message.length).toBeLessThanOrEqual(400)
    }
  })

  it.each(
    rule.examples.ok.map((example, n) => [n + 1, example] as const),
  )('leaves ok example %i', async (_, example) => {
    expect((await judgeExample(rule, example)).findings).toEqual([])
  })
})

describe('docs/rules', () => {
  const docs = new URL('../docs/rules/', import.meta.url)

  it('is what `npm run docs` makes of the rules', async () => {
    const pages = await rulePages()
    const written = new Map(
      existsSync(docs)
        ? readdirSync(docs).map(name => [name, readFileSync(new URL(name, docs), 'utf8')])
        : [],
    )
    expect([...written.keys()].sort()).toEqual([...pages.keys()].sort())
    for (const [name, text] of pages) expect(written.get(name), `${name}: run \`npm run docs\``).toBe(text)
  })
})
