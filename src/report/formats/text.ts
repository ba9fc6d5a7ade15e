/** The report for a person at a terminal: grouped by file or image, the remedy ready to copy, a last line that counts. */
import picocolors from 'picocolors'
import { reaches, type Severity } from '../../finding.ts'
import {
  baseName,
  fleetHeadline,
  MOST_LINES,
  shortDigest,
  standingOn,
  whatHappens,
  whatMends,
} from '../fleet-words.ts'
import type {
  Report,
  ReportDifference,
  ReportFinding,
  ReportFleet,
  ReportRemedy,
  ReportStore,
  ReportTarget,
} from '../report.ts'
import type { Format, FormatOptions } from './index.ts'
import { renderServer, renderVerifySummary } from './text-server.ts'

type Colors = ReturnType<typeof picocolors.createColors>
type Steps = ReportRemedy['steps']

interface Pen extends FormatOptions {
  readonly paint: Colors
}

export const text: Format = {
  render(report, options) {
    const pen: Pen = { ...options, paint: picocolors.createColors(options.color) }
    if (report.targets.some(({ kind }) => kind === 'server')) {
      const servers = report.targets.map(target => renderServer(target, pen))
      return `${[...servers, renderVerifySummary(report, pen)].join('\n\n')}\n`
    }
    const blocks = report.targets.map(target => renderTarget(target, pen)).filter(block => block !== '')
    const fleet = report.fleet ? [renderFleet(report, report.fleet, pen)] : []
    return `${[...blocks, ...fleet, renderSummary(report, pen)].join('\n\n')}\n`
  },
}

/**
 * The one escape function of this format: whatever came from an image or a Dockerfile loses its power over a
 * terminal. Control characters (C0, DEL, C1), bidirectional controls, and other invisible format characters become
 * `\u{…}`; a line stays a line.
 */
export function escapeTerminal(value: string): string {
  return value.replace(
    /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu,
    char => `\\u{${char.codePointAt(0)?.toString(16)}}`,
  )
}

function renderTarget(target: ReportTarget, pen: Pen): string {
  const shown = target.findings.filter(finding => reaches(finding.severity, pen.show))
  const stores =
    target.kind === 'dockerfile' ? [] : target.stores.map(store => renderStore(store, target, pen))
  const facts = [...stores]
  if (target.kind !== 'dockerfile' && target.stores.length === 0 && target.error === null)
    facts.push(`  ${pen.paint.dim('no trust store found')}`)
  const findings = shown.map(finding => renderFinding(finding, target, pen))
  const unknowns = target.kind === 'dockerfile' ? [] : target.unknowns.map(entry => renderUnknown(entry, pen))
  const failure =
    target.error === null || !pen.failures
      ? []
      : [`  ${pen.paint.red('failed')}  ${escapeTerminal(target.error)}`]
  const parts = [...facts, ...findings, ...(unknowns.length ? [unknowns.join('\n')] : []), ...failure]
  if (parts.length === 0) return ''
  return [renderHeading(target, pen), ...parts].join('\n\n')
}

function renderHeading(target: ReportTarget, { paint }: Pen): string {
  const { distribution } = target
  const about = [
    target.kind === 'dockerfile' ? null : target.source,
    target.platform,
    distribution && [distribution.id, distribution.version].filter(Boolean).join(' '),
    distribution?.endOfLife && target.kind !== 'dockerfile' && `end of life ${distribution.endOfLife}`,
  ].filter((part): part is string => typeof part === 'string' && part !== '')
  const name = paint.bold(paint.underline(escapeTerminal(target.target)))
  return about.length && target.kind !== 'dockerfile'
    ? `${name}  ${paint.dim(about.map(escapeTerminal).join(' · '))}`
    : name
}

