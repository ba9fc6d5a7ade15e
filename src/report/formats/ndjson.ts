import { plainJson } from '../plain-json.ts'
import type { Report, ReportTarget } from '../report.ts'
import type { Format } from './index.ts'

/**
 * One JSON value a line, for streams and log collectors: a `report` line, for each target a `target` line (what the
 * JSON report says of it but findings and unknowns), a `finding`, a `verdict` (of servers) and an `unknown` line for each of those, of several
 * images a `fleet` line, of a part of a list a `shard` line, and a `summary` line at the end.
 */
export const ndjson: Format = {
  render: report => [...parts(report)].join(''),
  parts,
}

/** The one escape function of this format. */
export function escapeNdjson(value: unknown): string {
  return plainJson(value, 0)
}

function* parts(report: Report): Generator<string> {
  const text = (lines: readonly object[]) => `${lines.map(escapeNdjson).join('\n')}\n`
  yield text([headLine(report)])
  for (const target of report.targets) yield text(targetLines(target))
  yield text(endLines(report))
}

/** What begins it, before any target is known. */
export function headLine({ version, at, tool }: Pick<Report, 'version' | 'at' | 'tool'>): object {
  return { type: 'report', version, at, tool }
}

/** What ends it, when all targets are known: the summary last. */
export function endLines({ fleet, shard, summary }: Pick<Report, 'fleet' | 'shard' | 'summary'>): object[] {
  return [
    ...(fleet ? [{ type: 'fleet', ...fleet }] : []),
    ...(shard ? [{ type: 'shard', ...shard }] : []),
    { type: 'summary', ...summary },
  ]
}

/** What says of one target all that there is. */
export function targetLines({ findings, unknowns, verdicts, ...target }: ReportTarget): object[] {
  const of = { target: target.target }
  return [
    { type: 'target', ...target },
    ...findings.map(finding => ({ type: 'finding', ...of, ...finding })),
    ...(verdicts ?? []).map(verdict => ({ type: 'verdict', ...of, ...verdict })),
    ...unknowns.map(entry => ({ type: 'unknown', ...of, ...entry })),
  ]
}
