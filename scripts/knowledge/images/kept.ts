import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliDecompressSync } from 'node:zlib'
import type { Contents, ContentsRow } from './contents.ts'
import type { Group } from './curated.ts'

interface Head {
  readonly os: readonly (readonly [string, string])[]
  readonly from: readonly string[]
  readonly days: readonly string[]
  readonly contents: readonly ContentsRow[]
  readonly sources: readonly string[]
  readonly commits: string
  readonly dirs: readonly string[]
}

/**
 * What an earlier run traced, read back from its data.
 * @param folder of the data
 */
export function keptContents(groups: readonly Group[], folder: string): Contents[] {
  const repos = new Map<string, Map<string, Contents>>()
  return groups.map(({ repo, tags, os, until }) => {
    let known = repos.get(repo)
    if (!known) {
      known = contentsIn(join(folder, 'tags', `${repo}.br`))
      repos.set(repo, known)
    }
    return (
      known.get(tags[0]!) ?? {
        row: { w: 'nobody has looked' },
        days: [until],
        place: [],
        os,
        from: null,
        frozen: null,
      }
    )
  })
}

/** By the first tag of each group. */
function contentsIn(path: string): Map<string, Contents> {
  const found = new Map<string, Contents>()
  if (!existsSync(path)) return found
  const [first, ...lines] = brotliDecompressSync(readFileSync(path)).toString('utf8').split('\n')
  const head = JSON.parse(first!) as Head
  if (!head.contents) return found
  const commits = head.commits.split(' ')
  const pick = <T>(list: readonly T[], cell: string | undefined): T | null =>
    cell === undefined || cell === '' ? null : list[Number.parseInt(cell, 36)]!
  for (const line of lines) {
    if (line === '') continue
    const [tags, os, from, , baseUntil, contents, days, place] = line.split('\t') as string[]
    const system = pick(head.os, os)
    const row = pick(head.contents, contents)!
    const [source, commit, dir] = place!.split('.')
    const where = [pick(head.sources, source), pick(commits, commit), pick(head.dirs, dir)]
    found.set(tags!.trim().split(' ')[0]!, {
      row,
      days: row.s ? row.s.map((_store, index) => pick(head.days, days!.split('.')[index])) : [],
      place: where.filter(part => part !== null),
      os: system && { id: system[0], version: system[1] || null },
      from: pick(head.from, from),
      frozen: pick(head.days, baseUntil),
    })
  }
  return found
}
