import { reaches } from '../../finding.ts'
import { codeOf, remediesOf } from '../place.ts'
import type { Report, ReportFinding, ReportTarget } from '../report.ts'
import { visible } from '../visible.ts'
import type { Format, FormatOptions } from './index.ts'

/** A summary for a job or a comment: GitHub Flavored Markdown, no HTML. */
export const markdown: Format = {
  render(report, options) {
    const parts = [`### ${verdict(report)}`, overview(report)]
    let size = 0
    let left = 0
    for (const target of report.targets) {
      const section = renderTarget(target, options)
      if (section === '') continue
      size += Buffer.byteLength(section)
      if (size > MOST_BYTES) left++
      else parts.push(section)
    }
    if (left > 0)
      parts.push(`${left} more ${left === 1 ? 'target is' : 'targets are'} left out: this page is full.`)
    parts.push(footer(report, options))
    return `${parts.join('\n\n')}\n`
  },
}

/** A job summary of GitHub's holds 1 MiB. */
const MOST_BYTES = 900_000

/**
 * The one escape function of this format: text within a line or a table's cell that Markdown shows as it is. What could
 * open emphasis, code, a link, HTML, a formula or a cell is escaped, bare addresses are no links, and `@` and `#` stand
 * as code, so that nobody is called and no issue is linked. (Nothing of it begins a line: marks of blocks are harmless.)
 */
export function escapeMarkdown(value: string): string {
  return visible(value)
    .replace(/[\\`*_[\]<>&~|$!]/g, '\\$&')
    .replaceAll('://', '\\://')
    .replace(/www\./gi, match => `${match.slice(0, 3)}\\.`)
    .replace(/[@#]/g, '`$&`')
}

/** The same for names: code in a line or a cell, its fence longer than any within. */
function code(value: string): string {
  const shown = visible(value).replaceAll('|', '\\|')
  if (shown.trim() === '') return escapeMarkdown('""')
  const fence = fenceFor(shown, 1)
  const space = /^[ `]|[ `]$/.test(shown) ? ' ' : ''
  return `${fence}${space}${shown}${space}${fence}`
}

function codeBlock(text: string, language: string): string {
  const shown = text.split('\n').map(visible).join('\n')
  const fence = fenceFor(shown, 3)
  return `${fence}${language}\n${shown}\n${fence}`
}

function fenceFor(text: string, least: number): string {
  const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map(run => run.length))
  return '`'.repeat(Math.max(least, longest + 1))
}

function verdict({ summary }: Report): string {
  const parts = [
    count(summary.error, 'error'),
    count(summary.warning, 'warning'),
    summary.info > 0 ? `${summary.info} info` : '',
    summary.failed > 0 ? `${summary.failed} failed` : '',
  ].filter(part => part !== '')
  return `imgtrust: ${parts.length > 0 ? parts.join(', ') : 'nothing to mend'}`
}

function overview({ targets }: Report): string {
  const rows = targets.slice(0, 500).map(target => {
    const { distribution, findings } = target
    const system = [distribution?.id, distribution?.version].filter(Boolean).join(' ')
    const of = (severity: string) => findings.filter(finding => finding.severity === severity).length
    const state = target.error === null ? '' : 'failed'
    return `| ${code(target.target)} | ${escapeMarkdown(system)} | ${of('error')} | ${of('warning')} | ${of('info')} | ${state} |`
  })
  return [
    '| target | system | error | warning | info | |',
    '| --- | --- | ---: | ---: | ---: | --- |',
    ...rows,
  ].join('\n')
}

function renderTarget(target: ReportTarget, options: FormatOptions): string {
  const shown = target.findings.filter(({ severity }) => reaches(severity, options.show))
  const failure = target.error === null ? [] : [`**failed**: ${escapeMarkdown(target.error)}`]
  const parts = [...shown.map(finding => renderFinding(finding, target, options)), ...failure]
  return parts.length === 0 ? '' : [`#### ${code(target.target)}`, ...parts].join('\n\n')
}

function renderFinding(finding: ReportFinding, target: ReportTarget, options: FormatOptions): string {
  const { rule, severity, message, location } = finding
  const place =
    location.line === undefined
      ? location.path === undefined
        ? ''
        : ` at ${code(location.path)}`
      : ` at line ${location.line}`
  const remedies = remediesOf(finding).flatMap((remedy, index) => {
    const text = codeOf(remedy, target, options.remedy)
    const doubt = remedy.proven ? '' : ' (not proven on the model)'
    return [
      `${index === 0 ? 'Mend' : 'Or'}: ${escapeMarkdown(remedy.summary)}${doubt}`,
      ...(text === null ? [] : [codeBlock(text, options.remedy === 'dockerfile' ? 'dockerfile' : '')]),
    ]
  })
  return [`**${severity}** ${code(rule)}${place}: ${escapeMarkdown(message)}`, ...remedies].join('\n\n')
}

function footer({ at, tool, targets }: Report, { show }: FormatOptions): string {
  const hidden = targets
    .flatMap(target => target.findings)
    .filter(({ severity }) => !reaches(severity, show)).length
  const about = `Judged at ${at} by imgtrust ${tool.version} with the knowledge of ${tool.knowledge}.`
  return hidden === 0 ? about : `${about} ${count(hidden, 'finding')} of severity info not shown.`
}

function count(number: number, noun: string): string {
  return number === 0 ? '' : `${number} ${noun}${number === 1 ? '' : 's'}`
}
