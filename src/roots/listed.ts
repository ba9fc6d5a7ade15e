/** A root as `roots` lists it: what it is, and where it stands at a date. */
import { formatInstant } from '../clock.ts'
import { rootByFingerprint, statusAt, trustedByMozillaAt } from '../knowledge/roots.ts'
import type { KnownRoot } from '../knowledge/types.ts'
import type { Instant, Root } from '../model.ts'
import type { ListedRoot } from './report.ts'

export interface ListSettings {
  readonly at: Instant
  /** Milliseconds before its end in which a root counts as expiring. */
  readonly expiringWithin: number
}

export function listedRoot(root: Root | KnownRoot, { at, expiringWithin }: ListSettings): ListedRoot {
  const known = rootByFingerprint(root.sha256)
  return {
    sha256: root.sha256,
    name: root.name,
    notBefore: formatInstant(root.notBefore),
    notAfter: formatInstant(root.notAfter),
    status: known
      ? [...statusAt(known, at, { expiringWithin }).status]
      : at > root.notAfter
        ? ['expired']
        : at + expiringWithin >= root.notAfter
          ? ['expiring']
          : [],
    mozilla: known !== null && trustedByMozillaAt(at).includes(known),
    known: known !== null,
  }
}

/** By name, then by fingerprint, in code units. */
export function listedRoots(roots: readonly (Root | KnownRoot)[], settings: ListSettings): ListedRoot[] {
  return roots
    .map(root => listedRoot(root, settings))
    .sort((a, b) => compare(a.name, b.name) || compare(a.sha256, b.sha256))
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
