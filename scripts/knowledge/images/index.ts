/**
 * Runs the trace over the Dockerfiles of all official images: which stores, packages and variables each group of tags
 * has. What can't be followed is unknown, with the reason.
 */
import { type Contents, contentsOf } from './contents.ts'
import { type CuratedRow, curatedRow, curatedSeen, type Group } from './curated.ts'
import { prepareEntries } from './files.ts'
import { groundOf } from './grounds.ts'
import { cleanDir, type Entry, LibraryHistory } from './library.ts'
import { Mirrors } from './mirrors.ts'
import { Resolver } from './resolver.ts'
import { type Seen, unseen } from './seen.ts'
import { likeSiblings } from './siblings.ts'

/** How what is known of a group came to be known. */
export type Means = 'traced' | 'earlier' | 'sibling' | 'curated' | 'unknown'

export interface TracedGroup {
  readonly contents: Contents
  readonly means: Means
}

/**
 * @param folder the mirrors: OWNER+NAME each, docker-library+official-images among them
 * @param only repositories to trace; null: all
 * @returns one for each group, in order; null: it was not to be traced
 */
export function traceImages(
  groups: readonly Group[],
  curated: readonly CuratedRow[],
  folder: string,
  only: ReadonlySet<string> | null = null,
  progress: (done: number) => void = () => {},
): (TracedGroup | null)[] {
  const mirrors = new Mirrors(folder)
  const history = new LibraryHistory(mirrors)
  const systems = new Map(groups.flatMap(group => group.tags.map(tag => [`${group.repo}:${tag}`, group.os])))
  const grounds = curated.filter(row => row.ground)
  const resolver = new Resolver(
    mirrors,
    history,
    groundOf(grounds, (repo, tag) => systems.get(`${repo}:${tag}`) ?? null),
  )
  const wanted = groups.filter(({ repo }) => only === null || only.has(repo))
  const entries = wanted.map(group => entryOf(group, history))
  prepareEntries(mirrors, entries)
  const traced = wanted.map((group, index) => {
    if (index % 1000 === 0) progress(index)
    return trace(group, entries[index]!, { mirrors, resolver, curated })
  })
  const told = new Map(likeSiblings(wanted, traced).map((one, index) => [wanted[index]!, one]))
  return groups.map(group => told.get(group) ?? null)
}

interface Around {
  readonly mirrors: Mirrors
  readonly resolver: Resolver
  readonly curated: readonly CuratedRow[]
}

function trace(group: Group, entry: Entry, around: Around): TracedGroup {
  const { resolver, mirrors, curated } = around
  const tag = group.tags[0]!
  const until = group.until
  const told = (seen: Seen, place: readonly string[], means: Means): TracedGroup => ({
    contents: contentsOf(seen, place, until),
    means: 'unknown' in seen.stores ? 'unknown' : means,
  })
  if (group.os?.id === 'windows')
    return told(unseen('Windows keeps its trust store in the registry'), [], 'unknown')
  let seen = resolver.entry(group.repo, tag, entry, until)
  let place = placeOf(entry)
  let means: Means = 'traced'
  if (!resolver.canRead(entry) && 'unknown' in seen.stores) {
    // The same Dockerfile as the mirror last had it.
    const commit = mirrors.head(entry.source)
    const earlier = commit === null || until !== null ? null : { ...entry, commit }
    if (earlier && resolver.canRead(earlier)) {
      const old = resolver.entry(group.repo, tag, earlier, until)
      if (stillFits(old, group)) {
        seen = old
        place = placeOf(earlier)
        means = 'earlier'
      }
    }
  }
  if ('unknown' in seen.stores) {
    const row = curatedRow(curated, group)
    const judged = row && curatedSeen(row, group, resolver)
    if (judged) return told(judged, [row.source], 'curated')
  }
  return told(seen, place, means)
}

/** An older Dockerfile tells of a tag that is still rebuilt only where it stands on the same distribution, nothing frozen. */
function stillFits({ frozen, distribution }: Seen, { os }: Group): boolean {
  const same = os === null || (distribution?.id === os.id && distribution.version === os.version)
  return frozen === null && same
}

function placeOf({ source, commit, dir }: Entry): string[] {
  return [source.trim(), commit, dir]
}

/** The facts name no file: the library does. */
function entryOf(group: Group, history: LibraryHistory): Entry {
  const { source, commit, tags } = group
  const dir = cleanDir(group.dir)
  const found = history.entryAt(group.repo, tags[0]!, group.until)?.entry
  const same = found !== undefined && found.commit === commit && found.dir === dir
  return { source: source.trim(), commit, dir, file: same ? found.file : 'Dockerfile', tags }
}
