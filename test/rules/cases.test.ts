import { describe, expect, it } from 'vitest'
import { ruleIds } from '../../rules/index.ts'
import { allCases, mayUpdate, readExpected, runCase, writeExpected } from '../support/cases.ts'

describe.each(allCases().map(item => [`${item.rule}/${item.name}`, item] as const))('%s', (_, item) => {
  it('belongs to a rule and says whether it is good or bad', () => {
    expect(ruleIds()).toContain(item.rule)
    expect(item.name).toMatch(/^(ok|bad)\.[a-z0-9]+(-[a-z0-9]+)*$/)
  })

  it('finds what is expected', async () => {
    const found = await runCase(item)
    if (mayUpdate()) writeExpected(item, found)
    const expected = readExpected(item)
    expect(expected, 'no expected.json: read what is found, then write it with UPDATE_CASES=1').toBeDefined()
    expect(found).toEqual(expected)
    if (item.name.startsWith('ok.')) expect(found).toEqual([])
    else expect(found).not.toEqual([])
  })
})
