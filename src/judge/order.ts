import { type Finding, severities } from '../finding.ts'

function compare<T extends string | number>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/**
 * The order of a report: by file, line and column, or by the path in an image; at one place the gravest first, then by
 * rule. Stable, and the same on every machine.
 */
export function compareFindings(a: Finding, b: Finding): number {
  const x = a.location
  const y = b.location
  return (
    compare(x.file ?? '', y.file ?? '') ||
    compare(x.line ?? 0, y.line ?? 0) ||
    compare(x.column ?? 0, y.column ?? 0) ||
    (x.file === undefined ? compare(x.path ?? '', y.path ?? '') : 0) ||
    compare(severities.indexOf(a.severity), severities.indexOf(b.severity)) ||
    compare(a.rule, b.rule) ||
    compare(x.path ?? '', y.path ?? '') ||
    compare(a.message, b.message)
  )
}