function renderStore(store: ReportStore, target: ReportTarget, pen: Pen): string {
  const { paint } = pen
  const release =
    store.release === null
      ? 'release unknown'
      : store.match === 'exact'
        ? store.release
        : `nearest to ${store.release}`
  const lines = [
    `  ${paint.cyan(escapeTerminal(store.path))}  ${count(store.roots.length, 'root')} · ${escapeTerminal(release)}`,
  ]
  if (store.differs) lines.push(...renderDifference(store.differs, pen))
  if (store.aliases.length) lines.push(fact('also at', store.aliases.map(escapeTerminal).join(', '), pen))
  if (store.sources.length) lines.push(fact('fed by', store.sources.map(escapeTerminal).join(', '), pen))
  if (store.consumers.length) lines.push(fact('read by', readers(store, target).join(', '), pen))
  if (store.layer !== null) {
    const by = store.createdBy === null ? '' : `: ${escapeTerminal(store.createdBy)}`
    lines.push(fact('layer', `${store.layer}${by}`, pen))
  }
  const expired = store.roots.filter(root => root.status.includes('expired'))
  if (expired.length) {
    const names = expired
      .toSorted((a, b) => (a.notAfter < b.notAfter ? 1 : a.notAfter > b.notAfter ? -1 : 0))
      .map(root => `${escapeTerminal(root.name)} (${root.notAfter.slice(0, 10)})`)
    lines.push(fact('expired', `${expired.length}: ${listed(names, 4)}`, pen))
  }
  return lines.join('\n')
}

function renderDifference({ missing, extra }: ReportDifference, pen: Pen): string[] {
  const line = (label: string, roots: ReportDifference['missing']) =>
    roots.length === 0
      ? []
      : [
          fact(
            label,
            `${roots.length}: ${listed(
              roots.map(({ name }) => escapeTerminal(name)),
              4,
            )}`,
            pen,
          ),
        ]
  return [...line('lacks', missing), ...line('adds', extra)]
}

function readers(store: ReportStore, target: ReportTarget): string[] {
  return store.consumers.map(consumer => {
    const client = target.clients.find(
      ({ program }) => program === consumer || program === `busybox ${consumer}`,
    )
    const library = client?.library && [client.library, client.libraryVersion].filter(Boolean).join(' ')
    return escapeTerminal(library ? `${consumer} (${library})` : consumer)
  })
}

function fact(label: string, value: string, pen: Pen): string {
  const [first = '', ...rest] = indented(value, ' '.repeat(13), pen)
  return [`    ${pen.paint.dim(label.padEnd(8))} ${first.trimStart()}`, ...rest].join('\n')
}

const PAINT: Record<Severity, (text: string, paint: Colors) => string> = {
  error: (value, paint) => paint.red(value),
  warning: (value, paint) => paint.yellow(value),
  info: (value, paint) => paint.blue(value),
}

function renderFinding(finding: ReportFinding, target: ReportTarget, pen: Pen): string {
  const { paint } = pen
  const place = placeOf(finding)
  const head = [
    place && paint.dim(place),
    PAINT[finding.severity](finding.severity, paint),
    paint.dim(finding.rule),
  ].filter(part => part !== '')
  return [
    `  ${head.join('  ')}`,
    ...indented(escapeTerminal(finding.message), '    ', pen),
    ...(finding.remedy ? renderRemedy(finding.remedy, target, pen) : []),
  ].join('\n')
}

function renderRemedy(remedy: ReportRemedy, target: ReportTarget, pen: Pen): string[] {
  return [remedy, ...remedy.alternatives].flatMap(({ summary, steps, proven }, index) => {
    const label = index === 0 ? 'mend' : 'or'
    const doubt = proven ? '' : ' (not proven on the model)'
    const [first = '', ...rest] = indented(escapeTerminal(summary) + doubt, '          ', pen)
    const code = codeOf(steps, target, pen)
    return [
      `    ${pen.paint.green(label.padEnd(4))}  ${first.trimStart()}`,
      ...rest,
      ...(code === null
        ? []
        : code.split('\n').map(line => `        ${pen.paint.bold(escapeTerminal(line))}`)),
    ]
  })
}

