import { randomInt } from 'node:crypto'
import { CHUNK_BITS, OFFSET } from './entry-record.ts'

const SLASH = 0x2f

/** The root's number. */
export const ROOT = 0
/** No node. */
export const NONE = -1

/**
 * All names of a tree, each a number, found by its folder's number and its bytes: columns and a hash table of numbers,
 * about 40 bytes a name, where maps of objects would take 200. The names themselves lie in the chunks of entry logs.
 */
export class NodeTable {
  /** The logs' chunks: a name's address is into them. */
  readonly chunks: readonly Buffer[]
  #count = 1
  #parent: Uint32Array
  #name: Uint32Array
  #firstChild: Uint32Array
  #nextSibling: Uint32Array
  /** The record that says what is there, plus one; 0: a folder that no record names. */
  what: Uint32Array
  /** When it was last put there, as a count of changes; 0: it is not there. */
  stamp: Uint32Array
  /** What lies below it and was put there before this, is gone. */
  cut: Uint32Array
  #table: Uint32Array
  #changes = 1
  /** A stranger who knew how names are hashed could make all of them meet. */
  readonly #seed = randomInt(2 ** 32 - 1)

  /** @param expected how many names there will be, about */
  constructor(chunks: readonly Buffer[], expected: number) {
    const size = expected + 64
    this.chunks = chunks
    this.#parent = new Uint32Array(size)
    this.#name = new Uint32Array(size)
    this.#firstChild = new Uint32Array(size)
    this.#nextSibling = new Uint32Array(size)
    this.what = new Uint32Array(size)
    this.stamp = new Uint32Array(size)
    this.cut = new Uint32Array(size)
    this.#table = new Uint32Array(2 ** Math.ceil(Math.log2(size * 1.3)))
    this.stamp[ROOT] = 1
  }

  get count(): number {
    return this.#count
  }

  /** The number of the last change. */
  get changes(): number {
    return this.#changes
  }

  /** The number of a new change: above all before it. */
  change(): number {
    return ++this.#changes
  }

  parent(node: number): number {
    return this.#parent[node]!
  }

  nameText(node: number): string {
    const address = this.#name[node]!
    const chunk = this.chunks[address >>> CHUNK_BITS]!
    const start = address & OFFSET
    return chunk.toString('utf8', start, nameEnd(chunk, start))
  }

  firstChild(node: number): number {
    return this.#firstChild[node]!
  }

  nextSibling(node: number): number {
    return this.#nextSibling[node]!
  }

