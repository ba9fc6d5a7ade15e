import { once, readJson } from './load.ts'
import type { Release } from './types.ts'

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

interface ReleaseData {
  readonly releases: readonly ReleaseRow[]
  /** By distribution and line: `debian 9`. */
  readonly served: Readonly<Record<string, readonly ServedRow[]>>
}

const data = () => readJson<ReleaseData>('releases.json.br')

/** All known releases, in the order of the data. */
export function allReleases(): readonly Release[] {
  return once('releases', () => data().releases.map(releaseOf))
}

/** @param id `alpine/base 3.8.5`, `debian/ca-certificates 20230311`, `mozilla 2.60`, `certifi 2024.2.2` */
export function releaseById(id: string): Release | null {
  return (
    once('releases by id', () => new Map(allReleases().map(release => [release.id, release]))).get(id) ?? null
  )
}

/** @param family `debian/ca-certificates`, `alpine/base`, `certifi`, `mozilla`, … */
export function releasesOf(family: string): readonly Release[] {
  return allReleases().filter(release => release.family === family)
}

/** What the archive of a line served; the words are those of the facts. */
export function servedRows(distribution: string, line: string): readonly ServedRow[] {
  const { served } = data()
  return Object.hasOwn(served, `${distribution} ${line}`) ? served[`${distribution} ${line}`]! : []
}

/** All lines whose archive's releases are known, by distribution and line: `debian 9`. */
export function servedLines(): readonly (readonly [distribution: string, line: string])[] {
  return Object.keys(data().served).map(key => {
    const space = key.indexOf(' ')
    return [key.slice(0, space), key.slice(space + 1)]
  })
}

function releaseOf([id, family, name, version, date, mozilla, exact, source, packed]: ReleaseRow): Release {
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

function unpack(packed: Roots): readonly number[] | null {
  if (packed === null || Array.isArray(packed)) return packed
  const set = new Set(allReleases()[packed.of]!.roots)
  for (const root of packed.less) set.delete(root)
  for (const root of packed.plus) set.add(root)
  return [...set].sort((a, b) => a - b)
}
