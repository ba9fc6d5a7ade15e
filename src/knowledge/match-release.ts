import type { Match } from '../model.ts'
import { factsId, lineOf, rebuildsRhel } from './distributions.ts'
import { overlaps } from './release-list.ts'
import { rootNumber } from './root-list.ts'
import { newestRelease } from './served.ts'
import type { Release } from './types.ts'

export interface ReleaseHints {
  /** os-release id of the image. */
  readonly distribution?: string | undefined
  readonly version?: string | null | undefined
  /** Version of the package that owns the store. */
  readonly packageVersion?: string | null | undefined
}

export interface ReleaseMatch {
  readonly release: Release | null
  readonly match: Match
  /** Numbers of the roots that the release has and the store lacks. */
  readonly missing: readonly number[]
  /** Numbers of known roots that the store has and the release lacks; unknown certificates are not in it. */
  readonly extra: readonly number[]
}

/** A store is near a release when at most this share of the two sets' union differs, and at most `most` roots. */
const near = 0.1
const most = 12
const least = 20

/**
 * The release that a store's set of roots is, or is near to.
 *
 * `exact` only where the sets are equal, of a release that was read from its package before one that is only told;
 * `nearest` where at most 12 roots and at most a tenth of the union differ, in sets of 20 and more. Of equals the one
 * that fits the hints, then the newest.
 */
export function matchRelease(fingerprints: ReadonlySet<string>, hints: ReleaseHints = {}): ReleaseMatch {
  const known: number[] = []
  let strangers = 0
  for (const fingerprint of fingerprints) {
    const root = rootNumber(fingerprint)
    if (root !== null) known.push(root)
    else strangers++
  }
  const own = new Set(known)
  let best: { release: Release; distance: number; union: number; fits: number } | null = null
  if (own.size > 0) {
    for (const { release, size, common } of overlaps(own)) {
      const distance = size + own.size - 2 * common + strangers
      // Distance counts first: what does not come as near need be looked at no further.
      if (best !== null && distance > best.distance) continue
      const union = size + own.size - common + strangers
      const candidate = { release, distance, union, fits: fitness(release, hints) }
      if (best === null || better(candidate, best)) best = candidate
    }
  }
  const close =
    best !== null &&
    (best.distance === 0 ||
      (own.size >= least && best.distance <= most && best.distance <= best.union * near))
  if (best === null || !close) return { release: null, match: 'unknown', missing: [], extra: [] }
  const set = new Set(best.release.roots)
  return {
    release: best.release,
    match: best.distance === 0 ? 'exact' : 'nearest',
    missing: best.release.roots!.filter(root => !own.has(root)),
    extra: [...own].filter(root => !set.has(root)).sort((a, b) => a - b),
  }
}

function better(
  a: { release: Release; distance: number; fits: number },
  b: { release: Release; distance: number; fits: number },
): boolean {
  const difference = b.distance - a.distance || a.fits - b.fits
  if (difference !== 0) return difference > 0
  if (a.release.certainty !== b.release.certainty) return a.release.certainty === 'exact'
  return (a.release.date ?? '') > (b.release.date ?? '')
}

/** How well a release fits what is known of the image: its own version, its package, its line, its family. */
function fitness(release: Release, hints: ReleaseHints): number {
  const { distribution, version, packageVersion } = hints
  if (distribution === undefined) return release.certainty === 'exact' ? 1 : 0
  const id = factsId(distribution)
  const home = release.family.split('/')[0]
  if (home !== id && !(home === 'rhel' && rebuildsRhel(id))) return 0
  if (release.family === 'alpine/base') {
    if (release.version === version) return 5
    return version && lineOf(id, version) === lineOf(id, release.version) ? 4 : 2
  }
  if (packageVersion && release.version === packageVersion) return release.certainty === 'exact' ? 4.5 : 3
  if (version && newestRelease(distribution, version)?.id === release.id) return 2.5
  return 2
}
