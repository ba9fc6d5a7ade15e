import type { Remedy } from './plan.ts'

/** A remedy that has not been proven yet. */
export interface Candidate extends Omit<Remedy, 'proven'> {
  /** Why the model can't prove it, whatever it shows: the summary says it too. */
  readonly doubt?: string
}
