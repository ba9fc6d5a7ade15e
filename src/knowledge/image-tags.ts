import { type Day, type Maybe, unknown } from '../model.ts'
import { once, readTextIfThere } from './load.ts'

/** A group of tags that always named the same image. */
export interface TagGroup {
  readonly repo: string
  readonly tags: readonly string[]
  /** In the words of the facts; null where it is not known. */
  readonly os: { readonly id: string; readonly version: string | null } | null
  readonly from: string | null
  readonly until: Day | null
  readonly baseUntil: Day | null
  /** Read from the file when it is asked for. */
  contents(): TagContents
}

/** What the trace of its Dockerfile told of a group. */
export interface TagContents {
  readonly stores: Maybe<readonly TagStore[]>
  /** Null: not known. */
  readonly tool: boolean | null
  readonly packages: readonly string[]
  readonly env: Readonly<Record<string, string | null>>
  readonly user: Maybe<string | null>
  readonly keystores: readonly string[]
  /** `owner/name@commit folder`. */
  readonly source: string
}

export interface TagStore {
  readonly path: string
  readonly aliases: readonly string[]
  /** `package`: the distribution's package; `base`: Alpine's own bundle; `other`: its roots can't be told. */
  readonly how: 'package' | 'base' | 'other'
  /** In the words of the facts. */
  readonly distribution: string
  readonly version: string | null
  /** The day on which it froze; null: it is still rebuilt. */
  readonly day: Day | null
}

/** A row of the table of contents. */
interface ContentsRow {
  readonly s?: readonly (readonly [string, readonly string[], TagStore['how'], string, string])[]
  readonly w?: string
  readonly t?: boolean
  readonly p?: readonly string[]
  readonly e?: Readonly<Record<string, string | null>>
  readonly u?: string
  readonly k?: readonly string[]
}

interface RepositoryFile {
  readonly text: string
  /** Where the groups begin. */
  readonly start: number
  readonly os: readonly (readonly [string, string])[]
  readonly from: readonly string[]
  readonly days: readonly string[]
  readonly contents: readonly ContentsRow[]
  readonly sources: readonly string[]
  /** Twelve digits each, one blank between. */
  readonly commits: string
  readonly dirs: readonly string[]
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
    const text = readTextIfThere(`tags/${repo}.br`)
    if (text === null) return null
    const start = text.indexOf('\n') + 1
    return { ...(JSON.parse(text.slice(0, start)) as Omit<RepositoryFile, 'text' | 'start'>), text, start }
  })
}

function groupOf(repo: string, file: RepositoryFile, line: string): TagGroup {
  const cells = line.split('\t')
  const [tags, os, from, until, baseUntil] = cells as [string, string, string, string, string]
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
    contents: () => contentsOf(file, cells.slice(5) as [string, string, string]),
  }
}

function contentsOf(file: RepositoryFile, [contents, days, place]: [string, string, string]): TagContents {
  const row = file.contents[Number.parseInt(contents, 36)]!
  const when = days.split('.')
  return {
    stores: row.s
      ? row.s.map(([path, aliases, how, distribution, version], index) => ({
          path,
          aliases,
          how,
          distribution,
          version: version || null,
          day: when[index] ? file.days[Number.parseInt(when[index], 36)]! : null,
        }))
      : unknown(row.w ?? 'nobody has looked'),
    tool: row.t ?? null,
    packages: row.p ?? [],
    env: row.e ?? {},
    user: row.u === undefined ? unknown("the base image's USER is not known") : row.u || null,
    keystores: row.k ?? [],
    source: sourceOf(file, place.split('.')),
  }
}

function sourceOf(file: RepositoryFile, [source, commit, dir]: readonly (string | undefined)[]): string {
  if (!source) return ''
  const name = file.sources[Number.parseInt(source, 36)]!
  if (!commit) return name
  const at = Number.parseInt(commit, 36) * 13
  const folder = dir ? file.dirs[Number.parseInt(dir, 36)]! : ''
  return `${name}@${file.commits.slice(at, at + 12)}${folder && ` ${folder}`}`
}
