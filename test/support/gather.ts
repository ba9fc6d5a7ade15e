import type { ContentReader, ImageTree, LayerFacts } from '../../src/image/facts.ts'
import { readLayer } from '../../src/image/layer-facts.ts'
import { overlay } from '../../src/image/overlay.ts'
import { type LayerFiles, layerTar } from './image.ts'

/** Keeps every file up to 1 MiB and scans none: what a test of image/ needs of trust/. */
export const keepAll: ContentReader = {
  version: 'test',
  keep: (_, size) => size <= 1024 * 1024,
  scan: () => null,
}

/** Keeps nothing. */
export const keepNone: ContentReader = { version: 'none', keep: () => false, scan: () => null }

export async function* inPieces(bytes: Uint8Array, size = 64 * 1024): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

/** The facts of a packed or plain layer, nothing expected of it. */
export function factsOf(blob: Uint8Array, reader = keepAll, piece?: number): Promise<LayerFacts> {
  const expected = { digest: null, size: null, diffId: null }
  return readLayer('the layer', inPieces(blob, piece), expected, reader, {})
}

/** The tree of layers given as files. */
export async function treeOfLayers(...layers: readonly LayerFiles[]): Promise<ImageTree> {
  return overlay(await Promise.all(layers.map(async files => factsOf(await layerTar(files)))))
}

/** A file's text in the tree; null where it is not there. */
export function textAt(tree: ImageTree, path: string): string | null {
  const content = tree.read(path)
  return content && Buffer.from(content).toString()
}

/** Every path of the tree with what it is, links not followed: what two readers must agree on. */
export function listing(tree: ImageTree): Record<string, string> {
  const seen: Record<string, string> = {}
  const links = new Map([...tree.links()].map(one => [one.path, one.target]))
  const todo = ['/']
  for (let folder = todo.pop(); folder; folder = todo.pop()) {
    for (const name of tree.list(folder)!) {
      const path = `${folder === '/' ? '' : folder}/${name}`
      const file = links.has(path) ? null : tree.file(path)
      if (links.has(path)) seen[path] = `-> ${links.get(path)}`
      else if (file) seen[path] = `${file.size} ${file.mode.toString(8)} ${file.uid}:${file.gid}`
      else if (tree.list(path)) {
        seen[path] = 'dir'
        todo.push(path)
      } else seen[path] = 'other'
    }
  }
  return seen
}
