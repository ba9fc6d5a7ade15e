/** What two sets of roots differ in that anybody would notice. */
import type { Instant, Root } from '../model.ts'
import { distrustedOf, isOut } from './distrust.ts'
import { missingFrom, standIns } from './missing.ts'
import { breakingOf, isExpired, successorsOfExpired } from './roots.ts'

export interface Difference {
  /** Breaking roots, and distrusted ones that Mozilla has taken out, that only the first holds. */
  readonly keeps: readonly Root[]
  /** Roots that public services need, or that an ended root had cross-signed, that only the second holds. */
  readonly lacks: readonly Root[]
}

/** In what roots that matter `roots` is worse than `better`. */
export function worseThan(roots: readonly Root[], better: readonly Root[], at: Instant): Difference {
  const there = new Set(better.map(({ sha256 }) => sha256))
  const here = new Set(roots.map(({ sha256 }) => sha256))
  const bad = [
    ...breakingOf(roots, at).map(({ root }) => root),
    ...distrustedOf(roots, at)
      .filter(isOut)
      .map(({ root }) => root),
  ]
  const successors = successorsOfExpired(at)
  const needed = missingFrom(roots, at).needed.map(({ root }) => root)
  const served = needed.filter(root =>
    [root, ...standIns(root)].some(each => there.has(each.sha256) && !isExpired(each, at)),
  )
  const followed = better.filter(({ sha256 }) => successors.has(sha256) && !here.has(sha256))
  return {
    keeps: bad.filter(({ sha256 }) => !there.has(sha256)),
    lacks: [...new Map([...served, ...followed].map(root => [root.sha256, root])).values()],
  }
}

export function isSame({ keeps, lacks }: Difference): boolean {
  return keeps.length === 0 && lacks.length === 0
}
