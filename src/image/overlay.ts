import { limits } from '../limits.ts'
import { EntryLog } from './entry-log.ts'
import {
  CHUNK_BITS,
  Cursor,
  codeAt,
  DIR,
  dotsAt,
  FILE,
  HARDLINK,
  namesAt,
  OFFSET,
  OPAQUE,
  readRecord,
  SYMLINK,
  targetAt,
  WHITEOUT,
} from './entry-record.ts'
import type { ImageTree, LayerFacts, LayerUnknown } from './facts.ts'
import { NONE, NodeTable, ROOT } from './node-table.ts'
import { type Brought, LayeredTree } from './tree.ts'

/** Named one by one; a stranger's layer can have a million. */
const MOST_UNKNOWNS = 100

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
  const logs = layers.map(({ entries, whiteouts, opaque }) =>
    entries instanceof EntryLog ? entries : EntryLog.of(entries, whiteouts, opaque),
  )
  const chunks = logs.flatMap(log => log.chunks)
  const names = logs.reduce((sum, log) => sum + log.names, 0)
  const builder = new TreeBuilder(new NodeTable(chunks, names), logs)
  const all: (LayerUnknown & { readonly layer?: number })[] = [...unknowns]
  for (const [number, facts] of layers.entries()) {
    const told = (facts.unknowns ?? []).map(unknown => ({ ...unknown, layer: number }))
    const met: typeof told = []
    let more = 0
    builder.add(number, (path, why) => {
      if (met.length < MOST_UNKNOWNS) met.push({ what: `/${path()}`, why, layer: number })
      else more++
    })
    all.push(...told, ...met)
    if (more > 0) all.push({ what: `${more} more paths`, why: 'likewise', layer: number })
  }
  return builder.tree(all)
}

type Complain = (path: () => string, why: string) => void

/** A folder on the way, and since when what lies in it counts. */
interface Place {
  readonly node: number
  readonly cut: number
}

/**
 * Lays one layer after the other into one table. Every change has a number that grows: what lies below a node counts
 * where it was put there after the node's, and all its folders', last `cut`. What is of the layer at hand has a number
 * above `#base`, so that the layer can be looked at alone.
 */
class TreeBuilder {
  readonly #nodes: NodeTable
  readonly #logs: readonly EntryLog[]
  /** The number of each log's first chunk in the table's. */
  readonly #bases: readonly number[]
  /** The records that a file has replaced, the lowest first, by its node. */
  readonly #earlier = new Map<number, number[]>()
  #changes = 1
  #base = 1

