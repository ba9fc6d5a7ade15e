/** Every day on which something changes: what, for whom, and what it brings. */

import { reaches } from '../../finding.ts'
import { type Html, html } from '../../report/html/markup.ts'
import type { Forecast, ForecastEvent } from '../report.ts'
import { type Bring, renderTargets } from './html-brings.ts'
import { whenOf } from './when.ts'

/** @param brings the findings that have a card of their own */
export function renderDays(forecast: Forecast, brings: readonly Bring[]): Html {
  const days = [...new Set(forecast.events.map(({ day }) => day))]
  const index = new Map(forecast.targets.map(({ target }, place) => [target, place] as const))
  return html`<div class="days">${days.map(day =>
    renderDay(
      day,
      forecast.events.filter(event => event.day === day),
      brings.filter(bring => bring.day === day),
      forecast,
      index,
    ),
  )}</div>`
}

function renderDay(
  day: string,
  events: readonly ForecastEvent[],
  brings: readonly Bring[],
  forecast: Forecast,
  index: ReadonlyMap<string, number>,
): Html {
  const gravest = brings.some(({ finding }) => finding.severity === 'error')
    ? 'error'
    : brings.some(({ finding }) => reaches(finding.severity, 'warning'))
      ? 'warning'
      : 'info'
  const indexesOf = ({ targets }: ForecastEvent) => targets.map(({ target }) => index.get(target) ?? 0)
  const rules = new Set(
    events.flatMap(({ targets }) => targets.flatMap(({ findings }) => findings.map(({ rule }) => rule))),
  )
  const alike = new Map<string, ForecastEvent[]>()
  for (const event of events) {
    const key = indexesOf(event).join()
    alike.set(key, [...(alike.get(key) ?? []), event])
  }
  return html`<article class="card day" data-severity="${gravest}" data-rule="${[...rules].join(' ')}" data-targets="${[...new Set(events.flatMap(indexesOf))].join(' ')}">
<h3><time datetime="${day}">${day}</time> <span class="quiet">${whenOf(day, forecast)}</span></h3>
<div>${[...alike.values()].map(
    group =>
      html`<div class="alike"><ul>${group.map(
        ({ summary, asKnownOn }) =>
          html`<li>${summary}${asKnownOn === null ? null : html` <span class="quiet">as known on ${asKnownOn}</span>`}</li>`,
      )}</ul>${forecast.targets.length < 2 || !group[0] ? null : renderTargets(indexesOf(group[0]), forecast)}</div>`,
  )}${brings.map(
    ({ id, finding }) =>
      html`<p class="brings"><span class="badge ${finding.severity}">${finding.severity === 'error' ? 'Error' : 'Warning'}</span> <a href="#${id}">${finding.rule}</a></p>`,
  )}</div>
</article>
`
}
