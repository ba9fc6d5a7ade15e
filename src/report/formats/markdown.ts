import { reaches } from '../../finding.ts'
import { baseName, fleetHeadline, MOST_LINES, standingOn, whatHappens } from '../fleet-words.ts'
import { codeOf, remediesOf } from '../place.ts'
import { clientWords, nameIn, verdictWords, withRefusals } from '../refusals.ts'
import type { Report, ReportFinding, ReportTarget } from '../report.ts'
import { visible } from '../visible.ts'
import type { Format, FormatOptions } from './index.ts'

/** A summary for a job or a comment: GitHub Flavored Markdown, no HTML. */
export const markdown: Format = {
  render(report, options) {
    const parts = [`### ${verdict(report)}`, ...fleetSection(report), overview(report)]
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

function verdict({ summary, targets }: Report): string {
  const verdicts = targets.flatMap(target => target.verdicts ?? [])
  if (targets.some(({ kind }) => kind === 'server')) {
    const refused = verdicts.filter(({ accepted }) => accepted === false).length
    const failed = summary.failed > 0 ? `, ${summary.failed} failed` : ''
    return `imgtrust: ${refused} of ${verdicts.length} verdicts ${refused === 1 ? 'is' : 'are'} a refusal${failed}`
  }
  const parts = [
    count(summary.error, 'error'),
    count(summary.warning, 'warning'),
    summary.info > 0 ? `${summary.info} info` : '',
    summary.failed > 0 ? `${summary.failed} failed` : '',
  ].filter(part => part !== '')
  return `imgtrust: ${parts.length > 0 ? parts.join(', ') : 'nothing to mend'}`
}

function overview(report: Report): string {
  const { targets } = withRefusals(report)
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

/** The days on which something breaks, and the bases to mend first: a table each. */
function fleetSection({ fleet, at }: Report): string[] {
  if (fleet === undefined) return []
  const days = fleet.days
    .slice(0, MOST_LINES)
    .map(
      day =>
        `| ${day.day} | ${escapeMarkdown(whatHappens(day, at))} | ${escapeMarkdown(standingOn(day, fleet))} |`,
    )
  const bases = fleet.bases
    .slice(0, MOST_LINES)
    .map(
      base =>
        `| ${code(baseName(base))} | ${base.affected} | ${base.mended} | ${escapeMarkdown(base.remedy ?? '')} |`,
    )
  return [
    `**${escapeMarkdown(fleetHeadline(fleet, at))}**`,
    ...table(['| day | what happens | images |', '| --- | --- | --- |'], days),
    ...table(['| base | images | mended with it | how |', '| --- | ---: | ---: | --- |'], bases),
  ]
}

function table(head: readonly string[], rows: readonly string[]): string[] {
  return rows.length === 0 ? [] : [[...head, ...rows].join('\n')]
}

function renderTarget(target: ReportTarget, options: FormatOptions): string {
  if (target.kind === 'server') return serverSection(target, options)
  const shown = target.findings.filter(({ severity }) => reaches(severity, options.show))
  const failure = target.error === null ? [] : [`**failed**: ${escapeMarkdown(target.error)}`]
  const parts = [...shown.map(finding => renderFinding(finding, target, options)), ...failure]
  return parts.length === 0 ? '' : [`#### ${code(target.target)}`, ...parts].join('\n\n')
}

/** A table a server: a row a verdict, the remedies under it. */
function serverSection(target: ReportTarget, options: FormatOptions): string {
  const rows = (target.verdicts ?? []).map(verdict => {
    const { client, store, brokenBy, afterRemedy } = verdict
    const by = brokenBy === null ? '' : escapeMarkdown(nameIn(target, brokenBy))
    const after = afterRemedy === null ? '' : afterRemedy.accepted ? 'accepted' : "refused or can't be told"
    return `| ${code(clientWords(client))} | ${store === null ? '' : code(store)} | ${escapeMarkdown(verdictWords(verdict))} | ${by} | ${after} |`
  })
  const table = [
    '| client | store | verdict | broken by | after the remedy |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n')
  const remedies = new Map(
    (target.verdicts ?? []).flatMap(({ afterRemedy }) =>
      afterRemedy?.accepted ? [[afterRemedy.remedy.summary, afterRemedy.remedy] as const] : [],
    ),
  )
  const mends = [...remedies.values()].flatMap(remedy => {
    const text = codeOf(remedy, target, options.remedy)
    return [
      `Mend: ${escapeMarkdown(remedy.summary)}`,
      ...(text === null ? [] : [codeBlock(text, options.remedy === 'dockerfile' ? 'dockerfile' : '')]),
    ]
  })
  const failure = target.error === null ? [] : [`**failed**: ${escapeMarkdown(target.error)}`]
  const unknowns = target.unknowns.map(
    ({ what, why }) => `- unknown: ${escapeMarkdown(what)}: ${escapeMarkdown(why)}`,
  )
  const parts = [
    ...(rows.length > 0 ? [table] : []),
    ...mends,
    ...(unknowns.length > 0 ? [unknowns.join('\n')] : []),
    ...failure,
  ]
  return [`#### ${code(target.target)}`, ...parts].join('\n\n')
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