function indented(value: string, indent: string, { width }: Pen): string[] {
  return wrap(value, Math.max(40, width - indent.length)).map(line => indent + line)
}

/** The chosen dialect; where it has no form, the one that the target itself would use. */
function codeOf(steps: Steps, target: ReportTarget, { remedy }: Pen): string | null {
  const fallback = target.kind === 'host' || target.kind === 'rootfs' ? steps.shell : steps.dockerfile
  return steps[remedy] ?? fallback ?? steps.dockerfile ?? steps.shell ?? null
}

function placeOf({ location }: ReportFinding): string {
  if (location.line !== undefined) return `${location.line}:${location.column ?? 1}`
  return location.path === undefined ? '' : escapeTerminal(location.path)
}

function renderUnknown(entry: ReportTarget['unknowns'][number], { paint }: Pen): string {
  return `  ${paint.dim('unknown')}  ${escapeTerminal(entry.what)}: ${escapeTerminal(entry.why)}`
}

/** Where nothing breaks and no base is to be mended, the headline alone. */
function renderFleet(report: Report, fleet: ReportFleet, pen: Pen): string {
  const { paint } = pen
  const { at } = report
  const lines = [paint.bold(fleetHeadline(fleet, at))]
  const days = fleet.days
    .slice(0, MOST_LINES)
    .flatMap(day => [
      `  ${paint.yellow(day.day)}  ${escapeTerminal(whatHappens(day, at))}`,
      ...indented(escapeTerminal(standingOn(day, fleet)), '              ', pen),
    ])
  const bases = fleet.bases
    .slice(0, MOST_LINES)
    .flatMap(base => [
      `  ${paint.cyan(escapeTerminal(baseName(base)))}  ${paint.dim(shortDigest(base.base))}`,
      ...indented(escapeTerminal(whatMends(base)), '    ', pen),
      ...(base.remedy === null ? [] : indented(escapeTerminal(base.remedy), '          ', pen)),
    ])
  lines.push(...days, ...moreLines(fleet.days.length, 'day', pen))
  if (bases.length > 0) lines.push('', paint.bold('bases to mend first'), ...bases)
  return [...lines, ...moreLines(fleet.bases.length, 'base', pen)].join('\n')
}

function moreLines(all: number, noun: string, { paint }: Pen): string[] {
  return all > MOST_LINES
    ? [paint.dim(`  ${count(all - MOST_LINES, `more ${noun}`)}: see --format json`)]
    : []
}

function renderSummary(report: Report, { paint, show }: Pen): string {
  const { summary, targets, tool, at } = report
  const hidden = targets
    .flatMap(target => target.findings)
    .filter(finding => !reaches(finding.severity, show)).length
  const counts = [
    summary.error && paint.red(count(summary.error, 'error')),
    summary.warning && paint.yellow(count(summary.warning, 'warning')),
    summary.info - hidden && paint.blue(`${summary.info - hidden} info`),
    summary.failed && paint.red(`${summary.failed} failed`),
  ].filter(Boolean)
  const verdict = counts.length ? counts.join(', ') : paint.green('nothing to mend')
  const lines = [
    `${verdict} in ${count(targets.length, 'target')} ${paint.dim(`· judged at ${clock(at)} · knowledge of ${tool.knowledge}`)}`,
  ]
  if (hidden)
    lines.push(paint.dim(`${count(hidden, 'finding')} of severity info not shown: --fail-on info shows them`))
  return lines.join('\n')
}

/** A DATE is shown as the user gave it. */
function clock(at: string): string {
  return at.endsWith('T00:00:00Z') ? at.slice(0, 10) : at
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}

function listed(names: readonly string[], most: number): string {
  const rest = names.length - most
  return rest > 1 ? `${names.slice(0, most).join(', ')} and ${rest} more` : names.join(', ')
}

/** Breaks at spaces; a word longer than the width stays whole, so that it can be copied. */
function wrap(value: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of value.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else {
      line = line === '' ? word : `${line} ${word}`
    }
  }
  return [...lines, line]
}
