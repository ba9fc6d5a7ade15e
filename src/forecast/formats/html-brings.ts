/** What days to come bring: findings, each once for all its targets, with what mends it. */
import type { Html } from '../../report/html/markup.ts'
import { html } from '../../report/html/markup.ts'
import { type Dialects, renderRemedy } from '../../report/html/remedy.ts'
import { count, SEVERITIES, SEVERITY_NAMES } from '../../report/html/words.ts'
import { rulePageUrl } from '../../report/links.ts'
import type { Forecast, ForecastEvent, ForecastFinding } from '../report.ts'
import { whenOf } from './when.ts'

/** A finding of a day, and whom it touches. */
export interface Bring {
  /** The anchor of its card. */
  readonly id: string
  readonly day: string
  readonly finding: ForecastFinding
  /** Indexes of targets. */
  readonly targets: readonly number[]
  /** What changes on that day for one of them. */
  readonly causes: readonly ForecastEvent[]
}

/** By day, the gravest of a day first; equal ones of several targets as one. */
export function bringsOf({ events, targets }: Forecast): readonly Bring[] {
  const index = new Map(targets.map(({ target }, place) => [target, place] as const))
  const brings = new Map<
    string,
    { day: string; finding: ForecastFinding; targets: Set<number>; causes: Set<ForecastEvent> }
  >()
  for (const event of events) {
    for (const { target, findings } of event.targets) {
      for (const finding of findings) {
        const { rule, severity, message, remedy } = finding
        const key = JSON.stringify([event.day, rule, severity, message, remedy?.summary, remedy?.steps])
        const bring = brings.get(key) ?? { day: event.day, finding, targets: new Set(), causes: new Set() }
        bring.targets.add(index.get(target) ?? 0)
        bring.causes.add(event)
        brings.set(key, bring)
      }
    }
  }
  const rank = ({ finding }: { finding: ForecastFinding }) => SEVERITIES.indexOf(finding.severity)
  return [...brings.values()]
    .sort((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : rank(a) - rank(b)))
    .map(({ day, finding, targets, causes }, place) => ({
      id: `finding-${place}`,
      day,
      finding,
      targets: [...targets],
      causes: [...causes],
    }))
}

/** So many changes are named as what a finding comes with. */
const CAUSES = 3

export function renderBrings(brings: readonly Bring[], forecast: Forecast, dialects: Dialects): Html {
  return html`<div id="cards">${brings.map(bring => renderBring(bring, forecast, dialects))}</div>`
}

function renderBring(
  { id, day, finding, targets, causes }: Bring,
  forecast: Forecast,
  dialects: Dialects,
): Html {
  const { rule, severity, message, remedy } = finding
  const target = forecast.targets[targets[0] ?? 0]
  const more = causes.length - CAUSES
  return html`<article class="card ${severity}" id="${id}" data-severity="${severity}" data-rule="${rule}" data-targets="${targets.join(' ')}">
<header><span class="badge ${severity}">${SEVERITY_NAMES[severity]}</span> <a class="rule" href="${rulePageUrl(encodeURIComponent(rule))}" rel="noreferrer">${rule}</a>${renderTargets(targets, forecast)}</header>
<h3>${message}</h3>
<p class="when"><span><b><time datetime="${day}">${day}</time></b> ${whenOf(day, forecast)}</span>${causes
    .slice(0, CAUSES)
    .map(
      ({ summary }) => html`<span>${summary}</span>`,
    )}${more > 0 ? html`<span>and ${more} more</span>` : null}</p>
${remedy && target ? html`<div class="remedy">${renderRemedy(remedy, target, dialects, 'Mend')}</div>` : html`<p class="no-remedy">No remedy is known that could be shown here.</p>`}
</article>
`
}

/** The only one by its name, several folded. */
export function renderTargets(indexes: readonly number[], { targets }: Forecast): Html {
  const names = indexes.map(index => targets[index]?.target ?? '')
  if (names.length === 1) return html`<span class="where">${names[0] ?? ''}</span>`
  return html`<details class="where"><summary>${count(names.length, 'target')}</summary><ul>${names.map(
    name => html`<li>${name}</li>`,
  )}</ul></details>`
}
