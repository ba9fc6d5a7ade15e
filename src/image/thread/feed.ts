/** Bytes that go to a worker at once. */
const SIZE = 256 * 1024
/** Buffers on their way at most. */
const COUNT = 4

/**
 * Gathers bytes in a few buffers that are moved to a worker and come back: the one copy that is made of them on their
 * way. Who brings more than the worker reads has to wait.
 */
export class Feed {
  readonly #send: (buffer: ArrayBuffer, length: number) => void
  readonly #spare: ArrayBuffer[] = []
  #made = 0
  #buffer: Uint8Array<ArrayBuffer> | null = null
  #filled = 0
  #wake: (() => void) | null = null
  #stopped = false

  constructor(send: (buffer: ArrayBuffer, length: number) => void) {
    this.#send = send
  }

  /** The chunk may change as soon as the call, or what it returns, is done. */
  write(chunk: Uint8Array): Promise<void> | undefined {
    return this.#put(chunk, 0)
  }

  /** What is gathered goes on its way. */
  flush(): void {
    if (this.#buffer && this.#filled > 0) this.#send(this.#buffer.buffer, this.#filled)
    this.#buffer = null
    this.#filled = 0
  }

  /** A buffer has come back. */
  spent(buffer: ArrayBuffer): void {
    this.#spare.push(buffer)
    this.#wake?.()
  }

  /** The worker is gone: nobody waits for its buffers any longer. */
  stop(): void {
    this.#stopped = true
    this.#wake?.()
  }

  #put(chunk: Uint8Array, from: number): Promise<void> | undefined {
    let at = from
    while (at < chunk.length && !this.#stopped) {
      this.#buffer ??= this.#empty()
      if (!this.#buffer) {
        return new Promise<void>(resolve => {
          this.#wake = resolve
        }).then(() => this.#put(chunk, at))
      }
      const part = chunk.subarray(at, at + SIZE - this.#filled)
      this.#buffer.set(part, this.#filled)
      this.#filled += part.length
      at += part.length
      if (this.#filled === SIZE) this.flush()
    }
    return undefined
  }

  #empty(): Uint8Array<ArrayBuffer> | null {
    const spare = this.#spare.pop()
    if (spare) return new Uint8Array(spare)
    if (this.#made === COUNT) return null
    this.#made++
    return new Uint8Array(SIZE)
  }
}
