import { plainJson } from '../plain-json.ts'
import type { Report, ReportTarget } from '../report.ts'
import type { Format } from './index.ts'

/**
 * One JSON value a line, for streams and log collectors: a `report` line, for each target a `target` line (what the
 * JSON report says of it but findings and unknowns), a `finding`, a `verdict` (of servers) and an `unknown` line for each of those, and a
 * `summary` line at the end.
 */
export const ndjson: Format = {
  render: report => `${lines(report).map(escapeNdjson).join('\n')}\n`,
}

/** The one escape function of this format. */
export function escapeNdjson(value: unknown): string {
  return plainJson(value, 0)
}

function lines({ version, at, tool, targets, summary }: Report): object[] {
  return [
    { type: 'report', version, at, tool },
    ...targets.flatMap(targetLines),
    { type: 'summary', ...summary },
  ]
}

function targetLines({ findings, unknowns, verdicts, ...target }: ReportTarget): object[] {
  const of = { target: target.target }
  return [
    { type: 'target', ...target },
    ...findings.map(finding => ({ type: 'finding', ...of, ...finding })),
    ...(verdicts ?? []).map(verdict => ({ type: 'verdict', ...of, ...verdict })),
    ...unknowns.map(entry => ({ type: 'unknown', ...of, ...entry })),
  ]
}
