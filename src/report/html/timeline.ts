/** When the roots end, and when Mozilla took trust from them: dots on a line of years, as plain SVG. */
import type { Report, ReportRoot } from '../report.ts'
import { type Html, html } from './markup.ts'
import { distinctRoots, isBreaking, lossesOf } from './moments.ts'
import { compare, count, day } from './words.ts'

const WIDTH = 1040
const SIDE = 16
/** The distance of two dots, and the column of time that a stack of them stands for. */
const STEP = 7
/** A stack grows no higher: what is above is told by its number. */
const HIGHEST = 18
const LABELS = 3

interface Dot {
  readonly date: string
  readonly label: string
  readonly kind: string
}

/** Null where no store holds a root. */
export function renderTimeline(report: Report): Html | null {
  const roots = distinctRoots(report)
  if (roots.length === 0) return null
  const ends = roots.map(
    (root): Dot => ({ date: root.notAfter, label: `${root.name} ends`, kind: kindOf(root, report.at) }),
  )
  const losses = roots
    .flatMap(({ sha256, name }) =>
      lossesOf(sha256).map(
        ({ date, what }): Dot => ({
          date,
          label: `${name} ${what}`,
          kind: date <= day(report.at) ? 'lost' : 'lost coming',
        }),
      ),
    )
    .sort((a, b) => compare(a.date, b.date) || compare(a.label, b.label))
  const scale = scaleOf([...ends, ...losses].map(({ date }) => date).concat(report.at))
  const above = stacks(ends, scale)
  const below = stacks(losses, scale)
  const height = (columns: readonly Column[]) =>
    Math.max(3, ...columns.map(({ dots, more }) => dots.length + (more > 0 ? 2 : 0))) * STEP
  const labelled = roots.filter(root => root.notAfter <= report.at && isBreaking(root.sha256)).slice(-LABELS)
  const top = 30 + labelled.length * 16
  const axis = top + height(above) + 6
  const bottom = axis + 34 + (losses.length === 0 ? 0 : height(below) + 8)
  const now = scale.x(report.at)
  const ended = ends.filter(({ date }) => date <= report.at).length
  const summary = `${count(roots.length, 'root')}: ${ended} ended by ${day(report.at)}, the last ends ${day(ends.at(-1)?.date ?? '')}.${losses.length === 0 ? '' : ` ${count(losses.length, 'decision')} of Mozilla that took trust away.`}`
  return html`<p class="quiet">${summary}</p>
<div class="scroll" tabindex="0" role="region" aria-label="Timeline, scrolls sideways">
<svg class="timeline" viewBox="0 0 ${WIDTH} ${bottom}" role="img" aria-label="${summary}">
<rect class="past" x="0" y="0" width="${round(now)}" height="${bottom}"/>
${scale.years.map(
  year =>
    html`<line class="grid" x1="${round(scale.x(`${year}-01-01`))}" x2="${round(scale.x(`${year}-01-01`))}" y1="${top - 8}" y2="${bottom}"/><text class="year" x="${round(scale.x(`${year}-01-01`) + 3)}" y="${axis + 16}">${year}</text>`,
)}
<line class="axis" x1="0" x2="${WIDTH}" y1="${axis}" y2="${axis}"/>
${above.map(column => renderColumn(column, axis - STEP, -STEP, 'end'))}
${below.map(column => renderColumn(column, axis + 28, STEP, 'loss'))}
${labelled.map((root, index) => renderLabel(root, scale.x(root.notAfter), 28 + index * 16, top + 2))}
<line class="now" x1="${round(now)}" x2="${round(now)}" y1="0" y2="${bottom}"/>
<text class="now" x="${round(now + (now > WIDTH - 130 ? -5 : 5))}" y="12"${now > WIDTH - 130 ? html` text-anchor="end"` : null}>${day(report.at)}, judged</text>
</svg></div>
<ul class="legend"><li><i class="key ended"></i>ended</li><li><i class="key breaking"></i>ended, breaks chains</li><li><i class="key valid"></i>ends later</li>${losses.length === 0 ? null : html`<li><i class="key loss"></i>Mozilla took trust away</li>`}</ul>
${renderDates([...ends, ...losses])}`
}

