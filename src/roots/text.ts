/** What `roots` says to a person at a terminal. */
import picocolors from 'picocolors'
import { escapeTerminal } from '../report/formats/text.ts'
import type {
  ComparedStore,
  ListedRoot,
  RootDifference,
  RootLife,
  RootLifeEvent,
  RootList,
  RootListStore,
  RootLives,
  RootStay,
  RootStep,
  RootsReport,
} from './report.ts'

type Paint = ReturnType<typeof picocolors.createColors>

export function renderRoots(report: RootsReport, color: boolean): string {
  const paint = picocolors.createColors(color)
  switch (report.kind) {
    case 'list':
      return renderList(report, paint)
    case 'show':
      return renderLives(report, paint)
    case 'diff':
      return renderDifference(report, paint)
  }
}

function renderList(report: RootList, paint: Paint): string {
  const blocks = report.targets.flatMap(({ target, stores, error }) => {
    const name = target === null ? 'all roots that the built-in facts know' : escapeTerminal(target)
    const head = paint.bold(name)
    if (error !== null) return [`${head}\n  ${paint.red('failed')}  ${escapeTerminal(error)}`]
    if (stores.length === 0) return [`${head}\n  ${paint.dim('no trust store')}`]
    return stores.map(store => `${head}\n${renderListed(store, paint)}`)
  })
  return `${[...blocks, footer(report, paint)].join('\n\n')}\n`
}

function renderListed(store: RootListStore, paint: Paint): string {
  const { path, release, match, roots, unknown } = store
  const about = [
    path === null ? null : paint.cyan(escapeTerminal(path)),
    unknown === null ? count(roots.length, 'root') : `${paint.dim('unknown')} ${escapeTerminal(unknown)}`,
    release === null ? null : `${match === 'exact' ? '' : 'nearest to '}${escapeTerminal(release)}`,
  ].filter(part => part !== null)
  return [`  ${about.join('  ')}`, ...roots.map(root => `  ${rootLine(root, paint)}`)].join('\n')
}

/** `2021-09-30  0687260331a72403  DST Root CA X3  expired, removed` */
function rootLine({ sha256, name, notAfter, status, known }: ListedRoot, paint: Paint): string {
  const words = [...status, ...(known ? [] : ['unknown'])]
  const said = words.length === 0 ? '' : `  ${paint.yellow(words.join(', '))}`
  return `${notAfter.slice(0, 10)}  ${paint.dim(sha256.slice(0, 16))}  ${escapeTerminal(name)}${said}`
}

/** A text that fits more roots than this is answered with a list to choose from. */
const MANY = 5

function renderLives(report: RootLives, paint: Paint): string {
  const { roots, query } = report
  const blocks =
    roots.length > MANY
      ? [
          `${roots.length} roots fit '${escapeTerminal(query)}'; name one, or its fingerprint:\n`,
          ...roots.map(root => `  ${rootLine(root, paint)}`),
        ].join('\n')
      : roots.map(root => renderLife(root, report.at, paint)).join('\n\n')
  return `${blocks}\n\n${footer(report, paint)}\n`
}

function renderLife(root: RootLife, at: string, paint: Paint): string {
  const lines = [
    paint.bold(escapeTerminal(root.name)),
    fact('subject', escapeTerminal(root.subject), paint),
    fact('sha256', root.sha256, paint),
    fact('key', root.key, paint),
    fact('valid', `${root.notBefore.slice(0, 10)} to ${root.notAfter.slice(0, 10)}`, paint),
    fact('file', `${escapeTerminal(root.file)} (in packages of Debian, Ubuntu and Alpine)`, paint),
    fact('status', statusText(root, at), paint),
    ...root.crossSigned.map(({ name }) => fact('signed', `${name}, so that older stores believe it`, paint)),
    ...root.crossSignedBy.map(({ name }) => fact('signed by', name, paint)),
    ...root.neededBy.map(({ services, from }) => fact('needed by', `${services}, since ${from}`, paint)),
    ...root.incidents.map(({ name, from, reason, source }) =>
      fact('incident', `${from} ${name}: ${reason}, ${source}`, paint),
    ),
  ]
  if (root.events.length > 0) {
    lines.push('', `  ${paint.underline("In Mozilla's program")}`)
    for (const event of withEnd(root)) lines.push(`    ${event}`)
  }
  if (root.stores.length > 0) {
    lines.push('', `  ${paint.underline('In stores, by their releases')}`)
    const width = Math.max(...root.stores.map(({ store }) => store.length))
    for (const stay of root.stores.toSorted(byStore))
      lines.push(`    ${stay.store.padEnd(width)}  ${stayText(stay)}`)
  }
  return lines.join('\n')
}

