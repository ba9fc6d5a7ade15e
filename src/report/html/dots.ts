/** A line of time with dots above and below it, as plain SVG: stacks of what falls together, lines for two clocks. */
import { type Html, html } from './markup.ts'
import { day } from './words.ts'

const WIDTH = 1040
const SIDE = 16
/** The distance of two dots, and the column of time that a stack of them stands for. */
const STEP = 7
/** A stack grows no higher: what is above is told by its number. */
const HIGHEST = 18

/** What a dot looks like and what its look means, the gravest first: those lie next to the axis. */
const KINDS = {
  breaking: ['cross', 'ended, breaks chains'],
  error: ['cross', 'brings an error'],
  warning: ['triangle', 'brings a warning'],
  distrusted: ['triangle', 'Mozilla distrusted it'],
  removed: ['diamond', 'Mozilla took it out, or its trust for servers'],
  'distrusted coming': ['triangle', 'will distrust it'],
  'removed coming': ['diamond', 'will take it out'],
  expiring: ['square', 'ends soon'],
  ended: ['disc', 'ended'],
  server: ['square', 'a certificate of the server ends'],
  valid: ['disc', 'ends later'],
  change: ['disc', 'changes'],
} as const

export type DotKind = keyof typeof KINDS

/** Something that happens on a day. */
export interface Dot {
  /** RFC 3339, or a day. */
  readonly date: string
  readonly label: string
  readonly kind: DotKind
}

export interface Timeline {
  readonly above: readonly Dot[]
  readonly below: readonly Dot[]
  /** The clock of the run. */
  readonly at: string
  /** Behind its day: `judged`. */
  readonly atWords: string
  /** Named, each with a line to its dot; few. */
  readonly named: readonly { readonly date: string; readonly name: string }[]
  /** What the picture shows, in a sentence. */
  readonly summary: string
  /** The days between which it lies, where they are not those of its dots. */
  readonly range?: readonly [from: string, to: string]
}

