import { limits } from '../limits.ts'
import type { FileAccess } from '../model.ts'
import type { Kept } from './entry-log.ts'
import { CHUNK_BITS, codeAt, DIR, FILE, readRecord, SYMLINK } from './entry-record.ts'
import type { EarlierFile, ImageFile, ImageTree } from './facts.ts'
import { NONE, type NodeTable, ROOT } from './node-table.ts'

/** What one layer brought beside its records. */
export interface Brought {
  readonly layer: number
  /** The number of its log's first chunk among all. */
  readonly firstChunk: number
  /** What was kept, by the record's address in its own log. */
  readonly kept: ReadonlyMap<number, Kept>
}

/** A node on the way from the root, and since when what lies below it counts. */
interface Place {
  readonly node: number
  readonly cut: number
}

const nothing: Kept = { content: null, found: [] }

/** Larger files are not held on to: what a layer below had of a keystore is small. */
const EARLIER_BYTES = 512 << 10

/** The image after the overlay, looked at by path. */
export class LayeredTree implements ImageTree {
  readonly unknowns: ImageTree['unknowns']
  readonly #nodes: NodeTable
  readonly #brought: readonly Brought[]
  readonly #kept: ReadonlySet<number>
  readonly #earlier: ReadonlyMap<number, readonly number[]>
  readonly #scratch = Buffer.allocUnsafe(4 * limits.pathBytes)
  #files: readonly ImageFile[] | null = null

  /**
   * @param kept nodes where something was put of which more is kept than its record: no other file has it
   * @param earlier the addresses of the records that a node's file has replaced, the lowest first
   */
  constructor(
    nodes: NodeTable,
    brought: readonly Brought[],
    kept: ReadonlySet<number>,
    earlier: ReadonlyMap<number, readonly number[]>,
    unknowns: ImageTree['unknowns'],
  ) {
    this.#nodes = nodes
    this.#brought = brought
    this.#kept = kept
    this.#earlier = earlier
    this.unknowns = unknowns
  }

  exists(path: string): boolean {
    return this.#find(path) !== null
  }

  read(path: string): Uint8Array | null {
    const node = this.#find(path)?.at(-1)?.node
    return node !== undefined && this.#code(node) === FILE ? this.#keptOf(node).content : null
  }

  resolve(path: string): string | null {
    const way = this.#find(path)
    return way && this.#path(way)
  }

  file(path: string): ImageFile | null {
    const way = this.#find(path)
    return way && this.#fileOf(way.at(-1)!.node, () => this.#path(way))
  }