function kindOf(root: ReportRoot, at: string): string {
  if (root.notAfter > at) return root.status.includes('expiring') ? 'expiring' : 'valid'
  return isBreaking(root.sha256) ? 'breaking' : 'ended'
}

interface Scale {
  x(date: string): number
  readonly years: readonly number[]
}

/** Years outside 1990 to 2070 (forged certificates) stand at the edge. */
function scaleOf(dates: readonly string[]): Scale {
  const years = dates.map(date => Math.min(2070, Math.max(1990, Number(date.slice(0, 4)) || 1990)))
  const first = Math.min(...years)
  const last = Math.max(...years) + 1
  const start = Date.UTC(first, 0)
  const span = Date.UTC(last, 0) - start
  const step = Math.max(1, Math.ceil((last - first) / 16))
  return {
    x(date) {
      const share = (Date.parse(date) - start) / span
      return SIDE + Math.min(1, Math.max(0, Number.isFinite(share) ? share : 1)) * (WIDTH - 2 * SIDE)
    },
    years: Array.from(
      { length: Math.floor((last - 1 - first) / step) + 1 },
      (_, index) => first + index * step,
    ),
  }
}

interface Column {
  readonly x: number
  readonly dots: readonly Dot[]
  readonly more: number
}

/** The gravest lie next to the axis, so that none of them is among those only counted. */
function stacks(dots: readonly Dot[], scale: Scale): readonly Column[] {
  const columns = new Map<number, Dot[]>()
  for (const dot of dots) {
    const column = Math.round(scale.x(dot.date) / STEP)
    columns.set(column, [...(columns.get(column) ?? []), dot])
  }
  const grave = ({ kind }: Dot) => (kind === 'breaking' ? 0 : 1)
  return [...columns].map(([column, all]) => ({
    x: column * STEP,
    dots: all.toSorted((a, b) => grave(a) - grave(b)).slice(0, HIGHEST),
    more: Math.max(0, all.length - HIGHEST),
  }))
}

function renderColumn({ x, dots, more }: Column, from: number, step: number, lane: 'end' | 'loss'): Html {
  const shapes = dots.map(({ label, date, kind }, index) => {
    const y = from + index * step
    const title = html`<title>${label} ${day(date)}</title>`
    return lane === 'loss'
      ? html`<path class="dot ${kind}" d="M${x} ${y - 3.2}l3.2 3.2-3.2 3.2-3.2-3.2z">${title}</path>`
      : kind === 'breaking'
        ? html`<path class="dot breaking" d="M${x - 3.4} ${y - 3.4}l6.8 6.8m0-6.8l-6.8 6.8">${title}</path>`
        : html`<circle class="dot ${kind}" cx="${x}" cy="${y}" r="2.6">${title}</circle>`
  })
  return html`${shapes}${more === 0 ? null : html`<text class="more" x="${x}" y="${from + dots.length * step + 3}" text-anchor="middle">+${more}</text>`}
`
}

/** The names of the roots whose end broke something, each with a line to its dot. */
function renderLabel(root: ReportRoot, x: number, y: number, to: number): Html {
  const text = `${root.name.slice(0, 40)} ${day(root.notAfter)}`
  // To the left, away from the line of the judge's clock, where there is room.
  const left = x > text.length * 7
  return html`<line class="lead" x1="${round(x)}" x2="${round(x)}" y1="${y - 4}" y2="${to}"/><text class="name" x="${round(x + (left ? -6 : 6))}" y="${y}"${left ? html` text-anchor="end"` : null}>${text}</text>`
}

function renderDates(dots: readonly Dot[]): Html {
  const sorted = dots.toSorted((a, b) => compare(b.date, a.date) || compare(a.label, b.label))
  return html`<details><summary>All ${count(dots.length, 'date')}, as a list</summary><ul class="dates">${sorted.map(
    ({ date, label }) => html`<li><time datetime="${date}">${day(date)}</time> ${label}</li>`,
  )}</ul></details>`
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
