import type { Socket } from 'node:net'
import { Fault } from './fault.ts'

/** Bytes of a connection in the amounts that a protocol asks for. Bounded in what it takes, ended by a signal. */
export class Wire {
  readonly #socket: Socket
  readonly #chunks: AsyncIterator<Buffer>
  readonly #signal: AbortSignal
  readonly #stop: () => void
  /** What has come and was not asked for yet, the first chunk from `#from` on. */
  #held: Buffer[] = []
  #from = 0
  #heldBytes = 0
  #taken = 0
  #most = Number.POSITIVE_INFINITY
  #tooMuch = ''

  constructor(socket: Socket, signal: AbortSignal) {
    this.#socket = socket
    this.#signal = signal
    this.#stop = () => socket.destroy()
    // What goes wrong is told where it is read.
    socket.on('error', () => {})
    signal.addEventListener('abort', this.#stop, { once: true })
    if (signal.aborted) socket.destroy()
    this.#chunks = socket[Symbol.asyncIterator]() as AsyncIterator<Buffer>
  }

  /** Our own address, as a server sees it. */
  get localAddress(): string {
    return this.#socket.localAddress ?? '127.0.0.1'
  }

  /** Bytes that have come and were not asked for. */
  get held(): number {
    return this.#heldBytes
  }

  /** From here on no more than `bytes` are taken. @param what the sentence for a server that sends more */
  allow(bytes: number, what: string): void {
    this.#most = this.#taken + bytes
    this.#tooMuch = what
  }

  write(bytes: Uint8Array | string): void {
    this.#socket.write(bytes)
  }

  /**
   * Exactly so many bytes.
   * @throws Fault `truncated` where the connection ends before, `limit`, `unreachable`; what the signal was aborted with
   */
  async read(count: number): Promise<Buffer> {
    this.#count(count)
    while (this.#heldBytes < count) if (!(await this.#more())) throw this.#ended()
    return this.#take(count)
  }

  /** Bytes up to the next newline, without it and a carriage return before it, as Latin-1. */
  async readLine(): Promise<string> {
    const line: number[] = []
    for (;;) {
      const [byte] = await this.read(1)
      if (byte === 0x0a) return Buffer.from(line).toString('latin1').replace(/\r$/, '')
      line.push(byte!)
    }
  }

  /** What has come, left where it is: at least `count` bytes, fewer where the connection ends before. */
  async peek(count: number): Promise<Buffer> {
    while (this.#heldBytes < count && (await this.#more())) {}
    return Buffer.concat(this.#held.map((chunk, index) => chunk.subarray(index === 0 ? this.#from : 0)))
  }

  /** Says what is still to be said, and ends. */
  close(farewell?: Uint8Array): void {
    this.#signal.removeEventListener('abort', this.#stop)
    if (farewell && !this.#socket.destroyed) this.#socket.write(farewell)
    // What the server still has to say is not waited for.
    this.#socket.destroySoon()
  }

  #count(bytes: number): void {
    this.#taken += bytes
    if (this.#taken > this.#most) throw new Fault('limit', this.#tooMuch)
  }

  #take(count: number): Buffer {
    const parts: Buffer[] = []
    let missing = count
    while (missing > 0) {
      const first = this.#held[0]!
      const part = first.subarray(this.#from, this.#from + missing)
      parts.push(part)
      missing -= part.length
      this.#from += part.length
      if (this.#from === first.length) {
        this.#held.shift()
        this.#from = 0
      }
    }
    this.#heldBytes -= count
    return parts.length === 1 ? parts[0]! : Buffer.concat(parts)
  }

  async #more(): Promise<boolean> {
    try {
      const { done, value } = await this.#chunks.next()
      this.#signal.throwIfAborted()
      if (done) return false
      this.#held.push(value)
      this.#heldBytes += value.length
      return true
    } catch (error) {
      this.#signal.throwIfAborted()
      if (error instanceof Fault) throw error
      const code = (error as NodeJS.ErrnoException).code
      // A server that does not like what it reads cuts the connection like this.
      if (code === 'ECONNRESET' || code === 'EPIPE' || code === 'ERR_STREAM_PREMATURE_CLOSE') return false
      throw new Fault('unreachable', `the connection failed (${code ?? 'no reason is known'}); try again`)
    }
  }

  #ended(): Fault {
    return new Fault('truncated', 'it ends the connection before it has sent its certificates')
  }
}
