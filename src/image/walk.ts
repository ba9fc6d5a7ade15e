import { limits } from '../limits.ts'
import { CHUNK_BITS, codeAt, DIR, dotsAt, namesAt, OFFSET, SYMLINK, targetAt } from './entry-record.ts'
import { NONE, type NodeTable, ROOT } from './node-table.ts'

const SLASH = 0x2f

/** Is it a folder, by a record or because something lies in it? */
export function isFolder(nodes: NodeTable, node: number): boolean {
  const what = nodes.what[node]!
  return what === 0 || codeAt(nodes.chunks, what - 1) === DIR
}

/** Is it a symbolic link? */
export function isLink(nodes: NodeTable, node: number): boolean {
  const what = nodes.what[node]!
  return what !== 0 && codeAt(nodes.chunks, what - 1) === SYMLINK
}

/** Goes from folder to folder, symbolic links followed as Linux does, never above the root. Nothing is made of a step. */
export class Walk {
  readonly #nodes: NodeTable
  /** The folder that was reached. */
  node = ROOT
  /** What lies in it counts where it was put there after this change. */
  cut = 0
  /** Links that were followed on the way. */
  links = 0
  /** The cuts of all folders from the root to the one that was reached, where they were asked for. */
  #cuts: number[] | null = null

  constructor(nodes: NodeTable) {
    this.#nodes = nodes
    this.toRoot()
  }

  toRoot(): void {
    this.go(ROOT, this.#nodes.cut[ROOT]!, 0)
  }

  /** Goes on from where a walk was before. */
  go(node: number, cut: number, links: number): void {
    this.node = node
    this.cut = cut
    this.links = links
    this.#cuts = null
  }

  /**
   * One name further, or two folders, or ten: a link's target is gone along.
   * @param name its address
   * @param floor what was put there before is not seen
   * @param make makes the folders that are not there
   * @returns false where a file or a loop is in the way, or nothing is there
   */
  step(name: number, floor: number, make: boolean): boolean {
    const nodes = this.#nodes
    const dots = dotsAt(nodes.chunks, name)
    if (dots > 0) {
      if (dots === 2) this.#up()
      return true
    }
    const node = make ? nodes.make(this.node, name) : nodes.at(this.node, name)
    if (node === NONE || nodes.stamp[node]! <= Math.max(this.cut, floor)) {
      if (!make) return false
      // A folder over what is there below it in the stack: it joins a folder, it replaces all else.
      const joins = nodes.stamp[node]! > this.cut && isFolder(nodes, node)
      if (!joins) nodes.what[node] = 0
      nodes.stamp[node] = nodes.change()
    }
    if (isFolder(nodes, node)) {
      this.node = node
      this.cut = Math.max(this.cut, nodes.cut[node]!)
      this.#cuts?.push(this.cut)
      return true
    }
    return isLink(nodes, node) && this.#follow(node, floor, make)
  }

  #follow(link: number, floor: number, make: boolean): boolean {
    return this.#targetOf(link)?.every(name => this.step(name, floor, make)) ?? false
  }

  /** The names in a link's target, the walk where they begin; null after too many links. */
  #targetOf(link: number): number[] | null {
    const { chunks, what } = this.#nodes
    if (++this.links > limits.linkDepth) return null
    const target = targetAt(chunks, what[link]! - 1)
    if (chunks[target >>> CHUNK_BITS]![target & OFFSET] === SLASH) {
      this.go(ROOT, this.#nodes.cut[ROOT]!, this.links)
    }
    return namesAt(chunks, target)
  }

  #up(): void {
    if (this.node === ROOT) return
    // Once for a way, not for each step: a stranger's link can go up and down a thousand times in a deep folder.
    this.#cuts ??= this.#nodes.cutsTo(this.node)
    this.#cuts.pop()
    this.node = this.#nodes.parent(this.node)
    this.cut = this.#cuts[this.#cuts.length - 1]!
  }
}
