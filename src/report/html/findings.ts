/** The findings, the gravest first: equal ones of several targets are one card. */
import { rulePageUrl } from '../links.ts'
import type { Report, ReportFinding, ReportTarget } from '../report.ts'
import { filterForm } from './filter.ts'
import { type Html, html } from './markup.ts'
import { isBreaking, momentsOf } from './moments.ts'
import { type Dialects, renderRemedies } from './remedy.ts'
import { compare, count, day, dayMarkup, SEVERITIES, SEVERITY_NAMES, targetId } from './words.ts'

/** A finding, and every place where it stands. */
export interface Card {
  readonly finding: ReportFinding
  readonly places: readonly {
    readonly target: ReportTarget
    readonly index: number
    readonly place: string
  }[]
}

/** Equal findings (rule, severity, sentence, roots, remedy) as one, by severity, then by how many targets have it. */
export function cardsOf(report: Report): readonly Card[] {
  const cards = new Map<string, { finding: ReportFinding; places: Card['places'][number][] }>()
  report.targets.forEach((target, index) => {
    for (const finding of target.findings) {
      const { rule, severity, message, roots, remedy } = finding
      const steps =
        remedy && [remedy, ...remedy.alternatives].map(one => [one.summary, one.steps, one.proven])
      const key = JSON.stringify([rule, severity, message, roots.map(({ sha256 }) => sha256), steps])
      const card = cards.get(key) ?? { finding, places: [] }
      card.places.push({ target, index, place: placeOf(finding) })
      cards.set(key, card)
    }
  })
  const rank = ({ finding }: Card) => SEVERITIES.indexOf(finding.severity)
  return [...cards.values()].sort(
    (a, b) =>
      rank(a) - rank(b) || b.places.length - a.places.length || compare(a.finding.rule, b.finding.rule),
  )
}

function placeOf({ location }: ReportFinding): string {
  const { file, line, path, layer } = location
  if (line !== undefined) return `${file ?? 'line '}${file === undefined ? '' : ':'}${line}`
  return [path, layer === undefined ? undefined : `layer ${layer}`].filter(Boolean).join(', ')
}

/** @param shown the severities that are to be seen at first: the filter's start */
export function renderFindings(cards: readonly Card[], report: Report, dialects: Dialects): Html {
  return html`<div id="cards">${cards.map(card => renderCard(card, report, dialects))}</div>
<p id="none" class="quiet" hidden>No finding matches the filter.</p>`
}

function renderCard({ finding, places }: Card, report: Report, dialects: Dialects): Html {
  const { rule, severity, message } = finding
  const target = places[0]?.target
  if (!target) return html``
  return html`<article class="card ${severity}" data-severity="${severity}" data-rule="${rule}" data-targets="${[
    ...new Set(places.map(({ index }) => index)),
  ].join(' ')}">
<header><span class="badge ${severity}">${SEVERITY_NAMES[severity]}</span> <a class="rule" href="${rulePageUrl(encodeURIComponent(rule))}" rel="noreferrer">${rule}</a>${renderPlaces(places)}</header>
<h3>${message}</h3>
${renderMoments(finding, target, report.at)}${renderRemedies(finding, target, dialects)}${renderRoots(finding, report.at)}
</article>
`
}

function renderPlaces(places: Card['places']): Html {
  const link = ({ target, index, place }: Card['places'][number]) =>
    html`<a href="#${targetId(index)}">${target.target}</a>${place && !place.startsWith(target.target) ? html` <span class="place">${place}</span>` : place ? html`<span class="place">${place.slice(target.target.length)}</span>` : null}`
  const [first] = places
  if (places.length === 1 && first) return html`<span class="where">${link(first)}</span>`
  return html`<details class="where"><summary>${count(new Set(places.map(({ index }) => index)).size, 'target')}</summary><ul>${places.map(
    one => html`<li>${link(one)}</li>`,
  )}</ul></details>`
}

function renderMoments(finding: ReportFinding, target: ReportTarget, at: string): Html | null {
  const { distribution } = target
  const moments =
    finding.rule === 'end-of-life-base-image' && distribution?.endOfLife
      ? [
          {
            date: distribution.endOfLife,
            what: `last updates of ${distribution.id} ${distribution.version ?? ''}`,
          },
        ]
      : momentsOf(finding, at)
  if (moments.length === 0) return null
  const most = 4
  return html`<p class="when">${moments
    .slice(0, most)
    .map(
      ({ date, what }) => html`<span><b>${dayMarkup(date)}</b> ${what}</span>`,
    )}${moments.length > most ? html`<span>and ${moments.length - most} more</span>` : null}</p>`
}

function renderRoots({ roots }: ReportFinding, at: string): Html | null {
  if (roots.length === 0) return null
  const marked = roots.map(root => ({ ...root, breaking: root.notAfter <= at && isBreaking(root.sha256) }))
  const sorted = marked.toSorted(
    (a, b) =>
      Number(b.breaking) - Number(a.breaking) ||
      compare(a.notAfter, b.notAfter) ||
      compare(a.sha256, b.sha256),
  )
  return html`<details class="roots"><summary>${count(roots.length, 'root')}</summary><ul>${sorted.map(
    ({ name, notAfter, breaking }) =>
      html`<li><b>${name}</b> ${notAfter <= at ? 'ended' : 'ends'} ${day(notAfter)}${breaking ? html` <em class="tag bad">breaks chains</em>` : null}</li>`,
  )}</ul></details>`
}

/** The filter above the cards. */
export function renderFilter(cards: readonly Card[], report: Report, shown: readonly string[]): Html {
  const number = (severity: string) => cards.filter(({ finding }) => finding.severity === severity).length
  return filterForm({
    title: 'Filter findings',
    legend: 'Severity',
    label: severity => html`${SEVERITY_NAMES[severity]} <span class="number">${number(severity)}</span>`,
    shown,
    rules: cards.map(({ finding }) => finding.rule),
    targets: report.targets.map(({ target }) => target),
  })
}
