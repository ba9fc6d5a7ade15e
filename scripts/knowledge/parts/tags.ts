import type { Contents } from '../images/contents.ts'
import type { CuratedRow, Group } from '../images/curated.ts'
import { traceImages } from '../images/index.ts'
import { keptContents } from '../images/kept.ts'
import type { Inputs } from '../inputs.ts'
import type { Part } from '../output.ts'

/**
 * One packed text a repository, made to be searched, not parsed:
 *
 *   a line of JSON: { os: [[id, version]…], from: […], days: […], contents: […], sources: […], commits: […], dirs: […] }
 *   ` tag tag tag \tOS\tFROM\tUNTIL\tBASEUNTIL\tCONTENTS\tDAYS\tPLACE` a group, each an index into the first line or
 *   empty; DAYS one for each store, PLACE source, commit and folder, between dots
 *
 * @param mirrors the folder of mirrored repositories; without it, what an earlier run traced is kept
 * @param only repositories to trace anew, where that is not all; they must not be what others stand on
 * @param kept the folder of that run's data
 */
export function tagsPart(
  inputs: Inputs,
  mirrors: string | undefined,
  only: ReadonlySet<string> | null,
  kept: string,
): Part {
  const groups = inputs
    .text('official-images.ndjson.gz')
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line) as Group)
  const curated = inputs.curatedJson<CuratedRow[]>('image-contents.json')
  const earlier = mirrors === undefined || only ? keptContents(groups, kept) : []
  const anew =
    mirrors === undefined
      ? []
      : traceImages(groups, curated, mirrors, only, done =>
          console.error(`${done} of ${groups.length} groups of tags`),
        )
  const traced = groups.map((_group, index) => anew[index]?.contents ?? earlier[index]!)
  const byRepo = new Map<string, { group: Group; contents: Contents }[]>()
  for (const [index, group] of groups.entries()) {
    const list = byRepo.get(group.repo) ?? []
    list.push({ group, contents: traced[index]! })
    byRepo.set(group.repo, list)
  }
  const files = new Map<string, string>()
  let entries = 0
  for (const repo of [...byRepo.keys()].sort()) {
    if (!/^[a-z0-9]+([._-]+[a-z0-9]+)*$/.test(repo)) throw new Error(`odd repository name ${repo}`)
    const rows = byRepo.get(repo)!
    files.set(`tags/${repo}.br`, textOf(rows))
    entries += rows.reduce((sum, { group }) => sum + group.tags.length, 0)
  }
  const known = groups.filter((_group, index) => traced[index]!.row.s !== undefined)
  return {
    name: 'base-images',
    entries,
    asOf: inputs.asOf('official-images.ndjson.gz'),
    source:
      'history of docker-library/official-images, the Dockerfiles that it names, and what the trace makes of them',
    files,
    counts: {
      repositories: files.size,
      groups: groups.length,
      known: known.reduce((sum, { tags }) => sum + tags.length, 0),
    },
  }
}

function textOf(rows: readonly { group: Group; contents: Contents }[]): string {
  const tables = {
    os: table(),
    from: table(),
    days: table(),
    contents: table(),
    sources: table(),
    commits: table(),
    dirs: table(),
  }
  const body = rows.map(({ group, contents }) => {
    for (const tag of group.tags) {
      if (!/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(tag)) throw new Error(`odd tag ${group.repo}:${tag}`)
    }
    const os = group.os ?? contents.os
    const [source, commit, dir] = contents.place
    const cells = [
      tables.os(os && `${os.id} ${os.version ?? ''}`),
      tables.from(group.from ?? contents.from),
      tables.days(group.until),
      tables.days(group.baseUntil ?? (group.from === undefined ? contents.frozen : null)),
      tables.contents(JSON.stringify(contents.row)),
      contents.days.map(day => tables.days(day)).join('.'),
      [tables.sources(source ?? null), tables.commits(commit ?? null), tables.dirs(dir ?? null)].join('.'),
    ]
    return ` ${group.tags.join(' ')} \t${cells.join('\t')}`
  })
  const head = JSON.stringify({
    os: tables.os.keys().map(key => key.split(' ')),
    from: tables.from.keys(),
    days: tables.days.keys(),
    contents: tables.contents.keys().map(key => JSON.parse(key)),
    sources: tables.sources.keys(),
    commits: tables.commits.keys().join(' '),
    dirs: tables.dirs.keys(),
  })
  return `${head}\n${body.join('\n')}\n`
}

/** Distinct values in order of their first use; a value gives its index, null the empty cell. */
function table() {
  const index = new Map<string, number>()
  const cell = (value: string | null): string => {
    if (value === null) return ''
    if (!index.has(value)) index.set(value, index.size)
    return index.get(value)!.toString(36)
  }
  return Object.assign(cell, { keys: () => [...index.keys()] })
}
