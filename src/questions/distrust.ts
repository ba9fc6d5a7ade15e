/** Which roots are distrusted, and why. */
import { type Incident, rootByFingerprint, statusAt } from '../knowledge/roots.ts'
import type { Day, Instant, Root } from '../model.ts'
import { remembered } from '../remembered.ts'
import { isExpired } from './roots.ts'

export interface Distrusted {
  readonly root: Root
  /** Certificates issued after this day are not trusted; null: no such day is set. */
  readonly after: Day | null
  /** The day on which Mozilla took it out, or its trust for servers away; null: it has not yet. */
  readonly goneOn: Day | null
  readonly incident: Incident | null
}

/** The distrusted roots that have not ended, by name. A day after which no more is trusted alone touches few: see `goneOn`. */
export const distrustedOf = remembered((roots: readonly Root[], at: Instant): readonly Distrusted[] =>
  roots
    .flatMap(root => {
      const known = rootByFingerprint(root.sha256)
      if (known === null || isExpired(root, at)) return []
      const { status, distrustAfter, removedOn, cutOn, incident } = statusAt(known, at)
      if (!status.includes('distrusted')) return []
      return [
        {
          root,
          after: distrustAfter ?? null,
          goneOn: removedOn ?? cutOn ?? null,
          incident: incident ?? null,
        },
      ]
    })
    .sort((a, b) => (a.root.name < b.root.name ? -1 : a.root.name > b.root.name ? 1 : 0)),
)

/** Is it out for good? A root with a day after which no more is trusted is still believed for what it issued before. */
export function isOut({ after, goneOn }: Distrusted): boolean {
  return after === null || goneOn !== null
}
