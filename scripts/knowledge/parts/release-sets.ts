import type { RawRoot } from './roots.ts'

export interface MozillaVersion {
  readonly version: string
  readonly date: string
  readonly set: string
  readonly source: string
}

export interface RawSet {
  readonly version: string | null
  readonly date: string
  readonly commit: string
  readonly roots: readonly number[]
}

/** What a package's changelog says that it did to Mozilla's set. */
export interface PackageChange {
  readonly family: string
  /** The whole version, as a regular expression. */
  readonly version: string
  /** Start from that release instead of Mozilla's. */
  readonly base?: string
  readonly lessFile?: readonly string[]
  readonly plusFile?: readonly string[]
  readonly lessSubject?: string
  readonly source: string
}

/** Mozilla's sets by version and by day. */
export class MozillaSets {
  readonly versions: readonly MozillaVersion[]
  private readonly sets: readonly RawSet[]

  constructor(versions: readonly MozillaVersion[], sets: readonly RawSet[]) {
    this.versions = versions
    this.sets = sets
  }

  set(version: MozillaVersion): readonly number[] {
    const found = this.sets.find(set => set.commit === version.set)
    if (!found) throw new Error(`no set of commit ${version.set}`)
    return found.roots
  }

  /** The newest version that is not above this number: packagers number on their own too (Fedora's 2.41). */
  upTo(version: string): MozillaVersion | null {
    const wanted = number(version)
    return this.versions.filter(known => number(known.version) <= wanted).at(-1) ?? null
  }

  /** The version whose set is nearest to this one, for releases that don't name theirs. */
  nearest(roots: readonly number[]): string | null {
    const own = new Set(roots)
    let best: { version: string; distance: number } | null = null
    for (const version of this.versions) {
      const set = this.set(version)
      const common = set.filter(root => own.has(root)).length
      const distance = set.length + own.size - 2 * common
      // Of equals the newest: a package takes the newest list that is there.
      if (best === null || distance <= best.distance) best = { version: version.version, distance }
    }
    return best !== null && best.distance <= 15 ? best.version : null
  }

  /** The state of the source at the end of a day. */
  onDay(day: string): RawSet | null {
    return this.sets.filter(set => set.date <= day).at(-1) ?? null
  }

  /** The newest day that the history covers. */
  get end(): string {
    return this.sets.at(-1)!.date
  }
}

function number(version: string): number {
  const [major, minor] = version.split('.')
  return Number(major) * 10_000 + Number(minor ?? 0)
}

/** Applies what changelogs say to a set. */
export function changed(
  roots: readonly RawRoot[],
  set: readonly number[],
  changes: readonly PackageChange[],
): { roots: number[]; sources: string[] } {
  const result = new Set(set)
  const sources: string[] = []
  for (const change of changes) {
    const before = result.size
    for (const file of change.lessFile ?? []) for (const index of named(roots, file)) result.delete(index)
    if (change.lessSubject !== undefined) {
      const pattern = new RegExp(change.lessSubject)
      for (const index of [...result]) if (pattern.test(roots[index]!.subject)) result.delete(index)
    }
    for (const file of change.plusFile ?? []) for (const index of named(roots, file)) result.add(index)
    if (result.size !== before || change.base !== undefined) sources.push(change.source)
  }
  return { roots: [...result].sort((a, b) => a - b), sources }
}

function named(roots: readonly RawRoot[], file: string): number[] {
  const found = roots.flatMap((root, index) => (root.debian === file ? [index] : []))
  if (found.length !== 1) throw new Error(`${found.length} roots have the file ${file}`)
  return found
}
