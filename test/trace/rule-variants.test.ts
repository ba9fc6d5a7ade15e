/** Every example of every rule of a Dockerfile in each way of writing it: the same findings, or a declared difference. */
import { describe, expect, it } from 'vitest'
import { loadRules } from '../../rules/index.ts'
import { judgeDockerfile } from '../support/examples.ts'
import { type VariantName, variants } from '../support/variants.ts'

/** Why a way of writing changes what there is to find. */
const later = 'ONBUILD acts in the next build: this stage ends without it'
const differs: Readonly<Record<string, Partial<Record<VariantName, string>>>> = {
  'expired-root-kept': { onbuild: later },
  'stale-base-image': { onbuild: later },
  'missing-trust-store': { onbuild: later, 'other stage': 'what a stage below names is not looked at' },
}

const rules = (await loadRules()).filter(rule => rule.scope === 'dockerfile')

describe.each(rules.map(rule => [rule.id, rule] as const))('%s', (id, rule) => {
  const examples = [
    ...rule.examples.bad.map((example, number) => ({ name: `bad ${number + 1}`, example, bad: true })),
    ...rule.examples.ok.map((example, number) => ({ name: `ok ${number + 1}`, example, bad: false })),
  ]
  it.each(examples.map(one => [one.name, one] as const))('%s', async (_, { example, bad }) => {
    const wanted = bad ? (example.finds ?? 1) : 0
    const odd: string[] = []
    for (const { name, text } of variants(example.dockerfile)) {
      if (differs[id]?.[name] !== undefined) continue
      const { all } = await judgeDockerfile(text, example.at, example.context)
      const found = all.filter(finding => finding.rule === id).length
      if (found !== wanted) odd.push(`${name}: ${found} instead of ${wanted}`)
    }
    expect(odd).toEqual([])
  })
})