  constructor(nodes: NodeTable, logs: readonly EntryLog[]) {
    this.#nodes = nodes
    this.#logs = logs
    let base = 0
    this.#bases = logs.map(log => {
      const first = base
      base += log.chunks.length
      return first
    })
  }

  add(layer: number, complain: Complain): void {
    const log = this.#logs[layer]!
    const cursor = () => new Cursor(log.chunks, this.#bases[layer]!)
    const marks = log.records > log.length
    this.#base = this.#changes
    // An engine makes the folder in which a whiteout lies, and the folder that is opaque, whatever is below.
    if (marks) {
      for (const at = cursor(); at.next(); ) {
        if (at.code === WHITEOUT) this.#folder(at.names, at.names.length - 1)
        else if (at.code === OPAQUE) this.#folder(at.names, at.names.length)
      }
    }
    this.#entries(cursor(), complain)
    if (marks) {
      for (const at = cursor(); at.next(); ) {
        if (at.code === WHITEOUT) this.#takeAway(at.names, layer)
        else if (at.code === OPAQUE) this.#takeAway(at.names, null)
      }
    }
  }

  tree(unknowns: ImageTree['unknowns']): ImageTree {
    const brought: Brought[] = this.#logs.map((log, layer) => ({
      layer,
      firstChunk: this.#bases[layer]!,
      kept: log.kept,
    }))
    return new LayeredTree(this.#nodes, brought, this.#earlier, unknowns)
  }

  #entries(at: Cursor, complain: Complain): void {
    const nodes = this.#nodes
    // Entries of one folder stand together: the last folder is nearly always the next one too.
    let last: Place | null = null
    let known = false
    while (at.next()) {
      const { code, names } = at
      if (!at.sameFolder) known = false
      // The root, which has no name.
      if (code === WHITEOUT || code === OPAQUE || names.length === 0) {
        known = false
        continue
      }
      if (!known) {
        last = this.#folder(names, names.length - 1)
        known = true
      }
      if (!last) {
        complain(() => at.path(), 'its folder is a file or a loop of links in the same layer')
        continue
      }
      const node = nodes.make(last.node, names[names.length - 1]!)
      const there = nodes.stamp[node]! > last.cut
      const own = there && nodes.stamp[node]! > this.#base
      let what = at.address + 1
      if (code === HARDLINK) {
        const linked = this.#linked(at.link, this.#base) || this.#linked(at.link, 0)
        if (linked === 0) {
          complain(
            () => at.path(),
            `it is a hard link to /${readRecord(nodes.chunks, at.address).link}, which is not there`,
          )
          continue
        }
        what = linked
      }
      this.#remember(node, what, there, own)
      // What is replaced may be, or lead to, the folder that is remembered.
      if (own && code !== DIR) known = false
      if (code !== DIR) nodes.cut[node] = ++this.#changes
      nodes.what[node] = what
      nodes.stamp[node] = ++this.#changes
    }
  }

  /** The record of the file that a hard link names, plus one: links in its path are followed, the last name is not. */
  #linked(address: number, floor: number): number {
    const steps = namesAt(this.#nodes.chunks, address)
    const name = steps.pop()
    if (name === undefined) return 0
    const folder = this.#walk(steps, floor, false)
    const node = folder ? this.#nodes.at(folder.node, name) : NONE
    if (!folder || node === NONE || this.#nodes.stamp[node]! <= Math.max(folder.cut, floor)) return 0
    return this.#isFolder(node) ? 0 : this.#nodes.what[node]!
  }

  /** The folder behind the first `count` names, made where it is missing; null where a file or a loop is in the way. */
  #folder(names: readonly number[], count: number): Place | null {
    return this.#walk(names.slice(0, count), this.#base, true)
  }

  /**
   * Goes from the root to a folder, links followed inside the root.
   * @param names addresses of names
   * @param floor what was put there before is not seen
   * @param make makes the folders that are not there
   */
  #walk(names: readonly number[], floor: number, make: boolean): Place | null {
    const nodes = this.#nodes
    // The way from the root: `..` in a link's target goes back on it.
    const way: Place[] = [{ node: ROOT, cut: nodes.cut[ROOT]! }]
    const todo = [...names].reverse()
    let links = 0
    while (todo.length > 0) {
      const name = todo.pop()!
      const dots = this.#dots(name)
      if (dots === 1) continue
      if (dots === 2) {
        if (way.length > 1) way.pop()
        continue
      }
      const here = way[way.length - 1]!
      let node = nodes.at(here.node, name)
      if (node === NONE || nodes.stamp[node]! <= Math.max(here.cut, floor)) {
        if (!make) return null
        if (node === NONE) node = nodes.make(here.node, name)
        // A folder over what is there below it in the stack: it joins a folder, it replaces all else.
        const joins = nodes.stamp[node]! > here.cut && this.#isFolder(node)
        if (!joins) nodes.what[node] = 0
        nodes.stamp[node] = ++this.#changes
      }
      if (this.#isFolder(node)) {
        way.push({ node, cut: Math.max(here.cut, nodes.cut[node]!) })
      } else if (this.#codeOf(node) === SYMLINK) {
        if (++links > limits.linkDepth) return null
        const target = targetAt(nodes.chunks, nodes.what[node]! - 1)
        if (nodes.chunks[target >>> CHUNK_BITS]![target & OFFSET] === 0x2f) way.length = 1
        for (const step of namesAt(nodes.chunks, target).reverse()) todo.push(step)
      } else {
        return null
      }
    }
    return way[way.length - 1]!
  }

  /** Certificates tell which layer brought them only where the file that they stood in before is known too. */
  #remember(node: number, what: number, there: boolean, own: boolean): void {
    const old = this.#nodes.what[node]!
    // A hard link to the file below is that file.
    if (old === what || (own && this.#isFile(what))) return
    if (there && old !== 0 && this.#isFile(old) && this.#isFile(what)) {
      const earlier = this.#earlier.get(node)
      if (earlier) earlier.push(old - 1)
      else this.#earlier.set(node, [old - 1])
    } else {
      this.#earlier.delete(node)
    }
  }

  /**
   * Hides what the layers below have at a path, no link followed: what the layer at hand has there stays.
   * @param layer whose whiteout it is; null: the folder is opaque, and stays itself
   */
  #takeAway(names: readonly number[], layer: number | null): void {
    const nodes = this.#nodes
    let node = ROOT
    let cut = nodes.cut[ROOT]!
    for (const name of names) {
      const child = nodes.at(node, name)
      if (child === NONE || nodes.stamp[child]! <= cut) return
      node = child
      cut = Math.max(cut, nodes.cut[node]!)
    }
    nodes.cut[node] = Math.max(nodes.cut[node]!, this.#base)
    if (layer === null) return
    this.#earlier.delete(node)
    if (nodes.stamp[node]! <= this.#base) nodes.stamp[node] = 0
    // A folder that the layer only needs for what it holds has joined the one below, which is gone.
    else if ((nodes.what[node]! - 1) >>> CHUNK_BITS < this.#bases[layer]! && this.#isFolder(node))
      nodes.what[node] = 0
  }

  /** Whether a record, counted from one, is a regular file. */
  #isFile(what: number): boolean {
    return codeAt(this.#nodes.chunks, what - 1) === FILE
  }

  #isFolder(node: number): boolean {
    return this.#nodes.what[node] === 0 || this.#codeOf(node) === DIR
  }

  #codeOf(node: number): number {
    return codeAt(this.#nodes.chunks, this.#nodes.what[node]! - 1)
  }

  /** One for `.`, two for `..`, else none. */
  #dots(address: number): number {
    return dotsAt(this.#nodes.chunks, address)
  }
}
