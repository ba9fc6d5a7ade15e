import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { extract } from 'tar-stream'
import type { ImageTree, LayerEntry } from '../../src/image/facts.ts'
import { overlay } from '../../src/image/overlay.ts'
import { trustReader } from '../../src/trust/reader.ts'

/** A file's content, or where a link leads: `{ link: '../x' }`. */
export type Sketch = string | Uint8Array | { readonly link: string }

/** Layers as maps from absolute path to content or link, the lowest first. */
export function treeOf(...layers: readonly Readonly<Record<string, Sketch>>[]): ImageTree {
  return overlay(
    layers.map(layer => ({
      diffId: null,
      entries: Object.entries(layer).map(([path, sketch]) => entryOf(path.slice(1), sketch)),
      whiteouts: [],
      opaque: [],
    })),
  )
}

/** The tree of an unpacked root filesystem, read from disk: one layer; devices and other file systems left out. */
export function treeOfFolder(folder: string): ImageTree {
  const entries: LayerEntry[] = []
  const todo = ['']
  for (let parent = todo.pop(); parent !== undefined; parent = todo.pop()) {
    for (const each of readdirSync(join(folder, parent), { withFileTypes: true })) {
      const path = parent === '' ? each.name : `${parent}/${each.name}`
      if (['proc', 'sys', 'dev', 'run', 'tmp'].includes(path)) continue
      const full = join(folder, path)
      if (each.isDirectory()) todo.push(path)
      else if (each.isSymbolicLink()) entries.push(entryOf(path, { link: readlinkSync(full) }))
      else if (each.isFile()) entries.push(entryOf(path, readFileSync(full)))
    }
  }
  return overlay([{ diffId: null, entries, whiteouts: [], opaque: [] }])
}

/** The tree of a gzipped tar of a root filesystem, through a tar reader that is not ours. */
export async function treeOfTarGz(file: string): Promise<ImageTree> {
  const entries: LayerEntry[] = []
  const tar = extract()
  tar.on('entry', (header, stream, next) => {
    const parts: Buffer[] = []
    stream.on('data', part => {
      parts.push(part as Buffer)
    })
    stream.on('end', () => {
      const path = header.name.replace(/^\.?\//, '').replace(/\/$/, '')
      if (header.type === 'file') entries.push(entryOf(path, Buffer.concat(parts)))
      else if (header.type === 'symlink') entries.push(entryOf(path, { link: header.linkname! }))
      else if (header.type === 'directory' && path !== '') entries.push(base(path, 'dir'))
      next()
    })
  })
  await new Promise<void>((resolve, reject) => {
    tar.on('finish', () => resolve())
    tar.on('error', reject)
    tar.end(gunzipSync(readFileSync(file)))
  })
  return overlay([{ diffId: null, entries, whiteouts: [], opaque: [] }])
}

function entryOf(path: string, sketch: Sketch): LayerEntry {
  if (typeof sketch === 'object' && 'link' in sketch) return { ...base(path, 'symlink'), link: sketch.link }
  const bytes = typeof sketch === 'string' ? Buffer.from(sketch) : sketch
  const { length } = bytes
  const scanner = trustReader.scan(path, length)
  scanner?.push(bytes)
  const { startBytes, keepStart, condense } = trustReader
  const kept =
    trustReader.keep(path, length) ||
    (length >= startBytes! && keepStart!(path, length, bytes.subarray(0, startBytes)))
  return {
    ...base(path, 'file'),
    size: length,
    content: kept ? condense!.call(trustReader, path, bytes) : null,
    found: scanner?.end() ?? [],
  }
}

function base(path: string, type: LayerEntry['type']): LayerEntry {
  return { path, type, link: null, mode: 0o644, uid: 0, gid: 0, size: 0, content: null, found: [] }
}
