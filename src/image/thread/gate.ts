const OPEN = 0
const INSIDE = 1
const SHUT = 2

/** Milliseconds for which a thread may be inside: what it does there takes far less than one. */
const MOST_WAIT = 500

/**
 * Keeps a thread from being ended while it makes a zlib handle: one that was made and not yet initialised when its
 * thread ends, ends the whole process ("close before init", an assertion in src/node_zlib.cc of all versions so far).
 */
export class Gate {
  /** What both threads see of it. */
  readonly shared: SharedArrayBuffer
  readonly #state: Int32Array

  constructor(shared = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)) {
    this.shared = shared
    this.#state = new Int32Array(shared)
  }

  /** In the thread: makes something that must not be left half made. Waits for the thread's end where that has begun. */
  pass<T>(make: () => T): T {
    if (Atomics.compareExchange(this.#state, 0, OPEN, INSIDE) === SHUT) Atomics.wait(this.#state, 0, SHUT)
    try {
      return make()
    } finally {
      Atomics.store(this.#state, 0, OPEN)
      Atomics.notify(this.#state, 0)
    }
  }

  /** Before the thread is ended: once it is not inside, it does not get in any more. */
  shut(): void {
    const last = performance.now() + MOST_WAIT
    while (Atomics.compareExchange(this.#state, 0, OPEN, SHUT) === INSIDE && performance.now() < last)
      Atomics.wait(this.#state, 0, INSIDE, MOST_WAIT)
  }
}