/** The events of the program and the root's own end, by day. */
function withEnd({ events, notAfter }: RootLife): string[] {
  const end = { date: notAfter.slice(0, 10), text: `${notAfter.slice(0, 10)}  expires` }
  const told = [...events.map(event => ({ date: event.date, text: eventText(event) })), end]
  return told.sort((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0)).map(({ text }) => text)
}

const CHANGES: Readonly<Record<RootLifeEvent['change'], string>> = {
  added: 'added',
  trusted: 'trusted for servers',
  'no-server-trust': 'no longer trusted for servers',
  distrusted: 'distrusted',
  'distrust-after': 'distrusted for certificates issued after',
  removed: 'removed',
}

function eventText({ date, change, after, trusted, version, bug, url }: RootLifeEvent): string {
  const what = [
    CHANGES[change],
    ...(after === undefined ? [] : [after]),
    ...(trusted === false ? ['(not trusted for servers)'] : []),
    ...(version === null ? [] : [`in ${version}`]),
  ]
  return `${date}  ${what.join(' ')}${bug === undefined ? '' : `, bug ${bug}: ${url}`}`
}

const collator = new Intl.Collator('en', { numeric: true })

/** `alpine 3.9` before `alpine 3.10`; programs that no distribution makes come first, as they stand. */
function byStore(a: RootStay, b: RootStay): number {
  const lines = [a, b].map(({ store }) => (store.includes(' ') ? 1 : 0)) as [number, number]
  return lines[0] - lines[1] || (lines[0] === 0 ? 0 : collator.compare(a.store, b.store))
}

function stayText({ brought, first, dropped }: RootStay): string {
  const from = first
    ? `in its first known release ${versionOf(brought)}`
    : `brought by ${versionOf(brought)}${days(brought)}`
  return `${from}, ${dropped === null ? 'still there' : `dropped by ${versionOf(dropped)}${days(dropped)}`}`
}

function versionOf({ release }: RootStep): string {
  return escapeTerminal(release.slice(release.indexOf(' ') + 1))
}

function days({ from, by }: RootStep): string {
  if (from === by) return from === null ? '' : ` (${from})`
  if (from === null) return ` (by ${by})`
  return by === null ? ` (after ${from})` : ` (between ${from} and ${by})`
}

function statusText({ status, mozilla }: ListedRoot, at: string): string {
  const words = status.length === 0 ? [] : [status.join(', ')]
  return `${[...words, mozilla ? 'trusted by Mozilla for servers' : 'not trusted by Mozilla for servers'].join('; ')} on ${day(at)}`
}

function renderDifference(report: RootDifference, paint: Paint): string {
  const { a, b, pairs } = report
  const blocks = pairs.map(pair => {
    const head = [
      paint.red(`--- ${sideText(a.target, pair.a)}`),
      paint.green(`+++ ${sideText(b.target, pair.b)}`),
    ]
    const lines = [
      ...pair.onlyA.map(root => paint.red(`- ${rootLine(root, picocolors.createColors(false))}`)),
      ...pair.onlyB.map(root => paint.green(`+ ${rootLine(root, picocolors.createColors(false))}`)),
    ]
    const counts = `${count(pair.both, 'root')} in both, ${pair.onlyA.length} only in the first, ${pair.onlyB.length} only in the second`
    return [...head, ...lines, paint.dim(counts)].join('\n')
  })
  const alone = [a, b].flatMap(({ target, unpaired }) =>
    unpaired.map(path => `only in ${escapeTerminal(target)}: ${escapeTerminal(path)}`),
  )
  if (blocks.length + alone.length === 0) alone.push('neither has a trust store')
  return `${[...blocks, ...(alone.length > 0 ? [alone.join('\n')] : []), footer(report, paint)].join('\n\n')}\n`
}

function sideText(target: string, { path, release, match }: ComparedStore): string {
  const about =
    release === null ? '' : `  (${match === 'exact' ? '' : 'nearest to '}${escapeTerminal(release)})`
  return `${escapeTerminal(target)}${path === null ? '' : `  ${escapeTerminal(path)}`}${path === null ? '' : about}`
}

function footer({ at, tool }: RootsReport, paint: Paint): string {
  return paint.dim(`as of ${day(at)} · knowledge of ${tool.knowledge}`)
}

/** A DATE is shown as the user gave it. */
function day(at: string): string {
  return at.endsWith('T00:00:00Z') ? at.slice(0, 10) : at
}

function fact(label: string, value: string, paint: Paint): string {
  return `  ${paint.dim(label.padEnd(9))} ${value}`
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