  access(path: string): FileAccess | null {
    const way = this.#find(path)
    const what = way ? this.#nodes.what[way.at(-1)!.node]! : 0
    if (!way || what === 0) return null
    const { mode, uid, gid } = readRecord(this.#nodes.chunks, what - 1)
    return { path: this.#path(way), mode, uid, gid }
  }

  list(path: string): readonly string[] | null {
    const place = this.#find(path)?.at(-1)
    if (!place || this.#code(place.node) !== DIR) return null
    return [...this.#children(place)].map(node => this.#nodes.nameText(node)).sort()
  }

  files(): Iterable<ImageFile> {
    if (this.#files) return this.#files
    const files: ImageFile[] = []
    for (const node of this.#kept) {
      if (!this.#nodes.isThere(node)) continue
      if (this.#code(node) === FILE && this.#keptOf(node) !== nothing)
        files.push(this.#fileOf(node, () => this.#pathOf(node))!)
    }
    this.#files = files.sort((a, b) => (a.path < b.path ? -1 : 1))
    return this.#files
  }

  /** One by one: a stranger's image may have a million. */
  *links(): Iterable<{ readonly path: string; readonly target: string | null }> {
    const leading = this.#leading()
    const todo: number[] = [ROOT]
    for (let node = todo.pop(); node !== undefined; node = todo.pop()) {
      if (node !== ROOT && this.#code(node) === SYMLINK) {
        const path = this.#pathOf(node)
        yield { path, target: this.resolve(path) }
        continue
      }
      const inside: number[] = []
      for (const child of this.#nodes.children(node)) if (leading[child]) inside.push(child)
      // A folder's name is followed by a slash: that is what its paths are sorted by. Numbers alone are held.
      const sorted = Uint32Array.from(inside).sort((a, b) =>
        this.#nodes.compareNames(b, this.#code(b) === DIR, a, this.#code(a) === DIR),
      )
      for (const child of sorted) todo.push(child)
    }
  }

  /** A byte for each node: 1 where it is a link that is there, or a folder with one somewhere below. */
  #leading(): Uint8Array {
    const leading = new Uint8Array(this.#nodes.count)
    for (const node of this.#all()) {
      if (this.#code(node) !== SYMLINK) continue
      for (let at = node; at !== ROOT && !leading[at]; at = this.#nodes.parent(at)) leading[at] = 1
    }
    return leading
  }

  /** All nodes that are there but the root, folders before what they hold; only the way to the one at hand is held. */
  *#all(): Iterable<number> {
    const nodes = this.#nodes
    const cuts = [nodes.cut[ROOT]!]
    let node = nodes.firstChild(ROOT)
    while (node !== 0) {
      const cut = cuts[cuts.length - 1]!
      const there = nodes.stamp[node]! > cut
      if (there) yield node
      const inside = there && this.#code(node) === DIR ? nodes.firstChild(node) : 0
      if (inside !== 0) {
        cuts.push(Math.max(cut, nodes.cut[node]!))
        node = inside
        continue
      }
      while (node !== ROOT && nodes.nextSibling(node) === 0) {
        node = nodes.parent(node)
        cuts.pop()
      }
      node = node === ROOT ? 0 : nodes.nextSibling(node)
    }
  }

  #root(): Place {
    return { node: ROOT, cut: this.#nodes.cut[ROOT]! }
  }

  #below(place: Place, node: number): Place {
    return { node, cut: Math.max(place.cut, this.#nodes.cut[node]!) }
  }

  /** The nodes that are there in a folder. */
  *#children({ node, cut }: Place): Iterable<number> {
    const { stamp } = this.#nodes
    for (const child of this.#nodes.children(node)) if (stamp[child]! > cut) yield child
  }

  #code(node: number): number {
    const what = this.#nodes.what[node]!
    return what === 0 ? DIR : codeAt(this.#nodes.chunks, what - 1)
  }

  /** The layer of a record, and what was kept of it. */
  #broughtBy(address: number): Brought {
    const chunk = address >>> CHUNK_BITS
    let low = 0
    let high = this.#brought.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (this.#brought[middle]!.firstChunk <= chunk) low = middle
      else high = middle - 1
    }
    return this.#brought[low]!
  }

  #keptOf(node: number): Kept {
    return this.#keptAt(this.#nodes.what[node]! - 1)
  }

  #keptAt(address: number): Kept {
    const { kept, firstChunk } = this.#broughtBy(address)
    return kept.get(address - firstChunk * 2 ** CHUNK_BITS) ?? nothing
  }

  #fileOf(node: number, path: () => string): ImageFile | null {
    if (this.#code(node) !== FILE) return null
    const address = this.#nodes.what[node]! - 1
    const { mode, uid, gid, size } = readRecord(this.#nodes.chunks, address)
    const kept = this.#keptAt(address)
    const earlier = kept === nothing ? [] : this.#earlierOf(node)
    return {
      path: path(),
      mode,
      uid,
      gid,
      size,
      ...kept,
      layer: this.#broughtBy(address).layer,
      ...(earlier.length > 0 && { earlier }),
    }
  }

  #earlierOf(node: number): readonly EarlierFile[] {
    const files = (this.#earlier.get(node) ?? []).map(address => {
      const { content, found } = this.#keptAt(address)
      const { layer } = this.#broughtBy(address)
      return { layer, content: content && content.length <= EARLIER_BYTES ? content : null, found }
    })
    return files.filter(({ content, found }) => content !== null || found.length > 0).reverse()
  }

  #path(way: readonly Place[]): string {
    const names = way.slice(1).map(({ node }) => this.#nodes.nameText(node))
    return `/${names.join('/')}`
  }

  #pathOf(node: number): string {
    const names: string[] = []
    for (let at = node; at !== ROOT; at = this.#nodes.parent(at)) names.push(this.#nodes.nameText(at))
    return `/${names.reverse().join('/')}`
  }

  /**
   * What a process inside the image would find at `path`: links followed as Linux does, never above the root.
   * @returns the way there, its last place what is found; null where nothing is
   */
  #find(path: string): readonly Place[] | null {
    // It would run on behind the end of a name.
    if (path.includes('\0')) return null
    const nodes = this.#nodes
    const way: Place[] = [this.#root()]
    const todo = path.split('/').reverse()
    let links = 0
    while (todo.length > 0) {
      const here = way[way.length - 1]!
      const name = todo.pop()!
      // A file followed by a slash, a dot or a name is no folder.
      if (this.#code(here.node) !== DIR) return null
      if (name === '' || name === '.') continue
      if (name === '..') {
        if (way.length > 1) way.pop()
        continue
      }
      if (name.length > limits.pathBytes) return null
      const node = nodes.find(here.node, this.#scratch, 0, this.#scratch.write(name, 'utf8'))
      if (node === NONE || nodes.stamp[node]! <= here.cut) return null
      if (this.#code(node) === SYMLINK) {
        if (++links > limits.linkDepth) return null
        const target = readRecord(nodes.chunks, nodes.what[node]! - 1).link ?? ''
        if (target.startsWith('/')) way.length = 1
        for (const part of target.split('/').reverse()) todo.push(part)
      } else {
        way.push(this.#below(here, node))
      }
    }
    return way
  }
}
