/** The forecast for a person at a terminal: day by day, what changes and for whom. */
import picocolors from 'picocolors'
import { escapeTerminal } from '../../report/formats/text.ts'
import type { Forecast, ForecastEvent, ForecastTouched } from '../report.ts'
import type { ForecastFormat } from './index.ts'
import { whenOf } from './when.ts'

type Paint = ReturnType<typeof picocolors.createColors>

/** So many targets of an event are named. */
const NAMED = 5

export const text: ForecastFormat = {
  render(forecast, { color }) {
    const paint = picocolors.createColors(color)
    const days = [...new Set(forecast.events.map(({ day }) => day))]
    const blocks = days.map(day => renderDay(day, forecast, paint))
    return `${[...blocks, ...renderUnknowns(forecast, paint), renderSummary(forecast, paint)].join('\n\n')}\n`
  },
}

function renderDay(day: string, { events, at, targets }: Forecast, paint: Paint): string {
  const todays = events.filter(event => event.day === day)
  const when = whenOf(day, { at })
  const alike = new Map<string, ForecastEvent[]>()
  for (const event of todays) {
    const key = JSON.stringify(event.targets)
    alike.set(key, [...(alike.get(key) ?? []), event])
  }
  const lines = [...alike.values()].flatMap(group => renderAlike(group, targets.length, paint))
  return [`${paint.bold(day)}  ${paint.dim(when)}`, ...lines, ...renderFindings(todays, paint)].join('\n')
}

/** Events that touch the same stores of the same targets: those are said once, behind the last. */
function renderAlike(events: readonly ForecastEvent[], targets: number, paint: Paint): string[] {
  const lines = events.map(({ summary, asKnownOn }) => {
    const known = asKnownOn === null ? '' : paint.dim(` (as known on ${asKnownOn})`)
    return `  ${escapeTerminal(summary)}${known}`
  })
  const touched: readonly ForecastTouched[] = events[0]?.targets ?? []
  if (targets === 1) {
    const stores = touched.flatMap(each => each.stores)
    return stores.length === 0 ? lines : [...lines, `    ${paint.dim(stores.map(escapeTerminal).join(', '))}`]
  }
  const names = touched.map(({ target }) => escapeTerminal(target))
  return [
    ...lines,
    `    ${paint.dim(`in ${touched.length} of ${count(targets, 'target')}:`)} ${listed(names)}`,
  ]
}

/** Each new finding of the day once, however many of its events bring it. */
function renderFindings(events: readonly ForecastEvent[], paint: Paint): string[] {
  const seen = new Map<string, string>()
  for (const { targets } of events) {
    for (const { target, findings } of targets) {
      for (const { rule, severity, message } of findings) {
        if (severity === 'info') continue
        const label = severity === 'error' ? paint.red(severity) : paint.yellow(severity)
        const line = `  ${paint.dim('then')} ${label}  ${rule}  ${escapeTerminal(target)}\n    ${escapeTerminal(message)}`
        seen.set(`${target}\0${rule}\0${message}`, line)
      }
    }
  }
  return [...seen.values()]
}

function renderUnknowns({ targets }: Forecast, paint: Paint): string[] {
  const lines = targets.flatMap(({ target, unknowns, error }) => [
    ...(error === null ? [] : [`${paint.red('failed')}  ${escapeTerminal(error)}`]),
    ...unknowns.map(
      ({ what, why }) =>
        `${paint.dim('unknown')}  ${escapeTerminal(target)}: ${escapeTerminal(what)}: ${escapeTerminal(why)}`,
    ),
  ])
  return lines.length === 0 ? [] : [lines.join('\n')]
}

function renderSummary({ at, until, targets, summary, tool }: Forecast, paint: Paint): string {
  const what =
    summary.events === 0
      ? `nothing changes until ${until.slice(0, 10)}`
      : `${count(summary.events, 'change')} on ${count(summary.days, 'day')} until ${until.slice(0, 10)}`
  return `${what} for ${count(targets.length, 'target')} ${paint.dim(
    `· from ${at.endsWith('T00:00:00Z') ? at.slice(0, 10) : at} · knowledge of ${tool.knowledge}`,
  )}`
}

function listed(names: readonly string[]): string {
  const rest = names.length - NAMED
  return rest > 0 ? `${names.slice(0, NAMED).join(', ')} and ${rest} more` : names.join(', ')
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
