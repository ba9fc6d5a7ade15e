import { JobError } from '../errors.ts'
import { limits } from '../limits.ts'
import type { Budget } from './facts.ts'

/** What a name of the tree takes beside its record (node-table.ts). */
const NODE_BYTES = 40

/**
 * Counts what the facts of all layers of one image take in memory, so that no image can take more than its share,
 * whatever threads read its layers.
 */
export class MemoryBudget implements Budget {
  readonly shared: SharedArrayBuffer
  /** 32 bits are enough: each thread goes beyond the limit but once, by a file that may be kept. */
  readonly #bytes: Int32Array

  /** @param shared the count that other threads add to as well */
  constructor(shared: SharedArrayBuffer = new SharedArrayBuffer(4)) {
    this.shared = shared
    this.#bytes = new Int32Array(shared)
  }

  /**
   * @param what the layer's name in messages
   * @param bytes negative: they are given back
   * @throws JobError `limit`
   */
  take(what: string, bytes: number): void {
    if (Atomics.add(this.#bytes, 0, bytes) + bytes <= limits.imageFactsBytes) return
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
