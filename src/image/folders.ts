import type { Cursor } from './entry-record.ts'
import { NONE, type NodeTable } from './node-table.ts'
import { Walk } from './walk.ts'

/**
 * The folders in which the records of a layer lie, as the layer alone has them, made where they are missing. Records
 * that follow each other share most of their folders: only the others are looked up.
 */
export class Folders {
  readonly #walk: Walk
  /** Where the walk was after so many names of the record at hand. */
  readonly #nodes: number[] = []
  readonly #cuts: number[] = []
  readonly #links: number[] = []
  /** So many names are behind it. */
  #known = 0
  /** With so many names, or more, nothing is found: a file or a loop of links is in the way. */
  #blocked = Number.POSITIVE_INFINITY
  #floor = 0
  /** What lies in the folder that was found last counts where it was put there after this change. */
  cut = 0

  constructor(nodes: NodeTable) {
    this.#walk = new Walk(nodes)
  }

  /** @param floor the last change of the layers below: they are not seen */
  begin(floor: number): void {
    this.#floor = floor
    this.forget()
  }

  /** Something was replaced that may be, or lead to, one of the folders. */
  forget(): void {
    this.#walk.toRoot()
    this.#known = -1
    this.#keep()
    this.#blocked = Number.POSITIVE_INFINITY
  }

  /** Goes on to the next record; each has to be told. */
  next({ shared }: Cursor): void {
    if (shared < this.#known) this.#known = shared
    if (shared < this.#blocked) this.#blocked = Number.POSITIVE_INFINITY
  }

  /**
   * The folder behind the first `count` names of the record at hand.
   * @param names their addresses
   * @returns {@link NONE} where a file or a loop is in the way
   */
  find(names: readonly number[], count: number): number {
    if (count >= this.#blocked) return NONE
    if (this.#known < count) {
      const known = this.#known
      this.#walk.go(this.#nodes[known]!, this.#cuts[known]!, this.#links[known]!)
      while (this.#known < count) {
        if (!this.#walk.step(names[this.#known]!, this.#floor, true)) {
          this.#blocked = this.#known + 1
          return NONE
        }
        this.#keep()
      }
    }
    this.cut = this.#cuts[count]!
    return this.#nodes[count]!
  }

  #keep(): void {
    const at = ++this.#known
    this.#nodes[at] = this.#walk.node
    this.#cuts[at] = this.#walk.cut
    this.#links[at] = this.#walk.links
  }
}
