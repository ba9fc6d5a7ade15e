/**
 * Real TLS clients against the model: verdict and reason, server by server. By default every fourth case is asked;
 * `PATH_CASES=all` asks all, `PATH_CASES=write` also writes the answers to test/path/measured.json.
 */
import { writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { formatDay } from '../../../src/clock.ts'
import { pathCases } from '../../support/path-cases.ts'
import { type ServedCase, serve } from '../../support/path-server.ts'
import {
  type ClientAbout,
  compare,
  inputOf,
  predicted,
  type Table,
  tablePath,
} from '../../support/path-table.ts'
import type { Answer } from '../../support/real-clients.ts'
import { clientGroups } from '../../support/real-matrix.ts'

const mode = process.env.PATH_CASES ?? 'some'
const recipe = 'PATH_CASES=write npx vitest run --config vitest.real.config.ts test/real/path'
const everyFourth = 4

let served: readonly ServedCase[] = []
let close = () => {}
const told: { readonly about: ClientAbout; readonly answers: readonly Answer[] }[] = []

beforeAll(async () => {
  const cases = pathCases().filter((_, index) => mode !== 'some' || index % everyFourth === 0)
  ;({ served, close } = await serve(cases))
})

afterAll(() => {
  close()
  if (mode === 'write' && clientGroups.every(({ missing }) => missing === null)) writeTable()
})

describe('the model says what the real client says', () => {
  for (const { name, missing, clients } of clientGroups) {
    it.skipIf(missing)(missing ? `${name} (${missing})` : name, async () => {
      const differing: string[] = []
      for (const { ask, ...about } of await clients()) {
        const answers = await ask(served)
        told.push({ about, answers })
        served.forEach((each, index) => {
          const input = inputOf(each, Date.now())
          const verdict = predicted(input, about)
          const answer = answers[index]!
          if (compare(verdict, answer, each.store.length === 0) === 'differs')
            differing.push(
              `${about.name}, ${each.name}: ${verdict.reason ?? 'accepted'}, really ${answer.words || 'accepted'}`,
            )
        })
      }
      expect(differing).toEqual([])
    })
  }
})

function writeTable(): void {
  const words = ['accepted']
  const number = ({ accepted, words: said }: Answer) => {
    if (accepted) return 0
    if (!words.includes(said)) words.push(said)
    return words.indexOf(said)
  }
  const rows = served.map(
    ({ name }, index) => [name, told.map(({ answers }) => number(answers[index]!))] as const,
  )
  const clients = told.map(({ about }) => about)
  const table: Table = { recipe, measured: formatDay(Date.now()), clients, words, answers: {} }
  const line = (value: unknown) => JSON.stringify(value)
  const text = [
    `{"recipe":${line(table.recipe)},`,
    `"measured":${line(table.measured)},`,
    `"clients":[\n${clients.map(line).join(',\n')}\n],`,
    `"words":[\n${words.map(line).join(',\n')}\n],`,
    `"answers":{\n${rows.map(([name, row]) => `${line(name)}:${line(row)}`).join(',\n')}\n}}`,
  ]
  writeFileSync(tablePath, `${text.join('\n')}\n`)
}
