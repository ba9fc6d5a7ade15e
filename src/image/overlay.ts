import { limits } from '../limits.ts'
import type { EarlierFile, ImageTree, LayerEntry, LayerFacts, LayerUnknown } from './facts.ts'
import { splitPath } from './path.ts'
import { LayeredTree } from './tree.ts'

/** A file, folder or link of the image. `entry` is null for folders that no layer names but that hold something. */
export interface TreeNode {
  /** The number of the layer that brought it. */
  readonly layer: number
  entry: LayerEntry | null
  /** Present where it is a folder. */
  readonly children: Map<string, TreeNode> | null
  /** What lower layers had here, the uppermost first. */
  earlier?: readonly EarlierFile[]
}

/** Named one by one; a stranger's layer can have a million. */
const MOST_UNKNOWNS = 100

type Folder = TreeNode & { readonly children: Map<string, TreeNode> }

/**
 * Stacks layers, the lowest first, as the engines' overlay file systems do (OCI image spec, "Image Layer Filesystem
 * Changeset"; Linux kernel, "Overlay Filesystem"): each layer is laid out alone, then over those below it.
 *
 * - A whiteout takes away what *lower* layers have, never what its own layer brings.
 * - A folder over a folder joins it, any other pair replaces: a folder over a link to a folder hides that link.
 * - Links in the path of an entry are followed within its own layer only: overlay2 and containerd unpack a layer
 *   without those below it. (Engines on vfs or btrfs differ here.)
 * - The last of several entries for one path counts.
 * - A hard link shares the file of its own layer, else of those below. Where there is none it is an unknown.
 */
export function overlay(layers: readonly LayerFacts[], unknowns: readonly LayerUnknown[] = []): ImageTree {
  const root = folder(0)
  const all: (LayerUnknown & { readonly layer?: number })[] = [...unknowns]
  for (const [number, facts] of layers.entries()) {
    const met = [...(facts.unknowns ?? [])]
    const complain = (path: string, why: string) => met.push({ what: `/${path}`, why })
    const upper = layOut(facts, number, root, complain)
    for (const path of facts.whiteouts) remove(root, path)
    for (const path of facts.opaque) childrenOf(root, path)?.clear()
    merge(root, upper)
    for (const unknown of met.slice(0, MOST_UNKNOWNS)) all.push({ ...unknown, layer: number })
    const more = met.length - MOST_UNKNOWNS
    if (more > 0) all.push({ what: `${more} more paths`, why: 'likewise', layer: number })
  }
  return new LayeredTree(root, all)
}

function folder(layer: number): Folder {
  return { layer, entry: null, children: new Map() }
}

/** One layer as its own tree: what an engine's unpacking leaves in the layer's folder. */
function layOut(
  facts: LayerFacts,
  layer: number,
  lower: Folder,
  complain: (path: string, why: string) => void,
): Folder {
  const root = folder(layer)
  // An engine makes the folder in which a whiteout lies, and the folder that is opaque, whatever is below.
  for (const path of facts.whiteouts) makeFolder(root, splitPath(path).parent, layer)
  for (const path of facts.opaque) makeFolder(root, path, layer)
  // Entries of one folder stand together: the last folder is nearly always the next one too.
  let lastPath: string | null = null
  let last: Folder | null = null
  for (const entry of facts.entries) {
    const { parent, name } = splitPath(entry.path)
    if (parent !== lastPath) {
      last = makeFolder(root, parent, layer)
      lastPath = parent
    }
    if (!last) {
      complain(entry.path, 'its folder is a file or a loop of links in the same layer')
      continue
    }
    const before = last.children.get(name)
    if (entry.type === 'dir') {
      if (before?.children) before.entry = entry
      else last.children.set(name, { layer, entry, children: new Map() })
      continue
    }
    // What is replaced may be, or lead to, the folder that is remembered.
    if (before) lastPath = null
    if (entry.type !== 'hardlink') {
      last.children.set(name, { layer, entry, children: null })
      continue
    }
    const target = linked(root, entry.link!) ?? linked(lower, entry.link!)
    if (target) last.children.set(name, target)
    else complain(entry.path, `it is a hard link to /${entry.link}, which is not there`)
  }
  return root
}

