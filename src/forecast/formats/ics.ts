/** The forecast as a calendar (RFC 5545): an all-day event a change, with an identity that stays from run to run. */
import { createHash } from 'node:crypto'
import { addDays, dayStart, formatDay } from '../../clock.ts'
import { visible } from '../../report/visible.ts'
import type { Forecast, ForecastEvent } from '../report.ts'
import type { ForecastFormat } from './index.ts'

export const ics: ForecastFormat = {
  render(forecast) {
    const lines = [
      'BEGIN:VCALENDAR',
      'VERSION:2.0',
      `PRODID:-//imgtrust//imgtrust ${forecast.tool.version}//EN`,
      'CALSCALE:GREGORIAN',
      'METHOD:PUBLISH',
      'NAME:imgtrust forecast',
      'X-WR-CALNAME:imgtrust forecast',
      ...forecast.events.flatMap(event => eventLines(event, forecast)),
      'END:VCALENDAR',
    ]
    return lines.map(line => `${fold(line)}\r\n`).join('')
  },
}

/**
 * The one escape function of this format: TEXT of RFC 5545, 3.3.11. What nobody sees becomes `\u{…}`, a line feed `\n`.
 */
export function escapeIcs(value: string): string {
  return value
    .split('\n')
    .map(line => visible(line).replace(/[\\;,]/g, char => `\\${char}`))
    .join('\\n')
}

function eventLines(event: ForecastEvent, { at }: Forecast): string[] {
  const { day, kind, name, sha256, summary, targets } = event
  // Another run over the same targets replaces the entry instead of doubling it.
  const identity = JSON.stringify([day, kind, sha256 ?? name])
  const uid = createHash('sha256').update(identity).digest('hex').slice(0, 32)
  const some = targets.length === 1 ? (targets[0]?.target ?? '') : `${targets.length} targets`
  return [
    'BEGIN:VEVENT',
    `UID:${uid}@imgtrust`,
    `DTSTAMP:${at.replace(/[-:]/g, '')}`,
    `DTSTART;VALUE=DATE:${compact(day)}`,
    `DTEND;VALUE=DATE:${compact(formatDay(addDays(dayStart(day), 1)))}`,
    `SUMMARY:${escapeIcs(`${summary}: ${some}`)}`,
    `DESCRIPTION:${escapeIcs(description(event))}`,
    `CATEGORIES:${escapeIcs(kind)}`,
    'TRANSP:TRANSPARENT',
    'END:VEVENT',
  ]
}

function description({ targets, asKnownOn }: ForecastEvent): string {
  const touched = targets.flatMap(({ target, stores, findings }) => [
    stores.length === 0 ? visible(target) : `${visible(target)}: ${stores.map(visible).join(', ')}`,
    ...findings.map(({ rule, severity, message }) => `  ${severity} ${rule}: ${visible(message)}`),
  ])
  return [...touched, ...(asKnownOn === null ? [] : [`As known on ${asKnownOn}.`])].join('\n')
}

function compact(day: string): string {
  return day.replaceAll('-', '')
}

/** A line holds at most 75 octets; a longer one goes on behind a line break and a space (RFC 5545, 3.1). */
function fold(line: string): string {
  const parts: string[] = []
  let part = ''
  let octets = 0
  for (const char of line) {
    const size = Buffer.byteLength(char)
    if (octets + size > 75) {
      parts.push(part)
      part = ''
      // The space that begins the next line counts as well.
      octets = 1
    }
    part += char
    octets += size
  }
  return [...parts, part].join('\r\n ')
}
