/** Where the official library took its tags from, day by day: the history of docker-library/official-images. */
import { blobs, type Mirrors, run } from './mirrors.ts'

/** What a tag was built from. */
export interface Entry {
  /** `owner/name` on GitHub, or a whole address elsewhere. */
  readonly source: string
  /** 12 digits. */
  readonly commit: string
  /** Without slashes around it; empty: the root. */
  readonly dir: string
  /** The name of the Dockerfile in it. */
  readonly file: string
  /** All tags of the same paragraph. */
  readonly tags: readonly string[]
}

/** A tag's entry from one day on; null: it was dropped. */
interface Change {
  readonly day: string
  readonly entry: Entry | null
}

export const library = 'docker-library/official-images'

export class LibraryHistory {
  readonly #mirrors: Mirrors
  readonly #versions = new Map<string, { readonly day: string; readonly object: string | null }[]>()
  readonly #changes = new Map<string, Map<string, Change[]>>()

  /** @throws where the mirrors have no docker-library/official-images */
  constructor(mirrors: Mirrors) {
    this.#mirrors = mirrors
    const git = mirrors.gitOf(library)
    if (git === null) throw new Error(`the mirrors have no ${library}`)
    const log = run(git, [
      ...[
        'log',
        '--first-parent',
        '--reverse',
        '--no-renames',
        '--raw',
        '--no-abbrev',
        '--format=C %ct',
        'HEAD',
      ],
      ...['--', 'library'],
    ]).toString('utf8')
    let day = ''
    for (const line of log.split('\n')) {
      if (line.startsWith('C ')) day = new Date(Number(line.slice(2)) * 1000).toISOString().slice(0, 10)
      const found = /^:\d+ \d+ \w+ (\w+) \w\tlibrary\/([^/]+)$/.exec(line)
      if (!found) continue
      const object = /^0+$/.test(found[1]!) ? null : found[1]!
      const list = this.#versions.get(found[2]!) ?? []
      list.push({ day, object })
      this.#versions.set(found[2]!, list)
    }
  }

  /**
   * What a tag was built from on a day, and the day on which it had been dropped before, if it had.
   * @param day null: today
   */
  entryAt(repo: string, tag: string, day: string | null): { entry: Entry; dropped: string | null } | null {
    const changes = this.#of(repo).get(tag) ?? []
    let last: Entry | null = null
    let dropped: string | null = null
    for (const change of changes) {
      if (day !== null && change.day > day) break
      if (change.entry) [last, dropped] = [change.entry, null]
      else dropped = change.day
    }
    return last && { entry: last, dropped }
  }

  #of(repo: string): Map<string, Change[]> {
    const known = this.#changes.get(repo)
    if (known) return known
    const changes = new Map<string, Change[]>()
    const versions = this.#versions.get(repo) ?? []
    const objects = versions.flatMap(({ object }) => (object === null ? [] : [object]))
    const texts = blobs(this.#mirrors.gitOf(library)!, [...new Set(objects)])
    let alive = new Map<string, Entry>()
    for (const { day, object } of versions) {
      const now = object === null ? new Map<string, Entry>() : parseLibrary(texts.get(object) ?? '')
      for (const tag of alive.keys()) if (!now.has(tag)) changes.get(tag)!.push({ day, entry: null })
      for (const [tag, entry] of now) {
        const before = alive.get(tag)
        if (before && before.commit === entry.commit && before.dir === entry.dir) continue
        const list = changes.get(tag) ?? []
        list.push({ day, entry })
        changes.set(tag, list)
      }
      alive = now
    }
    this.#changes.set(repo, changes)
    return changes
  }
}

/** A file of the library, in its first form (`tag: git://…@commit dir`) or as paragraphs of fields. Linux on amd64. */
export function parseLibrary(text: string): Map<string, Entry> {
  const tags = new Map<string, Entry>()
  const clean = text.replace(/^#.*\n?/gm, '')
  let defaults: Record<string, string> = {}
  for (const paragraph of clean.split(/\n\s*\n/)) {
    if (
      /^[^\s:]+:\s*(?:git|https?):\/\//m.test(paragraph) &&
      !/^(?:Maintainers|GitRepo|Tags):/m.test(paragraph)
    ) {
      for (const line of paragraph.split('\n')) {
        const found = /^([^\s:]+):\s*((?:git|https?):\/\/\S+?)@(\S+)(?:\s+(\S+))?\s*$/.exec(line)
        if (found) add(tags, [found[1]!], [], entryOf(found[2]!, found[3]!, found[4] ?? '', 'Dockerfile'))
      }
      continue
    }
    const fields = { ...defaults, ...fieldsOf(paragraph) }
    const of = (name: string): string | undefined => fields[`amd64-${name}`] ?? fields[name]
    if (fields.Tags === undefined) {
      if (Object.keys(defaults).length === 0) defaults = fields
      continue
    }
    const { Architectures: architectures = 'amd64' } = fields
    if (!architectures.split(/[,\s]+/).some(name => name === 'amd64')) continue
    const split = (list: string | undefined): string[] =>
      (list ?? '').split(/[,\s]+/).filter(tag => tag !== '')
    const entry = entryOf(
      of('GitRepo') ?? '',
      of('GitCommit') ?? '',
      of('Directory') ?? '',
      of('File') ?? 'Dockerfile',
    )
    add(tags, split(fields.Tags), split(fields.SharedTags), entry)
  }
  return tags
}

function add(
  tags: Map<string, Entry>,
  own: readonly string[],
  shared: readonly string[],
  entry: Omit<Entry, 'tags'>,
): void {
  const all = [...own, ...shared]
  for (const tag of own) tags.set(tag, { ...entry, tags: all })
  for (const tag of shared) if (!tags.has(tag)) tags.set(tag, { ...entry, tags: all })
}

function entryOf(repo: string, commit: string, dir: string, file: string): Omit<Entry, 'tags'> {
  return {
    source: repo
      .replace(/^(?:git|https?):\/\/github\.com\//, '')
      .replace(/(?:\.git)?\/?$/, '')
      .replace(/#.*$/, ''),
    commit: commit.slice(0, 12),
    dir: cleanDir(dir),
    file,
  }
}

/** `./3/slim/` is `3/slim`. */
export function cleanDir(dir: string): string {
  return dir
    .split('/')
    .filter(part => part !== '' && part !== '.')
    .join('/')
}

function fieldsOf(paragraph: string): Record<string, string> {
  const fields: Record<string, string> = {}
  for (const found of paragraph.matchAll(/^([A-Za-z0-9-]+):[ \t]*(.*(?:\n[ \t]+.*)*)/gm)) {
    fields[found[1]!] = found[2]!.replace(/\s+/g, ' ').trim()
  }
  return fields
}
