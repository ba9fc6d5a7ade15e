/** What a run over the corpus came to: sorted and compact, so that two of them can be compared line by line. */
import { severities } from '../../src/finding.ts'
import type { Day } from '../../src/model.ts'
import type { Base, LintedFile } from './lint.ts'

export interface Snapshot {
  readonly at: Day
  readonly knowledge: Day
  readonly repositories: number
  readonly files: number
  readonly withFindings: number
  readonly crashed: readonly string[]
  /** By message, the place and names taken out. */
  readonly refused: Readonly<Record<string, number>>
  /** By rule, severity and repository: `path:line`. */
  readonly findings: Readonly<
    Record<string, Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>>
  >
  /** By reason, names and numbers taken out, the most frequent first. */
  readonly unknowns: Readonly<Record<string, number>>
  /** Images named in FROM. */
  readonly bases: Readonly<Record<Base['kind'], number>>
  /** Official images of a known tag of which it is not known what they hold, the most frequent first. */
  readonly unknownBases: Readonly<Record<string, number>>
  /** Official repositories by tags that the facts never saw. */
  readonly unseenTags: Readonly<Record<string, number>>
  readonly run: {
    readonly seconds: number
    readonly peakMegabytes: number
    /** Milliseconds of the middle file, of the 99th of 100, and of the slowest ones. */
    readonly middle: number
    readonly ninetyNinth: number
    readonly slowest: Readonly<Record<string, number>>
  }
}

export interface Linted {
  /** `owner/name/path`. */
  readonly file: string
  readonly repository: string
  readonly result: LintedFile
}

const SHOWN = 60

export function snapshotOf(
  linted: readonly Linted[],
  {
    at,
    knowledge,
    seconds,
    peakMegabytes,
  }: { at: Day; knowledge: Day; seconds: number; peakMegabytes: number },
): Snapshot {
  const found = linted.flatMap(({ file, repository, result }) =>
    result.findings.map(({ rule, severity, line }) => ({
      rule,
      severity,
      repository,
      place: `${file.slice(repository.length + 1)}:${line}`,
    })),
  )
  const bases = linted.flatMap(({ result }) => result.bases)
  const times = linted.map(({ result }) => result.milliseconds).sort((a, b) => a - b)
  const slowest = [...linted].sort((a, b) => b.result.milliseconds - a.result.milliseconds).slice(0, 5)
  return {
    at,
    knowledge,
    repositories: new Set(linted.map(({ repository }) => repository)).size,
    files: linted.length,
    withFindings: linted.filter(({ result }) => result.findings.length > 0).length,
    crashed: linted.filter(({ result }) => result.crashed).map(({ file }) => file),
    refused: counted(
      linted.flatMap(({ result }) =>
        result.error === null || result.crashed ? [] : [general(result.error)],
      ),
    ),
    findings: grouped(found, 'rule', ofRule =>
      Object.fromEntries(
        severities.flatMap(severity => {
          const places = ofRule.filter(one => one.severity === severity)
          const byRepository = grouped(places, 'repository', list => list.map(({ place }) => place).sort())
          return places.length > 0 ? [[severity, byRepository]] : []
        }),
      ),
    ),
    unknowns: first(counted(linted.flatMap(({ result }) => result.unknowns.map(general)))),
    bases: Object.fromEntries(
      (['known', 'unknown', 'no tag', 'windows', 'digest', 'other', 'unresolved'] as const).map(kind => [
        kind,
        bases.filter(base => base.kind === kind).length,
      ]),
    ) as Snapshot['bases'],
    unknownBases: first(
      counted(bases.flatMap(({ kind, reference }) => (kind === 'unknown' ? [reference] : []))),
    ),
    unseenTags: first(
      counted(bases.flatMap(({ kind, reference }) => (kind === 'no tag' ? [reference] : []))),
    ),
    run: {
      seconds: Math.round(seconds),
      peakMegabytes: Math.round(peakMegabytes),
      middle: tenth(times[Math.floor(times.length / 2)] ?? 0),
      ninetyNinth: tenth(times[Math.floor(times.length * 0.99)] ?? 0),
      slowest: Object.fromEntries(slowest.map(({ file, result }) => [file, tenth(result.milliseconds)])),
    },
  }
}

/** A message without what differs from file to file: paths, references, numbers, quoted words. */
export function general(message: string): string {
  return message
    .replace(/^\S+?:(?:\d+:)? /, '')
    .replace(/"[^"]*"|`[^`]*`|'[^' ]*'/g, '…')
    .replace(/\S*[/:@$\d]\S*/g, '…')
    .replace(/…(?:[\s,]+…)+/g, '…')
}

function counted(words: readonly string[]): Record<string, number> {
  const counts = new Map<string, number>()
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
  return Object.fromEntries([...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)))
}

function first(counts: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).slice(0, SHOWN))
}

function grouped<T, K extends keyof T & string, R>(
  list: readonly T[],
  key: K,
  value: (members: readonly T[]) => R,
): Record<string, R> {
  const groups = new Map<string, T[]>()
  for (const one of list) {
    const name = String(one[key])
    const members = groups.get(name)
    if (members) members.push(one)
    else groups.set(name, [one])
  }
  const sorted = [...groups].sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(sorted.map(([name, members]) => [name, value(members)]))
}

/** How many findings of a rule have this severity. */
export function countOf(findings: Snapshot['findings'][string], severity: string): number {
  return Object.values(findings[severity] ?? {}).reduce((sum, places) => sum + places.length, 0)
}

function tenth(value: number): number {
  return Math.round(value * 10) / 10
}
