/** The path builder against what real clients said (measured.json; its recipe stands in it), case by case. */
import { describe, expect, it } from 'vitest'
import { pathCases } from '../support/path-cases.ts'
import { answerOf, compare, inputOf, type Outcome, predicted, readTable } from '../support/path-table.ts'

const table = readTable()
const now = Date.now()
const cases = pathCases().map(each => ({ name: each.name, input: inputOf(each, now) }))

describe('the path builder and real clients', () => {
  it('has been measured on every case', () => {
    expect(Object.keys(table.answers)).toEqual(cases.map(({ name }) => name))
  })

  const counts: Record<Outcome, number> = { agrees: 0, null: 0, 'not told': 0, differs: 0 }
  table.clients.forEach((about, client) => {
    it(`${about.name} (${about.library} ${about.libraryVersion})`, () => {
      const differing: string[] = []
      for (const { name, input } of cases) {
        const answer = answerOf(table, name, client)
        if (!answer) continue
        const verdict = predicted(input, about)
        const outcome = compare(verdict, answer, input.store.size === 0)
        counts[outcome]++
        if (outcome === 'differs')
          differing.push(`${name}: ${verdict.reason ?? 'accepted'}, really ${answer.words || 'accepted'}`)
        if (verdict.accepted === null) expect(verdict.why).toBeTruthy()
      }
      expect(differing).toEqual([])
    })
  })

  it('agree in at least 99 of 100 answers that speak of certificates', () => {
    const all = counts.agrees + counts.null + counts.differs
    expect(all).toBeGreaterThan(4_000)
    expect(counts.agrees / all).toBeGreaterThanOrEqual(0.99)
    // What clients refuse without a word about certificates proves nothing: it must stay rare.
    expect(counts['not told'] / all).toBeLessThan(0.02)
  })
})
