import type { Inputs } from '../inputs.ts'
import type { Part } from '../output.ts'

interface RawGroup {
  readonly repo: string
  readonly tags: readonly string[]
  readonly os: { readonly id: string; readonly version: string | null } | null
  readonly until: string | null
  readonly from?: string
  readonly baseUntil?: string
  readonly source: string
  readonly commit: string
  readonly dir: string
}

/**
 * One packed text a repository, made to be searched, not parsed:
 *
 *   a line of JSON: { os: [[id, version]…], from: […], days: […] }
 *   ` tag tag tag \tOS\tFROM\tUNTIL\tBASEUNTIL` a group, each an index into the first line or empty
 */
export function tagsPart(inputs: Inputs): Part {
  const groups = inputs
    .text('official-images.ndjson.gz')
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line) as RawGroup)
  const byRepo = new Map<string, RawGroup[]>()
  for (const group of groups) byRepo.set(group.repo, [...(byRepo.get(group.repo) ?? []), group])
  const files = new Map<string, string>()
  let entries = 0
  for (const repo of [...byRepo.keys()].sort()) {
    if (!/^[a-z0-9]+([._-]+[a-z0-9]+)*$/.test(repo)) throw new Error(`odd repository name ${repo}`)
    const rows = byRepo.get(repo)!
    files.set(`tags/${repo}.br`, textOf(rows))
    entries += rows.reduce((sum, row) => sum + row.tags.length, 0)
  }
  return {
    name: 'base-images',
    entries,
    asOf: inputs.asOf('official-images.ndjson.gz'),
    source: 'history of docker-library/official-images, and the FROM lines of the Dockerfiles that it names',
    files,
    counts: { repositories: files.size, groups: groups.length },
  }
}

function textOf(rows: readonly RawGroup[]): string {
  const os = table(rows.map(row => (row.os ? `${row.os.id} ${row.os.version ?? ''}` : null)))
  const from = table(rows.map(row => row.from ?? null))
  const days = table(rows.flatMap(row => [row.until, row.baseUntil ?? null]))
  const cell = (index: ReadonlyMap<string, number>, value: string | null) =>
    value === null ? '' : index.get(value)!.toString(36)
  const head = JSON.stringify({
    os: [...os.keys()].map(key => key.split(' ')),
    from: [...from.keys()],
    days: [...days.keys()],
  })
  const body = rows.map(row => {
    for (const tag of row.tags) {
      if (!/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(tag)) throw new Error(`odd tag ${row.repo}:${tag}`)
    }
    const cells = [
      cell(os, row.os ? `${row.os.id} ${row.os.version ?? ''}` : null),
      cell(from, row.from ?? null),
      cell(days, row.until),
      cell(days, row.baseUntil ?? null),
    ]
    return ` ${row.tags.join(' ')} \t${cells.join('\t')}`
  })
  return `${head}\n${body.join('\n')}\n`
}

/** Distinct values in order of their first use. */
function table(values: readonly (string | null)[]): Map<string, number> {
  const index = new Map<string, number>()
  for (const value of values) if (value !== null && !index.has(value)) index.set(value, index.size)
  return index
}
