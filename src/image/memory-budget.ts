import { JobError } from '../errors.ts'
import { limits } from '../limits.ts'

/** What a name of the tree takes beside its record (node-table.ts). */
const NODE_BYTES = 40

/** Counts what the facts of all layers of one image take in memory, so that no image can take more than its share. */
export class MemoryBudget {
  #bytes = 0

  /**
   * @param what the layer's name in messages
   * @param bytes negative: they are given back
   * @throws JobError `limit`
   */
  take(what: string, bytes: number): void {
    this.#bytes += bytes
    if (this.#bytes <= limits.imageFactsBytes) return
    throw new JobError(
      'limit',
      `${what}: the names, stores and certificates of the image take more than ${limits.imageFactsBytes} bytes, more than is read of one image`,
    )
  }

  /** Records of this many bytes with this many names. @throws JobError `limit` */
  takeRecord(what: string, bytes: number, names: number): void {
    this.take(what, bytes + names * NODE_BYTES)
  }
}