/** The picture, what its dots mean, and all of them as a list. */
export function drawTimeline(timeline: Timeline): Html {
  const { above, below, at, atWords, named, summary, range } = timeline
  const dots = [...above, ...below]
  const scale = scaleOf(range ?? dots.map(({ date }) => date).concat(at))
  const [ups, downs] = [stacks(above, scale), stacks(below, scale)]
  const height = (columns: readonly Column[]) =>
    Math.max(3, ...columns.map(({ dots, more }) => dots.length + (more > 0 ? 2 : 0))) * STEP
  const top = 30 + named.length * 16
  const axis = top + height(ups) + 6
  const bottom = axis + 34 + (below.length === 0 ? 0 : height(downs) + 8)
  const now = scale.x(at)
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Timeline, scrolls sideways">
<svg class="timeline" viewBox="0 0 ${WIDTH} ${bottom}" role="img" aria-label="${summary}">
<rect class="past" x="0" y="0" width="${round(now)}" height="${bottom}"/>
${scale.ticks.map(({ x, text }) => html`<line class="grid" x1="${round(x)}" x2="${round(x)}" y1="${top - 8}" y2="${bottom}"/><text class="year" x="${round(x + 3)}" y="${axis + 16}">${text}</text>`)}
<line class="axis" x1="0" x2="${WIDTH}" y1="${axis}" y2="${axis}"/>
${ups.map(column => renderColumn(column, axis - STEP, -STEP))}
${downs.map(column => renderColumn(column, axis + 28, STEP))}
${named.map(({ date, name }, index) => renderName(`${name.slice(0, 40)} ${day(date)}`, scale.x(date), 28 + index * 16, top + 2))}
<line class="now" x1="${round(now)}" x2="${round(now)}" y1="0" y2="${bottom}"/>
<text class="now" x="${round(now + (now > WIDTH - 130 ? -5 : 5))}" y="12"${now > WIDTH - 130 ? html` text-anchor="end"` : null}>${day(at)}, ${atWords}</text>
<g class="today" hidden data-from="${scale.from}" data-to="${scale.to}" data-left="${SIDE}" data-right="${WIDTH - SIDE}" data-now="${round(now)}"><line x1="0" x2="0" y1="0" y2="${bottom}"/><text x="5" y="${bottom - 4}">today</text></g>
</svg></div>
${renderLegend(dots)}
${renderList(dots)}`
}

interface Scale {
  /** Milliseconds since 1970. */
  readonly from: number
  readonly to: number
  x(date: string): number
  readonly ticks: readonly { readonly x: number; readonly text: string }[]
}

/** Whole years, or whole months where they are few. What is outside 1990 to 2070 (forged certificates) stands at the edge. */
function scaleOf(dates: readonly string[]): Scale {
  const months = dates.map(date => {
    const [year = 1990, month = 1] = date.split('-').map(Number)
    const whole = Math.min(2070, Math.max(1990, year || 1990))
    return whole * 12 + (whole === year ? month - 1 : 0)
  })
  const [first, last] = [Math.min(...months), Math.max(...months) + 1]
  const byMonth = last - first <= 36
  const unit = byMonth ? 1 : 12
  const [start, end] = [Math.floor(first / unit) * unit, Math.ceil(last / unit) * unit]
  const at = (month: number) => Date.UTC(Math.floor(month / 12), month % 12)
  const [from, to] = [at(start), at(end)]
  const place = (time: number) => {
    const share = (time - from) / (to - from)
    return SIDE + Math.min(1, Math.max(0, Number.isFinite(share) ? share : 1)) * (WIDTH - 2 * SIDE)
  }
  const step = unit * Math.max(1, Math.ceil((end - start) / unit / (byMonth ? 14 : 16)))
  const ticks: Scale['ticks'][number][] = []
  for (let month = start; month < end; month += step) {
    const text = new Date(at(month)).toISOString().slice(0, byMonth ? 7 : 4)
    ticks.push({ x: place(at(month)), text })
  }
  return { from, to, x: date => place(Date.parse(date)), ticks }
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
  const order = Object.keys(KINDS)
  return [...columns].map(([column, all]) => ({
    x: column * STEP,
    dots: all.toSorted((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind)).slice(0, HIGHEST),
    more: Math.max(0, all.length - HIGHEST),
  }))
}

function renderColumn({ x, dots, more }: Column, from: number, step: number): Html {
  const shapes = dots.map(({ label, date, kind }, index) =>
    shapeOf(kind, x, from + index * step, html`<title>${label} ${day(date)}</title>`),
  )
  return html`${shapes}${more === 0 ? null : html`<text class="more" x="${x}" y="${from + dots.length * step + 3}" text-anchor="middle">+${more}</text>`}
`
}

function shapeOf(kind: DotKind, x: number, y: number, title: Html | null): Html {
  const [x0, y0] = [round(x - 3.2), round(y - 3.2)]
  switch (KINDS[kind][0]) {
    case 'cross':
      return html`<path class="dot ${kind}" d="M${x0} ${y0}l6.4 6.4m0-6.4l-6.4 6.4">${title}</path>`
    case 'diamond':
      return html`<path class="dot ${kind}" d="M${x} ${y0}l3.2 3.2-3.2 3.2-3.2-3.2z">${title}</path>`
    case 'triangle':
      return html`<path class="dot ${kind}" d="M${x0} ${round(y - 2.6)}h6.4l-3.2 5.6z">${title}</path>`
    case 'square':
      return html`<rect class="dot ${kind}" x="${round(x - 2.5)}" y="${round(y - 2.5)}" width="5" height="5">${title}</rect>`
    case 'disc':
      return html`<circle class="dot ${kind}" cx="${x}" cy="${y}" r="2.6">${title}</circle>`
  }
}

/** A name with a line to its dot. */
function renderName(text: string, x: number, y: number, to: number): Html {
  // To the left, away from the line of the judge's clock, where there is room.
  const left = x > text.length * 7
  return html`<line class="lead" x1="${round(x)}" x2="${round(x)}" y1="${y - 4}" y2="${to}"/><text class="name" x="${round(x + (left ? -6 : 6))}" y="${y}"${left ? html` text-anchor="end"` : null}>${text}</text>`
}

/** What the looks mean, of those that are there. */
function renderLegend(dots: readonly Dot[]): Html {
  const there = new Set(dots.map(({ kind }) => kind))
  const kinds = (Object.keys(KINDS) as DotKind[]).filter(kind => there.has(kind))
  return html`<ul class="legend">${kinds.map(
    kind =>
      html`<li><svg viewBox="-4 -4 8 8" width="12" height="12" aria-hidden="true">${shapeOf(kind, 0, 0, null)}</svg>${KINDS[kind][1]}</li>`,
  )}</ul>`
}

function renderList(dots: readonly Dot[]): Html {
  const sorted = dots.toSorted((a, b) =>
    a.date < b.date ? 1 : a.date > b.date ? -1 : a.label < b.label ? -1 : 1,
  )
  return html`<details><summary>All ${dots.length} dates, as a list</summary><ul class="dates">${sorted.map(
    ({ date, label }) => html`<li><time datetime="${date}">${day(date)}</time> ${label}</li>`,
  )}</ul></details>`
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
