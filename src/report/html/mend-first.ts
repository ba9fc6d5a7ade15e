/** Several images read beside each other: what breaks on which day for how many, and the bases that mend most. */
import { baseName, shortDigest, standingOn, whatHappens } from '../fleet-words.ts'
import type { Report, ReportFleet, ReportFleetBase, ReportFleetDay } from '../report.ts'
import { type Html, html } from './markup.ts'
import { count } from './words.ts'

/** Rows that stand in the open. */
const MOST = 12

/** Null where the report is of no fleet, or nothing breaks and no base is to be mended. */
export function renderFleet(report: Report): Html | null {
  const { fleet, at } = report
  if (!fleet || fleet.days.length + fleet.bases.length === 0) return null
  return html`${
    fleet.days.length === 0
      ? null
      : html`<h3>What breaks when</h3>${renderTable(
          ['Day', 'What happens', 'Images', 'On which bases'],
          fleet.days.map(day => renderDay(day, fleet, at)),
          'Days',
        )}`
  }${
    fleet.bases.length === 0
      ? null
      : html`<h3>Base images, those first that mend most</h3>${renderTable(
          ['Base', 'Stand on it', 'Mended with it', 'Errors', 'Warnings', 'What mends most'],
          fleet.bases.map(base => renderBase(base, fleet)),
          'Bases',
        )}`
  }`
}

function renderTable(columns: readonly string[], rows: readonly Html[], what: string): Html {
  const head = html`<thead><tr>${columns.map(column => html`<th scope="col">${column}</th>`)}</tr></thead>`
  const table = (some: readonly Html[], label: string) =>
    html`<div class="scroll" tabindex="0" role="region" aria-label="${label}, scrolls sideways"><table class="fleet">${head}<tbody>${some}</tbody></table></div>`
  const left = rows.slice(MOST)
  return html`${table(rows.slice(0, MOST), what)}${
    left.length === 0
      ? null
      : html`<details><summary>${left.length} more</summary>${table(left, `More ${what.toLowerCase()}`)}</details>`
  }`
}

function renderDay(day: ReportFleetDay, fleet: ReportFleet, at: string): Html {
  const past = day.day <= at.slice(0, 10)
  return html`<tr><th scope="row"><time datetime="${day.day}">${day.day}</time>${past ? html` <em class="tag bad">broken</em>` : null}</th><td>${whatHappens(day, at)}</td><td class="num">${day.images} ${renderShare(day.images, fleet.images)}</td><td class="quiet">${standingOn(day, fleet)}</td></tr>`
}

function renderBase(base: ReportFleetBase, fleet: ReportFleet): Html {
  const { images, affected, mended, error, warning, remedy } = base
  return html`<tr><th scope="row">${baseName(base)} <span class="quiet">${count(base.layers, 'layer')}, <code>${shortDigest(base.base)}</code></span></th><td class="num">${images}</td><td class="num">${mended}${affected > mended ? html` <span class="quiet">and part of ${affected - mended}</span>` : null} ${renderShare(mended, fleet.images)}</td><td class="num${error > 0 ? ' bad-text' : ''}">${error}</td><td class="num">${warning}</td><td>${remedy ?? ''}</td></tr>`
}

/** How much that is of all: the number stands beside it. */
function renderShare(part: number, all: number): Html {
  const width = Math.round((Math.min(part, all) / Math.max(1, all)) * 60)
  return html`<svg class="share" viewBox="0 0 60 8" width="60" height="8" aria-hidden="true"><rect class="all" width="60" height="8"/><rect width="${width}" height="8"/></svg>`
}
