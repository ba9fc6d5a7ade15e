/** Which roots a store lacks. */
import { dayStart } from '../clock.ts'
import { neededRoots, rootByFingerprint, trustedByMozillaAt } from '../knowledge/roots.ts'
import type { Instant, Root } from '../model.ts'
import { remembered } from '../remembered.ts'
import { isExpired, toRoot } from './roots.ts'

/** A root that is not there, and who can't be reached without it. */
export interface Lacking {
  readonly root: Root
  readonly services: string
}

export interface Missing {
  /** Those that named public services need at that date and that nothing in the store stands in for. */
  readonly needed: readonly Lacking[]
  /** The others that Mozilla trusts at that date, by name. */
  readonly others: readonly Root[]
}

export const missingFrom = remembered((roots: readonly Root[], at: Instant): Missing => {
  const here = new Set(roots.filter(root => !isExpired(root, at)).map(({ sha256 }) => sha256))
  const absent = trustedByMozillaAt(at)
    .filter(root => !isExpired(root, at) && !here.has(root.sha256))
    .map(toRoot)
  const needed = neededRoots().flatMap(({ sha256, or, services, from }) => {
    const root = absent.find(each => each.sha256 === sha256)
    const isServed = root === undefined || or.some(each => here.has(each.sha256))
    return isServed || at < dayStart(from) ? [] : [{ root, services }]
  })
  const named = new Set(needed.map(({ root }) => root.sha256))
  const others = absent.filter(({ sha256 }) => !named.has(sha256)).sort(byName)
  return { needed, others }
})

/** Roots that serve for this one as well. */
export function standIns(root: Root): readonly Root[] {
  const entry = neededRoots().find(({ sha256 }) => sha256 === root.sha256)
  return (entry?.or ?? []).flatMap(({ sha256 }) => {
    const known = rootByFingerprint(sha256)
    return known === null ? [] : [toRoot(known)]
  })
}

function byName(a: Root, b: Root): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : a.sha256 < b.sha256 ? -1 : 1
}
