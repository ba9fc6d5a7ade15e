/** What was measured, for people. */
import type { MeasuredClaim, MeasuredRow } from './measure.ts'
import type { Row } from './row.ts'
import type { Summary } from './statistics.ts'

/** One run of the bench, as `--json` keeps it. */
export interface Result {
  readonly day: string
  readonly machine: string
  /** Processes that wanted to run, on average over the minute before: above the number of cores, the machine was busy. */
  readonly load: number
  readonly versions: Readonly<Record<string, string>>
  readonly rows: readonly MeasuredRow[]
}

const header = ['what', 'number', 'median (min–max)', 'must', 'goal', 'met', 'rounds']

/** The table in Markdown. */
export function markdown({ day, machine, load, versions, rows }: Result): string {
  const named = Object.entries(versions).map(([name, version]) => `${name} ${version}`)
  return `Measured on ${day}: ${machine}, load ${load} before; ${named.join(', ')}.

${grid(header, rows.flatMap(claimRows))}
`
}

/** What each command took, in Markdown. */
export function commands({ rows }: Result): string {
  return `What each command took, in seconds and MB:

${grid(['row', 'command', 'wall', 'processor', 'peak memory', 'runs'], rows.flatMap(subjectRows))}
`
}

/** One row of the table as it is done, in plain lines. */
export function plain(row: MeasuredRow): string {
  const head = `\n${row.title}${row.input === '' ? '' : ` (${row.input})`}`
  if (row.skipped !== null) return `${head}\n  skipped: ${row.skipped}`
  const subjects = row.subjects.map(
    ({ name, wall, cpu, peak, runs }) =>
      `  ${name}: ${spread(wall, 's')} wall, ${spread(cpu, 's')} processor, ${mega(peak)} MB, ${runs} runs`,
  )
  const claims = row.claims.map(claim => {
    const limits = [claim.must !== null && `must ${claim.must}`, claim.goal !== null && `goal ${claim.goal}`]
    const asked = limits.filter(Boolean).join(', ')
    return `  ${metWord(claim).padEnd(8)} ${claim.what}: ${numberOf(claim)}${asked === '' ? '' : ` (${asked})`}`
  })
  return [head, ...subjects, ...claims].join('\n')
}

/** What there is to be measured, with its numbers. */
export function list(rows: readonly Row[]): string {
  return rows
    .flatMap(({ id, title, claims }) => [
      `${id}: ${title}`,
      ...claims.map(
        ({ what, unit, must, goal }) =>
          `  ${what} [${unit}]${must === null ? '' : ` must ${must}`}${goal === null ? '' : ` goal ${goal}`}`,
      ),
    ])
    .join('\n')
}

function claimRows(row: MeasuredRow): string[][] {
  return row.claims.map((claim, index) => [
    index === 0 ? `${row.title}${row.input === '' ? '' : ` (${row.input})`}` : '',
    claim.what,
    numberOf(claim),
    claim.must === null ? '' : limit(claim, claim.must),
    claim.goal === null ? '' : limit(claim, claim.goal),
    metWord(claim),
    row.skipped === null && claim.value !== null ? String(claim.value.count) : '',
  ])
}

function subjectRows(row: MeasuredRow): string[][] {
  return row.subjects.map(({ name, wall, cpu, peak, runs }, index) => [
    index === 0 ? row.id : '',
    name,
    spread(wall, ''),
    spread(cpu, ''),
    mega(peak),
    String(runs),
  ])
}

function numberOf({ value, unit, why }: MeasuredClaim): string {
  return value === null ? `not told: ${(why ?? '').split('\n')[0]!.slice(0, 120)}` : spread(value, unit)
}

function limit({ unit }: MeasuredClaim, value: number): string {
  return `${value} ${unit}`
}

function metWord({ met, value, must, goal }: MeasuredClaim): string {
  if (value === null) return must === null && goal === null ? '' : 'not told'
  return met === 'no'
    ? '**no**'
    : met === 'goal'
      ? must === null || goal !== null
        ? 'goal'
        : 'yes'
      : met === 'must'
        ? 'yes'
        : ''
}

function spread({ median, min, max }: Summary, unit: string): string {
  return `${figure(median)}${unit === '' ? '' : ` ${unit}`} (${figure(min)}–${figure(max)})`
}

/** Three figures that count. */
function figure(value: number): string {
  if (value === 0) return '0'
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))))
  return value.toFixed(Math.min(digits, 3))
}

function mega({ median, max }: Summary): string {
  return `${(median / 1e6).toFixed(0)} (max ${(max / 1e6).toFixed(0)})`
}

function grid(head: readonly string[], lines: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[]) =>
    `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [row(head), row(head.map(() => '---')), ...lines.map(row)].join('\n')
}
