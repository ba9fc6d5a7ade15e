import type { Location, Root } from './model.ts'
import type { Remedy } from './remedy/plan.ts'

export const severities = ['error', 'warning', 'info'] as const
export type Severity = (typeof severities)[number]

/** One thing that a rule has to say about one place. */
export interface Finding {
  /** The rule's id. */
  readonly rule: string
  readonly severity: Severity
  /** One sentence: what is, what follows from it. */
  readonly message: string
  readonly location: Location
  readonly roots: readonly Root[]
  /** The first choice; null where none can be given. */
  readonly remedy: Remedy | null
  readonly alternatives: readonly Remedy[]
}

/** Is `severity` at or above `threshold`? `never` is above all. */
export function reaches(severity: Severity, threshold: Severity | 'never'): boolean {
  return threshold !== 'never' && severities.indexOf(severity) <= severities.indexOf(threshold)
}
