/** Bytes of a slot: as much as is unpacked at once, and still lies in the cache of a core when it is read. */
const SLOT = 256 * 1024
const SLOTS = 8
/** The number of slots that were read, before the slots. */
const HEAD = 64

/** Memory of two threads, in slots that one fills and the other reads, in turn. */
export function newRing(): SharedArrayBuffer {
  return new SharedArrayBuffer(HEAD + SLOTS * SLOT)
}

/** The side that fills. */
export class RingWriter {
  readonly #slots: readonly Uint8Array[]
  readonly #read: Int32Array
  #filled = 0

  constructor(ring: SharedArrayBuffer) {
    this.#slots = slotsOf(ring)
    this.#read = new Int32Array(ring, 0, 1)
  }

  /** The slot to fill; blocks the thread until there is one. */
  slot(): Uint8Array {
    for (;;) {
      const read = Atomics.load(this.#read, 0)
      if (((this.#filled - read) | 0) < SLOTS) return this.#slots[this.#filled & (SLOTS - 1)]!
      Atomics.wait(this.#read, 0, read)
    }
  }

  /** The slot is filled: the next one is another. */
  advance(): void {
    this.#filled = (this.#filled + 1) | 0
  }
}

/** The side that reads. */
export class RingReader {
  readonly #slots: readonly Uint8Array[]
  readonly #read: Int32Array
  #at = 0

  constructor(ring: SharedArrayBuffer) {
    this.#slots = slotsOf(ring)
    this.#read = new Int32Array(ring, 0, 1)
  }

  /** The oldest filled slot, of which so many bytes count. */
  slot(length: number): Uint8Array {
    return this.#slots[this.#at & (SLOTS - 1)]!.subarray(0, length)
  }

  /** It was read and may be filled again. */
  release(): void {
    this.#at = (this.#at + 1) | 0
    Atomics.add(this.#read, 0, 1)
    Atomics.notify(this.#read, 0)
  }
}

function slotsOf(ring: SharedArrayBuffer): readonly Uint8Array[] {
  return Array.from({ length: SLOTS }, (_, number) => Buffer.from(ring, HEAD + number * SLOT, SLOT))
}
