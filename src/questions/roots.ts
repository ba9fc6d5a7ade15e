/** What rules ask of roots at an instant. */
import { breakingRoots, rootByFingerprint, rootByIndex, trustedByMozillaAt } from '../knowledge/roots.ts'
import type { KnownRoot, Release } from '../knowledge/types.ts'
import type { Instant, Root } from '../model.ts'

/** A root that has expired and that old TLS libraries still build chains through. */
export interface Breaking {
  readonly root: Root
  /** Names of the roots that it cross-signed and that are trusted at the instant. */
  readonly crossSigned: readonly string[]
  /** Of which of the two outages the chains are that it breaks; absent: not known. */
  readonly shape?: '2020' | '2021'
}

/** A certificate is valid up to and including notAfter (RFC 5280, 4.1.2.5). */
export function isExpired(root: Pick<Root, 'notAfter'>, at: Instant): boolean {
  return at > root.notAfter
}

/** The expired ones, by their end, then by name. */
export function expiredOf(roots: readonly Root[], at: Instant): Root[] {
  return byEnd(roots.filter(root => isExpired(root, at)))
}

/** The breaking ones among the expired ones, in the same order. */
export function breakingOf(roots: readonly Root[], at: Instant): Breaking[] {
  const known = new Map(breakingRoots().map(entry => [entry.sha256, entry]))
  return expiredOf(roots, at).flatMap(root => {
    const entry = known.get(root.sha256)
    const crossSigned = (entry?.crossSigned ?? []).filter(({ sha256 }) => isTrusted(sha256, at))
    if (entry === undefined || crossSigned.length === 0) return []
    const names = crossSigned.map(({ name }) => name)
    return [{ root, crossSigned: names, ...(entry.shape === undefined ? {} : { shape: entry.shape }) }]
  })
}

/**
 * Fingerprints of the trusted roots that an expired root had cross-signed: what stood on the old one until its end
 * is reached through these alone, so a store that lacks them lacks something that matters.
 */
export function successorsOfExpired(at: Instant): ReadonlySet<string> {
  const ended = breakingRoots().filter(({ sha256 }) => {
    const known = rootByFingerprint(sha256)
    return known !== null && isExpired(known, at)
  })
  const fingerprints = ended.flatMap(({ crossSigned }) => crossSigned.map(({ sha256 }) => sha256))
  return new Set(fingerprints.filter(sha256 => isTrusted(sha256, at)))
}

/** Does Mozilla trust it for servers at the instant, and is it in date? */
export function isTrusted(sha256: string, at: Instant): boolean {
  const root = rootByFingerprint(sha256)
  return root !== null && trustedByMozillaAt(at).includes(root) && !isExpired(root, at)
}

export function byEnd(roots: readonly Root[]): Root[] {
  return [...roots].sort(
    (a, b) =>
      a.notAfter - b.notAfter || (a.name < b.name ? -1 : a.name > b.name ? 1 : a.sha256 < b.sha256 ? -1 : 1),
  )
}

export function without(roots: readonly Root[], gone: readonly Root[]): Root[] {
  const fingerprints = new Set(gone.map(({ sha256 }) => sha256))
  return roots.filter(({ sha256 }) => !fingerprints.has(sha256))
}

export function toRoot({ sha256, name, notBefore, notAfter }: KnownRoot): Root {
  return { sha256, name, notBefore, notAfter }
}

/** The roots of a release; null where they are not known. */
export function rootsOf(release: Release): Root[] | null {
  return release.roots?.map(index => toRoot(rootByIndex(index))) ?? null
}
