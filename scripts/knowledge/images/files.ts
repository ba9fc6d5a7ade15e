/** The Dockerfile of an entry and the files beside it, from the mirrors. */
import { type BuildContext, clampPath } from '../../../src/dockerfile/context.ts'
import type { Entry } from './library.ts'
import type { Mirrors } from './mirrors.ts'

export interface EntryFile {
  readonly path: string
  readonly object: string
  readonly text: string
}

/** Reads ahead what many entries will ask for: their Dockerfiles, then what those copy. */
export function prepareEntries(mirrors: Mirrors, entries: readonly Entry[]): void {
  const bySource = new Map<string, Entry[]>()
  for (const entry of entries) bySource.set(entry.source, [...(bySource.get(entry.source) ?? []), entry])
  for (const [source, list] of bySource) {
    mirrors.prepare(
      source,
      list.map(entry => `${entry.commit}:${inDir(entry, entry.file)}`),
    )
    const copied = list.flatMap(entry => {
      const file = dockerfileOf(mirrors, entry)
      return file ? copiedFiles(file.text).map(name => `${entry.commit}:${inDir(entry, name)}`) : []
    })
    mirrors.prepare(source, copied)
  }
}

/** Null where it is not at hand. A link is followed once. */
export function dockerfileOf(mirrors: Mirrors, entry: Entry): EntryFile | null {
  const path = inDir(entry, entry.file)
  const file = mirrors.read(entry.source, entry.commit, path)
  if (!file || !/^[^\s]+$/.test(file.text)) return file && { path, ...file }
  const target = clampPath(`${path.slice(0, path.lastIndexOf('/') + 1)}${file.text}`)
  const linked = mirrors.read(entry.source, entry.commit, target)
  return linked && { path: target, ...linked }
}

/** The build context of an entry; what was read of it is told to `told`, with the name of its content. */
export function entryContext(
  mirrors: Mirrors,
  entry: Entry,
  told: (path: string, object: string | null) => void,
): BuildContext {
  return {
    read(path) {
      const name = clampPath(path)
      const inside = inDir(entry, name)
      const file = mirrors.read(entry.source, entry.commit, inside)
      told(name, file?.object ?? null)
      if (file) return { kind: 'file', bytes: new TextEncoder().encode(file.text) }
      if (mirrors.isFolder(entry.source, entry.commit, inside)) return { kind: 'folder' }
      return { kind: 'refused', why: 'it is not at hand' }
    },
    list: () => null,
  }
}

function inDir(entry: Entry, name: string): string {
  return clampPath(entry.dir === '' ? name : `${entry.dir}/${name}`)
}

/** Sources of COPY and ADD, as far as they are plain words. */
function copiedFiles(text: string): string[] {
  const names = new Set<string>()
  for (const found of text.matchAll(/^[ \t]*(?:COPY|ADD)[ \t]+((?:.*\\\r?\n)*.*)$/gim)) {
    const words = found[1]!
      .replace(/[[\]",\\]/g, ' ')
      .split(/\s+/)
      .filter(word => word !== '')
    if (words.some(word => word.startsWith('--from='))) continue
    for (const word of words.slice(0, -1))
      if (/^[\w./-]+$/.test(word) && !word.startsWith('--')) names.add(word)
  }
  return [...names]
}
