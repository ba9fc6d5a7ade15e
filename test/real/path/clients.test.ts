/**
 * Real TLS clients against the model: verdict and reason, server by server. By default every fourth case is asked of
 * those that are soon made ready; `PATH_CASES=all` asks all of all, `PATH_CASES=write` also writes the answers to
 * test/path/measured.json and the list of clients to the built-in facts. `PATH_CLIENTS=go,java` asks these groups alone
 * and leaves what the others said.
 */
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { formatDay } from '../../../src/clock.ts'
import { pathCases } from '../../support/path-cases.ts'
import { type ServedCase, serve } from '../../support/path-server.ts'
import {
  answerOf,
  type ClientAbout,
  compare,
  factsPath,
  inputOf,
  measuredRows,
  predicted,
  readTable,
  type Table,
  tablePath,
} from '../../support/path-table.ts'
import type { Answer } from '../../support/real-clients.ts'
import { clientGroups } from '../../support/real-matrix.ts'

const mode = process.env.PATH_CASES ?? 'some'
const only = process.env.PATH_CLIENTS?.split(',')
const groups = clientGroups.map(({ slow, ...group }) => ({
  ...group,
  missing:
    only && !only.includes(group.name)
      ? 'not asked for'
      : slow && mode === 'some'
        ? 'with PATH_CASES=all alone'
        : group.missing,
}))
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
  if (mode === 'write' && (only || groups.every(({ missing }) => missing === null))) writeTable()
})

describe('the model says what the real client says', () => {
  for (const { name, missing, clients } of groups) {
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

/** The answers of those who were asked; where only some were, beside those that the table has of others. */
function writeTable(): void {
  const before: Table | null = only ? readTable() : null
  const kept = (before?.clients ?? []).map((about, column) => ({ about, column }))
  const old = kept.filter(({ about }) => !told.some(each => each.about.name === about.name))
  const words = ['accepted']
  const number = ({ accepted, words: said }: Answer) => {
    if (accepted) return 0
    if (!words.includes(said)) words.push(said)
    return words.indexOf(said)
  }
  const columns = [
    ...old.map(({ about, column }) => ({
      about,
      answers: served.map(({ name }) => answerOf(before!, name, column)),
    })),
    ...told,
  ]
  const rows = served.map(({ name }, index) => {
    const row = columns.map(({ answers }) => answers[index])
    return [name, row.map(answer => (answer ? number(answer) : null))]
  })
  const table: Table = {
    recipe,
    measured: formatDay(Date.now()),
    clients: columns.map(({ about }) => about),
    words,
    answers: Object.fromEntries(rows),
  }
  writeFileSync(tablePath, `${JSON.stringify(table, null, 2)}\n`)
  writeFileSync(factsPath, `${JSON.stringify(measuredRows(table), null, 2)}\n`)
  const formatted = spawnSync('npx', ['biome', 'format', '--write', tablePath, factsPath])
  if (formatted.status !== 0) throw new Error(String(formatted.stderr))
}
