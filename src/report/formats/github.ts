import { codeOf, fileOf, plainPath, remediesOf } from '../place.ts'
import { withRefusals } from '../refusals.ts'
import type { ReportFinding, ReportTarget } from '../report.ts'
import { visible } from '../visible.ts'
import type { Format, FormatOptions } from './index.ts'

/**
 * Workflow commands of GitHub Actions: a line of a job's log that becomes an annotation of a file
 * (https://docs.github.com/actions/reference/workflow-commands-for-github-actions).
 */
export const github: Format = {
  render: (report, options) =>
    withRefusals(report)
      .targets.flatMap(target => [
        ...target.findings.map(finding => annotation(finding, target, options)),
        ...(target.error === null ? [] : [failure(target, target.error)]),
      ])
      .map(line => `${line}\n`)
      .join(''),
}

const COMMANDS = { error: 'error', warning: 'warning', info: 'notice' } as const

/**
 * The one escape function of this format. The runner ends a command's data at a line end and reads `%` as the start of
 * an escape; in a property `:` and `,` end the value too. Line ends of ours are the only ones that may stay, as `%0A`.
 */
export function escapeCommand(value: string, where: 'data' | 'property'): string {
  const lines = value.split('\n').map(visible).join('\n')
  const data = lines.replaceAll('%', '%25').replaceAll('\n', '%0A')
  return where === 'data' ? data : data.replaceAll(':', '%3A').replaceAll(',', '%2C')
}

function annotation(finding: ReportFinding, target: ReportTarget, options: FormatOptions): string {
  const { rule, severity, location } = finding
  const file = fileOf(finding)
  const oneLine = location.endLine === undefined || location.endLine === location.line
  const properties = {
    file,
    line: location.line,
    endLine: location.endLine,
    // The runner takes columns within one line alone.
    col: oneLine ? location.column : undefined,
    endColumn: oneLine ? location.endColumn : undefined,
    title: file === null ? `${rule}: ${visible(target.target)}` : rule,
  }
  const place = file === null && location.path !== undefined ? `${visible(location.path)}: ` : ''
  const mends = remediesOf(finding).map(remedy => {
    const code = codeOf(remedy, target, options.remedy)
    return `${visible(remedy.summary)}${code === null ? '' : `:\n${code}`}`
  })
  const message = [place + visible(finding.message), ...mends].join('\n\n')
  return command(COMMANDS[severity], properties, message)
}

function failure(target: ReportTarget, error: string): string {
  const file = target.kind === 'dockerfile' ? plainPath(target.target) : undefined
  return command('error', { file, title: 'imgtrust could not read it' }, visible(error))
}

function command(
  name: string,
  properties: Readonly<Record<string, string | number | null | undefined>>,
  message: string,
): string {
  const list = Object.entries(properties)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([key, value]) => `${key}=${escapeCommand(String(value).replaceAll('\n', ' '), 'property')}`)
  return `::${name} ${list.join(',')}::${escapeCommand(message, 'data')}`
}
