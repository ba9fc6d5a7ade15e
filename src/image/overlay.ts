import { EntryLog } from './entry-log.ts'
import {
  CHUNK,
  CHUNK_BITS,
  Cursor,
  codeAt,
  DIR,
  FILE,
  HARDLINK,
  namesAt,
  OPAQUE,
  readRecord,
  WHITEOUT,
} from './entry-record.ts'
import type { ImageTree, LayerFacts, LayerUnknown } from './facts.ts'
import { Folders } from './folders.ts'
import { NONE, NodeTable, ROOT } from './node-table.ts'
import { type Brought, LayeredTree } from './tree.ts'
import { isFolder, Walk } from './walk.ts'

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
  readonly #folders: Folders
  readonly #walk: Walk
  /** The records that a file has replaced, the lowest first, by its node. */
  readonly #earlier = new Map<number, number[]>()
  /** Where something was put of which more is kept than its record; it may be gone again. */
  readonly #kept = new Set<number>()
  #base = 1

  constructor(nodes: NodeTable, logs: readonly EntryLog[]) {
    this.#nodes = nodes
    this.#logs = logs
    this.#walk = new Walk(nodes)
    this.#folders = new Folders(nodes)
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
    this.#base = this.#nodes.changes
    // An engine makes the folder in which a whiteout lies, and the folder that is opaque, whatever is below.
    if (marks) {
      this.#folders.begin(this.#base)
      for (const at = cursor(); at.next(); ) {
        this.#folders.next(at)
        if (at.code === WHITEOUT) this.#folders.find(at.names, at.names.length - 1)
        else if (at.code === OPAQUE) this.#folders.find(at.names, at.names.length)
      }
    }
    this.#entries(cursor(), this.#bases[layer]!, log.kept.keys(), complain)
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
    return new LayeredTree(this.#nodes, brought, this.#kept, this.#earlier, unknowns)
  }

  /** @param kept the addresses in its log of the records of which more is kept, in their order */
  #entries(at: Cursor, base: number, kept: Iterator<number>, complain: Complain): void {
    const nodes = this.#nodes
    const folders = this.#folders
    folders.begin(this.#base)
    const nextKept = () => {
      const { value, done } = kept.next()
      return done ? NONE : value + base * CHUNK
    }
    let keptAddress = nextKept()
    while (at.next()) {
      const { code, names, address } = at
      const isKept = address === keptAddress
      if (isKept) keptAddress = nextKept()
      folders.next(at)
      // The root, which has no name.
      if (code === WHITEOUT || code === OPAQUE || names.length === 0) continue
      const folder = folders.find(names, names.length - 1)
      if (folder === NONE) {
        complain(() => at.path(), 'its folder is a file or a loop of links in the same layer')
        continue
      }
      const node = nodes.make(folder, names[names.length - 1]!)
      const there = nodes.stamp[node]! > folders.cut
      const own = there && nodes.stamp[node]! > this.#base
      let what = address + 1
      if (code === HARDLINK) {
        const linked = this.#linked(at.link, this.#base) || this.#linked(at.link, 0)
        if (linked === 0) {
          complain(
            () => at.path(),
            `it is a hard link to /${readRecord(nodes.chunks, address).link}, which is not there`,
          )
          continue
        }
        what = linked
      }
      if (isKept || code === HARDLINK) this.#kept.add(node)
      this.#remember(node, what, there, own)
      if (own && (code !== DIR || !isFolder(nodes, node))) folders.forget()
      if (code !== DIR) nodes.cut[node] = nodes.change()
      nodes.what[node] = what
      nodes.stamp[node] = nodes.change()
    }
  }

  /** The record of the file that a hard link names, plus one: links in its path are followed, the last name is not. */
  #linked(address: number, floor: number): number {
    const nodes = this.#nodes
    const names = namesAt(nodes.chunks, address)
    const name = names.pop()
    if (name === undefined) return 0
    const walk = this.#walk
    walk.toRoot()
    for (const folder of names) if (!walk.step(folder, floor, false)) return 0
    const node = nodes.at(walk.node, name)
    if (node === NONE || nodes.stamp[node]! <= Math.max(walk.cut, floor)) return 0
    return isFolder(nodes, node) ? 0 : nodes.what[node]!
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
    else if ((nodes.what[node]! - 1) >>> CHUNK_BITS < this.#bases[layer]! && isFolder(nodes, node))
      nodes.what[node] = 0
  }

  /** Whether a record, counted from one, is a regular file. */
  #isFile(what: number): boolean {
    return codeAt(this.#nodes.chunks, what - 1) === FILE
  }
}
