import { limits } from '../limits.ts'
import type { FileAccess } from '../model.ts'
import type { ImageFile, ImageTree } from './facts.ts'
import type { TreeNode } from './overlay.ts'

/** A place in the tree: the node and its real path, absolute. */
interface Place {
  readonly path: string
  readonly node: TreeNode
}

/** The image after the overlay, looked at by path. */
export class LayeredTree implements ImageTree {
  readonly unknowns: ImageTree['unknowns']
  readonly #root: TreeNode
  #files: readonly ImageFile[] | null = null
  #links: readonly string[] | null = null

  constructor(root: TreeNode, unknowns: ImageTree['unknowns']) {
    this.#root = root
    this.unknowns = unknowns
  }

  exists(path: string): boolean {
    return this.#find(path) !== null
  }

  read(path: string): Uint8Array | null {
    const entry = this.#find(path)?.node.entry
    return entry?.type === 'file' ? entry.content : null
  }

  resolve(path: string): string | null {
    return this.#find(path)?.path ?? null
  }

  file(path: string): ImageFile | null {
    const place = this.#find(path)
    return place && fileOf(place)
  }

  access(path: string): FileAccess | null {
    const place = this.#find(path)
    const entry = place?.node.entry
    return entry ? { path: place.path, mode: entry.mode, uid: entry.uid, gid: entry.gid } : null
  }

  list(path: string): readonly string[] | null {
    const children = this.#find(path)?.node.children
    return children ? [...children.keys()].sort() : null
  }

  files(): Iterable<ImageFile> {
    this.#collect()
    return this.#files!
  }

  *links(): Iterable<{ readonly path: string; readonly target: string | null }> {
    this.#collect()
    for (const path of this.#links!) yield { path, target: this.resolve(path) }
  }

  #collect(): void {
    if (this.#files) return
    const files: ImageFile[] = []
    const links: string[] = []
    const todo: Place[] = [{ path: '', node: this.#root }]
    for (let place = todo.pop(); place; place = todo.pop()) {
      for (const [name, node] of place.node.children ?? []) {
        const path = `${place.path}/${name}`
        const entry = node.entry
        if (node.children) todo.push({ path, node })
        else if (entry?.type === 'symlink') links.push(path)
        else if (entry?.type === 'file' && (entry.content || entry.found.length > 0))
          files.push(fileOf({ path, node })!)
      }
    }
    this.#files = files.sort((a, b) => (a.path < b.path ? -1 : 1))
    this.#links = links.sort()
  }

  /** What a process inside the image would find at `path`: links followed as Linux does, never above the root. */
  #find(path: string): Place | null {
    const way: TreeNode[] = [this.#root]
    const names: string[] = []
    const todo = path.split('/').reverse()
    let links = 0
    while (todo.length > 0) {
      const here = way[way.length - 1]!
      const name = todo.pop()!
      // A file followed by a slash, a dot or a name is no folder.
      if (!here.children) return null
      if (name === '' || name === '.') continue
      if (name === '..') {
        if (way.length > 1) {
          way.pop()
          names.pop()
        }
        continue
      }
      const node = here.children.get(name)
      if (!node) return null
      const entry = node.entry
      if (entry?.type === 'symlink' && !node.children) {
        if (++links > limits.linkDepth) return null
        const target = entry.link ?? ''
        if (target.startsWith('/')) {
          way.length = 1
          names.length = 0
        }
        for (const part of target.split('/').reverse()) todo.push(part)
      } else {
        way.push(node)
        names.push(name)
      }
    }
    return { path: `/${names.join('/')}`, node: way[way.length - 1]! }
  }
}

function fileOf({ path, node }: Place): ImageFile | null {
  const entry = node.entry
  if (entry?.type !== 'file') return null
  const { mode, uid, gid, size, content, found } = entry
  const { earlier } = node
  return { path, mode, uid, gid, size, content, found, layer: node.layer, ...(earlier && { earlier }) }
}
