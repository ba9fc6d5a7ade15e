/** Runs a row: its commands in turns, so that what else the machine does falls on all of them alike. */
import type { Bench, Claim, Facts, Round, Row, Sample, Subject } from './row.ts'
import type { Runner } from './runner.ts'
import { type Summary, summarise } from './statistics.ts'

export interface MeasuredSubject {
  readonly name: string
  readonly runs: number
  readonly wall: Summary
  readonly cpu: Summary
  readonly peak: Summary
}

export interface MeasuredClaim {
  readonly id: string
  readonly what: string
  readonly unit: Claim['unit']
  readonly must: number | null
  readonly goal: number | null
  /** Of the numbers of all rounds; null where it is not told. */
  readonly value: Summary | null
  /** Null where there is nothing to meet or no number. */
  readonly met: 'goal' | 'must' | 'no' | null
  /** Why there is no number. */
  readonly why: string | null
}

export interface MeasuredRow {
  readonly id: string
  readonly title: string
  readonly input: string
  readonly rounds: number
  readonly subjects: readonly MeasuredSubject[]
  readonly claims: readonly MeasuredClaim[]
  /** Why it was not measured, or not to its end. */
  readonly skipped: string | null
}

/** @param rounds how many; default: the row's own */
export async function measureRow(
  row: Row,
  bench: Bench,
  runner: Runner,
  rounds: number,
): Promise<MeasuredRow> {
  const empty = { id: row.id, title: row.title, input: '', rounds: 0, subjects: [] }
  const untold = (why: string) => row.claims.map(claim => told(claim, [], {}, why))
  let prepared: Awaited<ReturnType<Row['prepare']>>
  try {
    prepared = await row.prepare(bench)
  } catch (error) {
    const why = `could not be prepared: ${(error as Error).message}`
    return { ...empty, claims: untold(why), skipped: why }
  }
  if ('skipped' in prepared) return { ...empty, claims: untold(prepared.skipped), skipped: prepared.skipped }
  const { subjects, missing = {}, facts = {}, input, close } = prepared
  const failed: Record<string, string> = { ...missing }
  try {
    const done = await inTurns(row, subjects, runner, rounds, failed, bench.say)
    return {
      ...empty,
      input,
      rounds,
      subjects: subjects
        .filter(({ name }) => failed[name] === undefined)
        .map(subject => summariseSubject(subject, done)),
      claims: row.claims.map(claim => {
        const absent = claim.of.find(name => failed[name] !== undefined)
        return told(claim, done, facts, absent === undefined ? null : `${absent}: ${failed[absent]}`)
      }),
      skipped: null,
    }
  } finally {
    await close?.()
  }
}

/** Runs A B A B …; who fails is named in `failed` and left out from then on. */
async function inTurns(
  row: Row,
  subjects: readonly Subject[],
  runner: Runner,
  rounds: number,
  failed: Record<string, string>,
  say: Bench['say'],
): Promise<Round[]> {
  const done: Round[] = []
  const warmUp = row.warmUp ?? 1
  for (let index = -warmUp; index < rounds; index++) {
    const round: Record<string, Sample> = {}
    for (const subject of subjects) {
      const { name, every = 1 } = subject
      if (failed[name] !== undefined) continue
      if (every > 1 && (index < 0 || index % every !== 0)) continue
      try {
        round[name] = await runner.run(subject)
      } catch (error) {
        failed[name] = (error as Error).message
        say(`${row.id}: ${failed[name]}`)
      }
    }
    if (index >= 0) {
      done.push(round)
      const walls = Object.entries(round).map(([name, { wall }]) => `${name} ${wall.toFixed(3)} s`)
      say(`${row.id} ${index + 1}/${rounds}: ${walls.join(' · ')}`)
    }
  }
  return done
}

function summariseSubject({ name }: Subject, done: readonly Round[]): MeasuredSubject {
  const samples = done.flatMap(round => round[name] ?? [])
  const of = (key: 'wall' | 'cpu' | 'peak') => summarise(samples.map(sample => sample[key]))
  return { name, runs: samples.length, wall: of('wall'), cpu: of('cpu'), peak: of('peak') }
}

function told(claim: Claim, done: readonly Round[], facts: Facts, absent: string | null): MeasuredClaim {
  const { id, what, unit, must, goal } = claim
  const whole = done.filter(round => claim.of.every(name => round[name]))
  const values = absent === null ? whole.map(round => claim.value(round, facts)) : []
  const value = values.length === 0 ? null : summarise(values)
  const met = value === null ? null : verdict(claim, value.median)
  return { id, what, unit, must, goal, value, met, why: value === null ? absent : null }
}

/** What a number meets; null where nothing is asked of it, or where there is but a goal and it is not reached. */
export function verdict(
  { better, must, goal }: Pick<Claim, 'better' | 'must' | 'goal'>,
  value: number,
): MeasuredClaim['met'] {
  const meets = (limit: number) => (better === 'less' ? value <= limit : value >= limit)
  if (goal !== null && meets(goal)) return 'goal'
  return must === null ? null : meets(must) ? 'must' : 'no'
}
