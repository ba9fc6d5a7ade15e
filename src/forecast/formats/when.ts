import { daysBetween } from '../../clock.ts'
import type { Forecast } from '../report.ts'

/** `today`, `in 12 days`. */
export function whenOf(day: string, { at }: Pick<Forecast, 'at'>): string {
  const days =
    daysBetween(Date.parse(at), Date.parse(`${day}T00:00:00Z`)) + (at.endsWith('T00:00:00Z') ? 0 : 1)
  return days <= 0 ? 'today' : `in ${days} ${days === 1 ? 'day' : 'days'}`
}
