import type { Day } from '../model.ts'
import { once, readBytesIfThere } from './load.ts'

/** A group of tags that always named the same image. */
export interface TagGroup {
  readonly repo: string
  readonly tags: readonly string[]
  /** In the words of the facts; null where it is not known. */
  readonly os: { readonly id: string; readonly version: string | null } | null
  readonly from: string | null
  readonly until: Day | null
  readonly baseUntil: Day | null
}

interface RepositoryFile {
  readonly text: string
  /** Where the groups begin. */
  readonly start: number
  readonly os: readonly (readonly [string, string])[]
  readonly from: readonly string[]
  readonly days: readonly string[]
}

/** Repositories of the official library are named so; nothing else becomes a file name. */
const repository = /^[a-z0-9]+(?:[._-]+[a-z0-9]+)*$/

/** Whether the official library ever had this repository. */
export function hasRepository(repo: string): boolean {
  return fileOf(repo) !== null
}

/** The group of one tag: its repository's file is searched, nothing is parsed but the one line. */
export function findTag(repo: string, tag: string): TagGroup | null {
  const file = fileOf(repo)
  if (!file || !/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(tag)) return null
  const at = file.text.indexOf(` ${tag} `, file.start - 1)
  if (at < 0) return null
  const start = file.text.lastIndexOf('\n', at) + 1
  return groupOf(repo, file, file.text.slice(start, file.text.indexOf('\n', at)))
}

/** All groups of a repository. */
export function tagGroups(repo: string): readonly TagGroup[] {
  const file = fileOf(repo)
  if (!file) return []
  return once(`groups of ${repo}`, () =>
    file.text
      .slice(file.start)
      .split('\n')
      .filter(line => line !== '')
      .map(line => groupOf(repo, file, line)),
  )
}

function fileOf(repo: string): RepositoryFile | null {
  if (!repository.test(repo)) return null
  return once(`tags of ${repo}`, () => {
    const bytes = readBytesIfThere(`tags/${repo}.br`)
    if (bytes === null) return null
    const text = bytes.toString('latin1')
    const start = text.indexOf('\n') + 1
    return { ...(JSON.parse(text.slice(0, start)) as Omit<RepositoryFile, 'text' | 'start'>), text, start }
  })
}

function groupOf(repo: string, file: RepositoryFile, line: string): TagGroup {
  const [tags, os, from, until, baseUntil] = line.split('\t') as [string, string, string, string, string]
  const pick = <T>(list: readonly T[], index: string): T | null =>
    index === '' ? null : (list[Number.parseInt(index, 36)] ?? null)
  const system = pick(file.os, os)
  return {
    repo,
    tags: tags.trim().split(' '),
    os: system && { id: system[0], version: system[1] || null },
    from: pick(file.from, from),
    until: pick(file.days, until),
    baseUntil: pick(file.days, baseUntil),
  }
}