  /** Compares two names by their bytes, those of folders with a slash behind them. */
  compareNames(a: number, aIsFolder: boolean, b: number, bIsFolder: boolean): number {
    const [one, other] = [this.#name[a]!, this.#name[b]!]
    const [left, right] = [this.chunks[one >>> CHUNK_BITS]!, this.chunks[other >>> CHUNK_BITS]!]
    for (let i = one & OFFSET, j = other & OFFSET; ; i++, j++) {
      const x = nameByte(left[i]!, aIsFolder)
      const y = nameByte(right[j]!, bIsFolder)
      if (x !== y) return x - y
      if (x === 0 || x === SLASH) return 0
    }
  }

  /** Since when what lies in them counts: for each folder on the way to one, the root first, itself last. */
  cutsTo(folder: number): number[] {
    const way = [folder]
    for (let at = folder; at !== ROOT; way.push(at)) at = this.#parent[at]!
    let cut = 0
    return way.reverse().map(at => {
      cut = Math.max(cut, this.cut[at]!)
      return cut
    })
  }

  /** Is it there, in folders that are there? What replaces a folder, or takes it away, cuts all that was in it. */
  isThere(node: number): boolean {
    let first = this.stamp[node]!
    for (let at = node; at !== ROOT; first = Math.min(first, this.stamp[at]!)) {
      at = this.#parent[at]!
      if (first <= this.cut[at]!) return false
    }
    return true
  }

  /** The names in a folder, whether they are there or not. */
  *children(node: number): IterableIterator<number> {
    for (let child = this.#firstChild[node]!; child !== 0; child = this.#nextSibling[child]!) yield child
  }

  /** The node of the name at this address; {@link NONE} where there never was one. */
  at(parent: number, address: number): number {
    const chunk = this.chunks[address >>> CHUNK_BITS]!
    const start = address & OFFSET
    return this.find(parent, chunk, start, nameEnd(chunk, start))
  }

  /** The node of the name in these bytes. */
  find(parent: number, bytes: Uint8Array, start: number, end: number): number {
    return this.#table[this.#slot(parent, bytes, start, end)]! || NONE
  }

  /** The node of the name at this address, made where there is none. */
  make(parent: number, address: number): number {
    const chunk = this.chunks[address >>> CHUNK_BITS]!
    const start = address & OFFSET
    const slot = this.#slot(parent, chunk, start, nameEnd(chunk, start))
    const known = this.#table[slot]!
    if (known !== 0) return known
    if (this.#count === this.#parent.length) this.#grow()
    const node = this.#count++
    this.#parent[node] = parent
    this.#name[node] = address
    this.#nextSibling[node] = this.#firstChild[parent]!
    this.#firstChild[parent] = node
    this.#table[slot] = node
    if (this.#count > this.#table.length * 0.8) this.#rehash()
    return node
  }

  /** Where a name lies in the table, or would lie: an empty place. */
  #slot(parent: number, bytes: Uint8Array, start: number, end: number): number {
    const table = this.#table
    const mask = table.length - 1
    let slot = this.#hash(parent, bytes, start, end) & mask
    for (let node = table[slot]!; node !== 0; node = table[slot]!) {
      if (this.#parent[node] === parent && this.#equals(node, bytes, start, end)) break
      slot = (slot + 1) & mask
    }
    return slot
  }

  #rehash(): void {
    const table = new Uint32Array(this.#table.length * 2)
    this.#table = table
    for (let node = 1; node < this.#count; node++) {
      const address = this.#name[node]!
      const chunk = this.chunks[address >>> CHUNK_BITS]!
      const start = address & OFFSET
      table[this.#slot(this.#parent[node]!, chunk, start, nameEnd(chunk, start))] = node
    }
  }

  #grow(): void {
    const more = (old: Uint32Array) => {
      const grown = new Uint32Array(Math.ceil(old.length * 1.5))
      grown.set(old)
      return grown
    }
    this.#parent = more(this.#parent)
    this.#name = more(this.#name)
    this.#firstChild = more(this.#firstChild)
    this.#nextSibling = more(this.#nextSibling)
    this.what = more(this.what)
    this.stamp = more(this.stamp)
    this.cut = more(this.cut)
  }

  #equals(node: number, bytes: Uint8Array, start: number, end: number): boolean {
    const address = this.#name[node]!
    const chunk = this.chunks[address >>> CHUNK_BITS]!
    let at = address & OFFSET
    for (let i = start; i < end; i++) if (chunk[at++] !== bytes[i]) return false
    const last = chunk[at]
    return last === 0 || last === SLASH
  }

  #hash(parent: number, bytes: Uint8Array, start: number, end: number): number {
    // FNV-1a, begun with a secret and the folder, and mixed at the end as MurmurHash3 does.
    let hash = Math.imul(parent ^ this.#seed, 0x9e3779b1)
    for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193)
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
    return (hash ^ (hash >>> 16)) >>> 0
  }
}

/** Where the name that begins at `start` ends: at a slash or a NUL. */
export function nameEnd(chunk: Uint8Array, start: number): number {
  let end = start
  while (chunk[end] !== 0 && chunk[end] !== SLASH) end++
  return end
}

function nameByte(byte: number, isFolder: boolean): number {
  if (byte !== 0 && byte !== SLASH) return byte
  return isFolder ? SLASH : 0
}