/** The folder at `path`, made where it is missing; null where a file or a loop of links is in the way. */
function makeFolder(root: Folder, path: string, layer: number): Folder | null {
  if (path === '') return root
  return walk(root, path.split('/'), (parent, name) => {
    const made = folder(layer)
    parent.children.set(name, made)
    return made
  })
}

/** The file that a hard link names: links in its folder's path are followed, the last name is not. */
function linked(root: Folder, path: string): TreeNode | null {
  const { parent, name } = splitPath(path)
  const found = parent === '' ? root : walk(root, parent.split('/'), () => null)
  const node = found?.children.get(name)
  return node && !node.children ? node : null
}

/**
 * Goes from the root to a folder, links followed inside the root.
 * @param missing makes the folder that is not there, or says null
 */
function walk(
  root: Folder,
  names: readonly string[],
  missing: (parent: Folder, name: string) => Folder | null,
): Folder | null {
  // The way from the root: `..` in a link's target goes back on it.
  const way: Folder[] = [root]
  const todo = [...names].reverse()
  let links = 0
  while (todo.length > 0) {
    const name = todo.pop()!
    if (name === '' || name === '.') continue
    if (name === '..') {
      if (way.length > 1) way.pop()
      continue
    }
    const here = way[way.length - 1]!
    const node = here.children.get(name) ?? missing(here, name)
    if (!node) return null
    if (node.children) {
      way.push(node as Folder)
    } else if (node.entry?.type === 'symlink') {
      if (++links > limits.linkDepth) return null
      const target = node.entry.link ?? ''
      if (target.startsWith('/')) way.length = 1
      for (const part of target.split('/').reverse()) todo.push(part)
    } else {
      return null
    }
  }
  return way[way.length - 1]!
}

/** What a lower layer has at `path`, no link followed. */
function childrenOf(root: Folder, path: string): Map<string, TreeNode> | null {
  let children: Map<string, TreeNode> | null = root.children
  if (path === '') return children
  for (const name of path.split('/')) {
    children = children?.get(name)?.children ?? null
    if (!children) return null
  }
  return children
}

function remove(root: Folder, path: string): void {
  const { parent, name } = splitPath(path)
  childrenOf(root, parent)?.delete(name)
}

/** Lays `upper` over `lower`, which becomes the result. Without recursion: a path may be two thousand names deep. */
function merge(lower: Folder, upper: Folder): void {
  const todo: [TreeNode, TreeNode][] = [[lower, upper]]
  for (let pair = todo.pop(); pair; pair = todo.pop()) {
    const [below, above] = pair
    for (const [name, node] of above.children!) {
      const old = below.children!.get(name)
      if (old?.children && node.children) {
        if (node.entry) old.entry = node.entry
        todo.push([old, node])
      } else {
        remember(node, old)
        below.children!.set(name, node)
      }
    }
  }
}

/** Larger files are not held on to: what a layer below had of a keystore is small. */
const EARLIER_BYTES = 512 << 10

/** Certificates tell which layer brought them only where the file that they stood in before is known too. */
function remember(node: TreeNode, old: TreeNode | undefined): void {
  // A hard link to the file below is that file.
  if (old === node || node.entry?.type !== 'file' || old?.entry?.type !== 'file') return
  const { found, content } = old.entry
  const kept = content !== null && content.length <= EARLIER_BYTES ? content : null
  if (found.length === 0 && kept === null) return
  if (node.entry.found.length === 0 && node.entry.content === null) return
  node.earlier = [{ layer: old.layer, content: kept, found }, ...(old.earlier ?? [])]
}
