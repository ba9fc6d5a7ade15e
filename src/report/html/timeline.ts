/** When the roots end, when Mozilla took trust from them, and when the certificates end that a server sends. */
import type { Report, ReportRoot } from '../report.ts'
import { type Dot, type DotKind, drawTimeline } from './dots.ts'
import { type Html, html } from './markup.ts'
import { breakingIn, distinctRoots, lossesOf } from './moments.ts'
import { compare, count, day } from './words.ts'

/** So many roots that broke something are named in the picture. */
const NAMED = 3

/** Null where no store holds a root. */
export function renderTimeline(report: Report): Html | null {
  const { at } = report
  const roots = distinctRoots(report)
  if (roots.length === 0) return null
  const breaking = breakingIn(report)
  const ends = roots.map(
    (root): Dot => ({ date: root.notAfter, label: `${root.name} ends`, kind: kindOf(root, at, breaking) }),
  )
  const losses = roots
    .flatMap(({ sha256, name }) =>
      lossesOf(sha256).map(({ date, what }): Dot => {
        const kind = what.startsWith('distrusted') ? 'distrusted' : 'removed'
        return { date, label: `${name} ${what}`, kind: date <= day(at) ? kind : `${kind} coming` }
      }),
    )
    .sort((a, b) => compare(a.date, b.date) || compare(a.label, b.label))
  const ended = ends.filter(({ date }) => date <= at).length
  const summary = `${count(roots.length, 'root')}: ${ended} ended by ${day(at)}, the last ends ${day(ends.at(-1)?.date ?? '')}.${losses.length === 0 ? '' : ` ${count(losses.length, 'decision')} of Mozilla that took trust away.`}`
  return html`<p class="quiet">${summary}</p>
${drawTimeline({
  above: [...ends, ...sentEnds(report)],
  below: losses,
  at,
  atWords: 'judged',
  named: roots
    .filter(root => root.notAfter <= at && breaking.has(root.sha256))
    .slice(-NAMED)
    .map(({ name, notAfter }) => ({ name, date: notAfter })),
  summary,
})}`
}

function kindOf(root: ReportRoot, at: string, breaking: ReadonlySet<string>): DotKind {
  if (root.notAfter > at) return root.status.includes('expiring') ? 'expiring' : 'valid'
  return breaking.has(root.sha256) ? 'breaking' : 'ended'
}

/** What servers send and no store holds. */
function sentEnds(report: Report): Dot[] {
  const roots = new Set(distinctRoots(report).map(({ sha256 }) => sha256))
  const sent = new Map(
    report.targets
      .flatMap(target => target.sent ?? [])
      .filter(({ sha256 }) => !roots.has(sha256))
      .map(one => [one.sha256, one] as const),
  )
  return [...sent.values()].map(({ name, notAfter, issuerName, status }) => ({
    date: notAfter,
    label: `${name}${status.includes('cross-signed') ? ` signed by ${issuerName}` : ''}, sent by the server, ends`,
    kind: 'server',
  }))
}
