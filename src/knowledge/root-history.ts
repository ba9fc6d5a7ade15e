import type { Day } from '../model.ts'
import { allReleases, servedLines } from './release-list.ts'
import { servedSteps } from './served.ts'
import type { Release } from './types.ts'

/** A release in the order of its store, and the days between which it came. */
export interface HistoryStep {
  /** `debian/ca-certificates 20161130+nmu1` */
  readonly release: string
  /** It came not before this day; null: not known. */
  readonly from: Day | null
  /** It surely had come on this day; null: not known. */
  readonly by: Day | null
}

/** One stay of a root in a store. */
export interface Stay {
  /** `debian 9`, `alpine 3.11`: what the archive of that line served; or `certifi`, `alpine/base`, `mozilla`. */
  readonly store: string
  /** The release that brought it. */
  readonly brought: HistoryStep
  /** Brought by the first release that is known of this store: it may have been there before. */
  readonly first: boolean
  /** The release that no longer held it; null: the newest known one still does. */
  readonly dropped: HistoryStep | null
  /** The newest known release of the store. */
  readonly newest: HistoryStep
}

/** Families whose releases follow one another, whatever the distribution. */
const FAMILIES = ['mozilla', 'certifi', 'alpine/base']

/** Where a root was carried, by store and then by time. Releases whose roots are not known are passed over. */
export function staysOf(root: number): readonly Stay[] {
  const families = FAMILIES.map(family => ({
    store: family,
    steps: allReleases()
      .filter(release => release.family === family)
      .map(release => ({ release, from: release.date, by: release.date })),
  }))
  const lines = servedLines().map(([distribution, line]) => ({
    store: `${distribution} ${line}`,
    steps: servedSteps(distribution, line),
  }))
  return [...families, ...lines].flatMap(({ store, steps }) => staysIn(store, steps, root))
}

interface Step {
  readonly release: Release
  readonly from: Day | null
  readonly by: Day | null
}

function staysIn(store: string, steps: readonly Step[], root: number): Stay[] {
  const known = steps.filter(({ release }) => release.roots !== null)
  const newest = known.at(-1)
  const stays: Stay[] = []
  let open: { readonly step: Step; readonly first: boolean } | null = null
  for (const [index, step] of known.entries()) {
    const held = step.release.roots!.includes(root)
    if (held && open === null) open = { step, first: index === 0 }
    if (!held && open !== null) {
      stays.push(stayOf(store, open, step, newest!))
      open = null
    }
  }
  if (open !== null) stays.push(stayOf(store, open, null, newest!))
  return stays
}

function stayOf(
  store: string,
  { step, first }: { readonly step: Step; readonly first: boolean },
  dropped: Step | null,
  newest: Step,
): Stay {
  return {
    store,
    brought: told(step),
    first,
    dropped: dropped && told(dropped),
    newest: told(newest),
  }
}

function told({ release, from, by }: Step): HistoryStep {
  return { release: release.id, from, by }
}
