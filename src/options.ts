import { addDays } from './clock.ts'
import { JobError } from './errors.ts'
import type { Instant } from './model.ts'

/** 90 days, in milliseconds. */
export const DEFAULT_EXPIRING_WITHIN = addDays(0, 90)

/** 2 years (of 365 days), in milliseconds: how far a forecast looks. */
export const DEFAULT_HORIZON = addDays(0, 730)

const UNIT_DAYS: Record<string, number> = { d: 1, w: 7, m: 30, y: 365 }

/**
 * Reads what `--expiring-within` and `--within` take: `90d`, `12w`, `6m` (of 30 days), `1y` (of 365), a bare number of days.
 * @returns milliseconds
 * @throws JobError `usage`
 */
export function parseDuration(text: string): number {
  const match = /^(\d{1,5})([dwmy]?)$/.exec(text.trim())
  if (!match) throw new JobError('usage', `'${text}' is no duration; say 90d, 12w, 6m or 1y`)
  return addDays(0 as Instant, Number(match[1]) * (UNIT_DAYS[match[2] || 'd'] as number))
}
