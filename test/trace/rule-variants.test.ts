/**
 * Every example of every rule of a Dockerfile in each way of writing it, and in each two of them: the same findings at
 * the same places, or a declared difference.
 */
import { describe, expect, it } from 'vitest'
import { loadRules } from '../../rules/index.ts'
import { check } from '../../src/judge/check.ts'
import { expiringWithin, instant, traceText } from '../support/examples.ts'
import { type Range, type Rewritten, rewrites, ways } from '../support/rewrite.ts'

/** Why a way of writing changes what there is to find of a rule. */
const later = 'ONBUILD acts in the next build: this stage ends without it'
const differs: Readonly<Record<string, Partial<Record<string, string>>>> = {
  'expired-root-kept': { onbuild: later },
  'stale-base-image': { onbuild: later },
  'missing-trust-store': { onbuild: later },
}

const rules = (await loadRules()).filter(rule => rule.scope === 'dockerfile')
const met = new Set<string>()

describe.each(rules.map(rule => [rule.id, rule] as const))('%s', (_, rule) => {
  const examples = [
    ...rule.examples.bad.map((example, number) => ({ name: `bad ${number + 1}`, example })),
    ...rule.examples.ok.map((example, number) => ({ name: `ok ${number + 1}`, example })),
  ]
  it.each(examples.map(one => [one.name, one] as const))('%s', async (_, { example }) => {
    const found = async (written: Rewritten): Promise<string[]> => {
      const model = traceText(written.text, example.context)
      const drafts = await check(model, { at: instant(example.at), expiringWithin })
      return drafts
        .map(
          ({ finding: { rule: found, severity, location } }) =>
            `${severity} ${found} ${written.place(location as Range)}`,
        )
        .sort()
    }
    const { original, all } = rewrites(example.dockerfile)
    const wanted = await found(original)
    const odd: string[] = []
    for (const written of all) {
      for (const name of written.name.split(', ')) met.add(name)
      const names = written.name.split(', ')
      const got = await found(written)
      const missing = wanted.filter(one => !got.includes(one) && !declared(one, names))
      const more = got.filter(one => !wanted.includes(one) && !declared(one, names))
      if (missing.length + more.length > 0)
        odd.push(`${written.name}: - ${missing.join('; ')} + ${more.join('; ')}\n${written.text}`)
    }
    expect(odd).toEqual([])
  })
})

/** Is it declared that this finding differs in one of these ways? */
function declared(finding: string, names: readonly string[]): boolean {
  const rule = finding.split(' ')[1]!
  return names.some(name => differs[rule]?.[name] !== undefined)
}

it('every way is met by an example', () => {
  expect([...met].sort()).toEqual(Object.keys(ways).sort())
})
