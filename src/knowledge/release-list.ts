import { once, readLines } from './load.ts'
import type { Release } from './types.ts'

/** All; or those of another release, of which it lacks `less`, and has `plus` beside them: no number twice. */
type Roots = number[] | { of: number; less: number[]; plus: number[] } | null
type ReleaseRow = [
  id: string,
  family: string,
  packageName: string | null,
  version: string,
  date: string | null,
  mozilla: string | null,
  exact: 0 | 1,
  source: string,
  roots: Roots,
]

/** `[release id, came not before, came not after (null: nobody knows), from memory]`, a row a version. */
export type ServedRow = [id: string, from: string | null, by: string | null, memory: 0 | 1]

/**
 * The file has a row on each line, the releases first, then `"served":{` and what archives served. Of its 170 kB a
 * look-up parses the lines that it needs.
 */
const FILE = 'releases.json.br'
const made: Release[] = []
/** What the rows of those say of their roots. */
const packedRoots: Roots[] = []

interface Lines {
  /** A release each. */
  readonly releases: readonly string[]
  /** `"debian 9":[…]` each. */
  readonly served: readonly string[]
}

const lines = () =>
  once<Lines>('lines of releases', () => {
    const all = readLines(FILE)
    const served = all.indexOf('"served":{')
    return {
      releases: all.slice(1, served - 1),
      served: all.slice(served + 1).filter(line => line[0] === '"'),
    }
  })

/** All known releases, in the order of the data. */
export function allReleases(): readonly Release[] {
  return once('releases', () => lines().releases.map((_, index) => releaseAt(index)))
}

/** A release's roots, counted. */
export interface Overlap {
  readonly release: Release
  /** How many roots it has. */
  readonly size: number
  /** How many of them are among those that were asked about. */
  readonly common: number
}

/**
 * How much each release whose roots are known has in common with a set of roots, in the order of the data. Counted by
 * what a release changes of another one: no set is made.
 * @param roots numbers of roots
 */
export function overlaps(roots: ReadonlySet<number>): readonly Overlap[] {
  const among = (numbers: readonly number[]) => {
    let count = 0
    for (const number of numbers) if (roots.has(number)) count++
    return count
  }
  const counted: (Overlap | null | undefined)[] = []
  const overlapAt = (index: number): Overlap | null => {
    const known = counted[index]
    if (known !== undefined) return known
    const overlap = count(releaseAt(index), rootsAt(index))
    counted[index] = overlap
    return overlap
  }
  const count = (release: Release, own: Roots): Overlap | null => {
    if (own === null) return null
    if (Array.isArray(own)) return { release, size: own.length, common: among(own) }
    const { size, common } = overlapAt(own.of) ?? { size: 0, common: 0 }
    return {
      release,
      size: size - own.less.length + own.plus.length,
      common: common - among(own.less) + among(own.plus),
    }
  }
  return allReleases().flatMap((_, index) => overlapAt(index) ?? [])
}

/** @param id `alpine/base 3.8.5`, `debian/ca-certificates 20230311`, `mozilla 2.60`, `certifi 2024.2.2` */
export function releaseById(id: string): Release | null {
  const start = `[${JSON.stringify(id)},`
  const index = lines().releases.findIndex(line => line.startsWith(start))
  return index < 0 ? null : releaseAt(index)
}

/**
 * @param family `debian/ca-certificates`, `alpine/base`, `certifi`, `mozilla`, …
 * @param wanted versions that are asked for; default: all
 */
export function releasesOf(
  family: string,
  wanted: (version: string) => boolean = () => true,
): readonly Release[] {
  // An id is the family and the version.
  const start = `["${family} `
  return lines().releases.flatMap((line, index) =>
    line.startsWith(start) && wanted(line.slice(start.length, line.indexOf('"', start.length)))
      ? [releaseAt(index)]
      : [],
  )
}

/** What the archive of a line served; the words are those of the facts. */
export function servedRows(distribution: string, line: string): readonly ServedRow[] {
  const start = `${JSON.stringify(`${distribution} ${line}`)}:`
  const row = lines().served.find(each => each.startsWith(start))
  return row === undefined ? [] : once(`served: ${row}`, () => JSON.parse(row.slice(start.length)))
}

/** All lines whose archive's releases are known, by distribution and line: `debian 9`. */
export function servedLines(): readonly (readonly [distribution: string, line: string])[] {
  return lines().served.map(row => {
    const key: string = JSON.parse(row.slice(0, row.indexOf('":') + 1))
    const space = key.indexOf(' ')
    return [key.slice(0, space), key.slice(space + 1)]
  })
}

function releaseAt(index: number): Release {
  made[index] ??= releaseOf(JSON.parse(lines().releases[index] as string), index)
  return made[index]
}

function releaseOf(row: ReleaseRow, index: number): Release {
  const [id, family, name, version, date, mozilla, exact, source, packed] = row
  packedRoots[index] = packed
  // Most look-ups ask for one set of some hundreds: each is unpacked at its first use.
  let roots: readonly number[] | null | undefined
  return {
    id,
    family,
    package: name,
    version,
    date,
    mozilla,
    get roots() {
      if (roots === undefined) roots = unpack(packed)
      return roots
    },
    certainty: exact ? 'exact' : 'about',
    source,
  }
}

/** A set is told by what it has more and less than another, and that by a third: none between is made. */
function unpack(packed: Roots): readonly number[] | null {
  const steps: Exclude<Roots, readonly number[] | null>[] = []
  let base = packed
  while (base !== null && !Array.isArray(base)) {
    steps.push(base)
    base = rootsAt(base.of)
  }
  if (steps.length === 0) return base
  const set = new Set(base)
  for (const { less, plus } of steps.reverse()) {
    for (const root of less) set.delete(root)
    for (const root of plus) set.add(root)
  }
  return [...set].sort((a, b) => a - b)
}

function rootsAt(index: number): Roots {
  releaseAt(index)
  return packedRoots[index] as Roots
}
