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
  const groups = alike(todays, event => JSON.stringify(event.targets))
  const lines = groups.flatMap(group => renderAlike(group, targets.length, paint))
  const findings = renderFindings(todays, targets.length, paint)
  return [`${paint.bold(day)}  ${paint.dim(when)}`, ...lines, ...findings].join('\n')
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
  return [...lines, inTargets(names, targets, paint)]
}

/** Each new finding of the day once, however many of its events bring it to however many targets. */
function renderFindings(events: readonly ForecastEvent[], all: number, paint: Paint): string[] {
  const told = events
    .flatMap(({ targets }) => targets)
    .flatMap(({ target, findings }) => findings.map(finding => ({ target, ...finding })))
    .filter(({ severity }) => severity !== 'info')
  return alike(told, ({ rule, severity, message }) => JSON.stringify([rule, severity, message])).flatMap(
    group => {
      const [{ rule, severity, message }] = group
      const label = severity === 'error' ? paint.red(severity) : paint.yellow(severity)
      const begun = `  ${paint.dim('then')} ${label}  ${rule}`
      const targets = [...new Set(group.map(({ target }) => escapeTerminal(target)))]
      const [only] = targets
      return targets.length === 1
        ? [`${begun}  ${only}`, `    ${escapeTerminal(message)}`]
        : [begun, `    ${escapeTerminal(message)}`, inTargets(targets, all, paint)]
    },
  )
}

function renderUnknowns({ targets }: Forecast, paint: Paint): string[] {
  const failures = targets.flatMap(({ error }) =>
    error === null ? [] : [`${paint.red('failed')}  ${escapeTerminal(error)}`],
  )
  const told = targets.flatMap(({ target, unknowns }) => unknowns.map(unknown => ({ target, ...unknown })))
  const unknowns = alike(told, ({ what, why }) => JSON.stringify([what, why])).flatMap(group => {
    const [{ what, why }] = group
    const names = group.map(({ target }) => escapeTerminal(target))
    const said = `${escapeTerminal(what)}: ${escapeTerminal(why)}`
    return names.length === 1
      ? [`${paint.dim('unknown')}  ${names[0]}: ${said}`]
      : [`${paint.dim('unknown')}  ${said}`, inTargets(names, targets.length, paint)]
  })
  const lines = [...failures, ...unknowns]
  return lines.length === 0 ? [] : [lines.join('\n')]
}

/** What has the same key, together, in the order of the first of each. */
function alike<T>(all: readonly T[], keyOf: (one: T) => string): [T, ...T[]][] {
  const groups = new Map<string, [T, ...T[]]>()
  for (const one of all) {
    const key = keyOf(one)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [one])
    else group.push(one)
  }
  return [...groups.values()]
}

function inTargets(names: readonly string[], all: number, paint: Paint): string {
  return `    ${paint.dim(`in ${names.length} of ${count(all, 'target')}:`)} ${listed(names)}`
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
