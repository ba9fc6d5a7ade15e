import type { Day, Instant } from './model.ts'

const DAY_MS = 86_400_000

/** The only place that reads the clock: everything else takes the instant as an argument (`--at`). */
export function now(): Instant {
  return Date.now()
}

/** `2020-05-31T00:00:00Z`: RFC 3339 in UTC, to the second. */
export function formatInstant(at: Instant): string {
  return `${new Date(at).toISOString().slice(0, -'.000Z'.length)}Z`
}

/** `2020-05-31`: the UTC day of an instant. */
export function formatDay(at: Instant): Day {
  return new Date(at).toISOString().slice(0, 10)
}

/** 00:00:00Z of a day. */
export function dayStart(day: Day): Instant {
  return Date.parse(`${day}T00:00:00Z`)
}

/** Whole days from one instant to another, rounded down. */
export function daysBetween(from: Instant, to: Instant): number {
  return Math.floor((to - from) / DAY_MS)
}

export function addDays(at: Instant, days: number): Instant {
  return at + days * DAY_MS
}

/**
 * Reads what `--at` takes: `YYYY-MM-DD` (00:00:00Z of that day) or an RFC 3339 date and time with its offset.
 * @returns the instant, or null where the text is neither
 */
export function parseInstant(text: string): Instant | null {
  const day = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text)
  const full = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?([Zz]|[+-]\d{2}:\d{2})$/.test(text)
  if (!day && !full) return null
  const at = Date.parse(day ? `${text}T00:00:00Z` : text.replace(' ', 'T'))
  if (Number.isNaN(at)) return null
  // Date.parse takes 2021-02-30 for 2 March: a day that the calendar does not have is an error, not another day.
  return day && formatDay(at) !== text ? null : at
}
