import { createHash } from 'node:crypto'
import { JobError } from '../errors.ts'
import type { NamedReport } from '../index.ts'
import { reportOf } from '../report/build.ts'
import { withFleet } from '../report/fleet.ts'
import type { Report, ReportTarget } from '../report/report.ts'

/**
 * Joins reports of one day, one imgtrust and one knowledge. Parts of a list are put into the list's order, so that the
 * whole is what one run had said; others follow each other. A target that several tell in the same words is told once.
 * @param partial a part of the list may be missing
 * @throws JobError `usage` where they don't belong together
 */
export function mergeReports(reports: readonly NamedReport[], partial = false): Report {
  const [first, ...others] = reports
  if (first === undefined) throw new JobError('usage', 'name the reports to merge')
  for (const other of others) mustBelong(first, other)
  const parts = reports.filter(({ report }) => report.shard !== undefined)
  if (parts.length > 0) mustBeWhole(reports, parts, partial)
  const placed = reports.flatMap(({ report, name }) => {
    const positions = report.shard?.positions
    if (positions !== undefined && positions.length !== report.targets.length)
      throw new JobError(
        'malformed',
        `${name} tells the places of ${positions.length} targets and has ${report.targets.length}; make it again`,
      )
    return report.targets.map((target, index) => ({ target, position: positions?.[index] ?? 0 }))
  })
  // Sorting is stable: what shares a place stays as its own report has it.
  if (parts.length > 0) placed.sort((a, b) => a.position - b.position)
  const targets = once(placed.map(({ target }) => target))
  return withFleet({ ...reportOf(targets, Date.parse(first.report.at)), tool: { ...first.report.tool } })
}

function mustBelong(first: NamedReport, other: NamedReport): void {
  const said = (what: string, a: string, b: string) =>
    new JobError(
      'usage',
      `${first.name} and ${other.name} don’t belong together: ${what} ${a} and ${b}; give all runs the same`,
    )
  const { at, tool } = first.report
  if (other.report.at !== at) throw said('they judge at', at, `${other.report.at} (--at)`)
  if (other.report.tool.version !== tool.version)
    throw said('they are of the imgtrust', tool.version, other.report.tool.version)
  if (other.report.tool.knowledge !== tool.knowledge)
    throw said('they know the facts of', tool.knowledge, other.report.tool.knowledge)
}

function mustBeWhole(reports: readonly NamedReport[], parts: readonly NamedReport[], partial: boolean): void {
  const whole = reports.find(({ report }) => report.shard === undefined)
  const [first] = parts as [NamedReport]
  if (whole !== undefined)
    throw new JobError(
      'usage',
      `${first.name} is a part of a list and ${whole.name} is none: merge them apart`,
    )
  const of = first.report.shard!.of
  const byNumber = new Map<number, string>()
  for (const { name, report } of parts) {
    const { number, of: others } = report.shard!
    if (others !== of)
      throw new JobError(
        'usage',
        `${first.name} is one of ${of} parts and ${name} one of ${others}: these are two lists`,
      )
    if (number > of) throw new JobError('malformed', `${name} is part ${number} of ${of}; make it again`)
    const twin = byNumber.get(number)
    if (twin !== undefined)
      throw new JobError('usage', `${twin} and ${name} are both part ${number} of ${of}; name one of them`)
    byNumber.set(number, name)
  }
  if (partial || byNumber.size === of) return
  const missing: number[] = []
  for (let number = 1; number <= of && missing.length < 5; number++)
    if (!byNumber.has(number)) missing.push(number)
  const more = of - byNumber.size - missing.length
  const named = `${missing.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
  throw new JobError(
    'usage',
    `part ${named} of ${of} ${of - byNumber.size === 1 ? 'is' : 'are'} missing; name ${of - byNumber.size === 1 ? 'its report' : 'their reports'} too, or say --partial`,
  )
}

function once(targets: readonly ReportTarget[]): ReportTarget[] {
  const seen = new Set<string>()
  return targets.filter(target => {
    const text = createHash('sha256').update(textOf(target)).digest('base64')
    if (seen.has(text)) return false
    seen.add(text)
    return true
  })
}

/** Fields that we don't know may be nested without end. */
function textOf(target: ReportTarget): string {
  try {
    return JSON.stringify(target)
  } catch {
    throw new JobError(
      'malformed',
      `a report says of ${target.target.slice(0, 200)} more than can be held; make it again`,
    )
  }
}
