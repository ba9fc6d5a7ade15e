/** The forecast as a page of the report's family: what breaks first and what mends it, then the days to come. */

import { renderDocument } from '../../report/html/document.ts'
import { type Dot, drawTimeline } from '../../report/html/dots.ts'
import { filterForm } from '../../report/html/filter.ts'
import { type Html, html } from '../../report/html/markup.ts'
import { clock, count, day, dayMarkup, SEVERITIES } from '../../report/html/words.ts'
import type { Forecast } from '../report.ts'
import { bringsOf, renderBrings } from './html-brings.ts'
import { renderDays } from './html-days.ts'
import type { ForecastFormat } from './index.ts'
import { whenOf } from './when.ts'

/** Then what is out of sight is laid out late, and remedies come in the chosen dialect alone. */
const LARGE = 50

/** So many days that break something are named in the timeline. */
const NAMED = 3

export const page: ForecastFormat = {
  render(forecast, { remedy }) {
    const { at, until, tool, targets, events, summary } = forecast
    const large = targets.length > LARGE
    const brings = bringsOf(forecast)
    const loud = brings.filter(({ finding }) => finding.severity !== 'info')
    const filter = events.length === 0 ? null : renderFilter(forecast)
    const what =
      summary.events === 0
        ? 'Nothing changes'
        : `${count(summary.events, 'change')} on ${count(summary.days, 'day')}`
    const [only] = targets
    return renderDocument({
      title: `imgtrust forecast: ${targets.length === 1 && only ? only.target.slice(0, 200) : count(targets.length, 'target')}`,
      headline: renderHeadline(forecast),
      about: `${what} for ${targets.length === 1 && only ? only.target.slice(0, 300) : count(targets.length, 'target')}, from ${clock(at)} until ${day(until)}, with the knowledge of ${tool.knowledge}`,
      at,
      tool,
      large,
      sections: [
        { id: 'failed', title: 'Could not be read', body: renderFailures(forecast) },
        {
          id: 'findings',
          title: 'What breaks, and what mends it',
          body:
            loud.length === 0
              ? null
              : html`${filter}${renderBrings(loud, forecast, { chosen: remedy, others: !large })}`,
        },
        { id: 'timeline', title: 'The time to come', body: renderTimeline(forecast) },
        {
          id: 'days',
          title: 'Day by day',
          body:
            events.length === 0
              ? html`<p class="quiet">Nothing changes until ${day(until)}${summary.failed > 0 ? ', of what could be read' : ''}.</p>`
              : html`${loud.length === 0 ? filter : null}${renderDays(forecast, loud)}<p id="none" class="quiet" hidden>No day matches the filter.</p>`,
        },
        { id: 'unknowns', title: 'Not known', body: renderUnknowns(forecast) },
      ],
    })
  },
}

/** The first day that breaks something, or that asks for something to be mended. */
function renderHeadline(forecast: Forecast): Html {
  const { events, targets, summary, until } = forecast
  for (const severity of ['error', 'warning'] as const) {
    const event = events.find(({ targets }) =>
      targets.some(({ findings }) => findings.some(one => one.severity === severity)),
    )
    if (!event) continue
    const hit = new Set(
      events
        .filter(({ day }) => day === event.day)
        .flatMap(({ targets }) => targets)
        .filter(({ findings }) => findings.some(one => one.severity === severity))
        .map(({ target }) => target),
    )
    const verb = severity === 'error' ? 'Breaks' : 'Mend'
    const who =
      targets.length < 2
        ? verb
        : severity === 'error'
          ? `${hit.size} of ${targets.length} targets ${hit.size === 1 ? 'breaks' : 'break'}`
          : `Mend ${hit.size} of ${targets.length} targets`
    return html`<span class="${severity}">${who} ${severity === 'error' ? 'on' : 'by'} ${dayMarkup(event.day)}</span>, ${whenOf(event.day, forecast)}`
  }
  if (summary.failed > 0) return html`<span class="error">${count(summary.failed, 'failed target')}</span>`
  return html`<span class="good">Nothing breaks</span> until ${dayMarkup(until)}`
}

function renderTimeline(forecast: Forecast): Html | null {
  const { events, at, until } = forecast
  if (events.length === 0) return null
  const below = events.flatMap(({ day, kind, summary }): Dot[] =>
    kind === 'root-distrusted' || kind === 'root-removed'
      ? [
          {
            date: day,
            label: `${summary},`,
            kind: kind === 'root-removed' ? 'removed coming' : 'distrusted coming',
          },
        ]
      : [],
  )
  const brings = bringsOf(forecast)
    .filter(({ finding }) => finding.severity !== 'info')
    .map((each): Dot & { rule: string } => ({
      date: each.day,
      rule: each.finding.rule,
      label: `${each.finding.rule} in ${count(each.targets.length, 'target')},`,
      kind: each.finding.severity === 'error' ? 'error' : 'warning',
    }))
  const changes = events
    .filter(({ kind }) => kind !== 'root-distrusted' && kind !== 'root-removed')
    .map(({ day, summary }): Dot => ({ date: day, label: `${summary},`, kind: 'change' }))
  const errors = brings.filter(({ kind }) => kind === 'error')
  const summary = `${count(events.length, 'change')} from ${day(at)} until ${day(until)}; ${count(errors.length, 'error')} that ${errors.length === 1 ? 'comes' : 'come'} with them.`
  return html`<p class="quiet">${summary}${below.length === 0 ? null : html` Under the line: Mozilla’s decisions.`}</p>
${drawTimeline({
  above: [...brings, ...changes],
  below,
  at,
  atWords: 'from here on',
  named: errors.slice(0, NAMED).map(({ rule, date }) => ({ name: rule, date })),
  summary,
  range: [day(at), day(until)],
})}`
}

const LABELS = { error: 'Brings an error', warning: 'A warning', info: 'Neither' } as const

function renderFilter(forecast: Forecast): Html {
  return filterForm({
    title: 'Filter findings and days',
    legend: 'Days',
    label: severity => LABELS[severity],
    shown: SEVERITIES,
    rules: bringsOf(forecast).map(({ finding }) => finding.rule),
    targets: forecast.targets.map(({ target }) => target),
  })
}

function renderFailures({ targets }: Forecast): Html | null {
  const failed = targets.filter(({ error }) => error !== null)
  if (failed.length === 0) return null
  return html`<ul class="failures">${failed.map(({ target, error }) => html`<li><b>${target}</b> ${error}</li>`)}</ul>`
}

function renderUnknowns({ targets }: Forecast): Html | null {
  const groups = new Map<string, { what: string; why: string; targets: string[] }>()
  for (const { target, unknowns } of targets) {
    for (const { what, why } of unknowns) {
      const key = JSON.stringify([what, why])
      const group = groups.get(key) ?? { what, why, targets: [] }
      group.targets.push(target)
      groups.set(key, group)
    }
  }
  if (groups.size === 0) return null
  return html`<ul class="unknowns">${[...groups.values()].map(
    ({ what, why, targets }) =>
      html`<li><b>${what}</b> ${why} <span class="quiet">${targets.length === 1 ? (targets[0] ?? '') : count(targets.length, 'target')}</span></li>`,
  )}</ul>`
}
