import type { Inflater, Sink } from '../decompress.ts'
import { Feed } from './feed.ts'
import { newRing, RingReader } from './ring.ts'
import { Run } from './run.ts'
import type { Thread } from './thread.ts'

/** Unpacks gzip in a thread: the next bytes are unpacked there while the last ones are read here. */
export class ThreadInflater implements Inflater {
  readonly #sink: Sink
  readonly #ring = newRing()
  readonly #reader = new RingReader(this.#ring)
  readonly #give: (run: Run) => Promise<void>
  /** The thread has begun. */
  readonly #begun: Promise<void>
  #run: Run | null = null
  #feed: Feed | null = null
  readonly #pieces: number[] = []
  #reading = false
  /** All pieces that have come so far were read. */
  #read = Promise.resolve()
  #failed: { readonly error: unknown } | null = null

  /** @param give takes the thread back */
  constructor(
    what: string,
    sink: Sink,
    thread: Promise<Thread>,
    signal: AbortSignal | undefined,
    give: (run: Run) => Promise<void>,
  ) {
    this.#sink = sink
    this.#give = give
    this.#begun = thread.then(thread => {
      const run = new Run(thread, signal)
      const feed = new Feed((buffer, length) => thread.send({ kind: 'bytes', buffer, length }, [buffer]))
      this.#run = run
      this.#feed = feed
      run.begin(what, { kind: 'inflate', task: { what, ring: this.#ring } }, message => {
        if (message.kind === 'spent') feed.spent(message.buffer)
        else if (message.kind === 'piece') this.#take(message.length)
      })
      run.done.catch(error => {
        this.#failed ??= { error }
        feed.stop()
      })
    })
    this.#begun.catch(() => {})
  }

  write(chunk: Uint8Array): Promise<void> | undefined {
    if (!this.#feed) return this.#begun.then(() => this.write(chunk))
    const wait = this.#feed.write(chunk)
    if (wait) return wait.then(() => this.#check())
    this.#check()
    return undefined
  }

  async end(): Promise<void> {
    await this.#begun
    this.#feed!.flush()
    this.#run!.send({ kind: 'end' })
    await this.#run!.done.catch(() => {})
    this.#check()
    await this.#read
    this.#check()
    await this.#give(this.#run!)
  }

  async abort(): Promise<void> {
    await this.#begun.catch(() => {})
    this.#feed?.stop()
    if (this.#run) await this.#give(this.#run)
  }

  #check(): void {
    if (this.#failed) throw this.#failed.error
  }

  #take(length: number): void {
    this.#pieces.push(length)
    if (this.#reading) return
    const wait = this.#readPieces()
    if (wait) this.#read = wait
  }

  /** Reads what has come, and what comes while it waits for the sink. */
  #readPieces(): Promise<void> | undefined {
    try {
      for (let length = this.#pieces.shift(); length !== undefined; length = this.#pieces.shift()) {
        if (this.#failed) return undefined
        const wait = this.#sink(this.#reader.slot(length))
        if (wait) return this.#readAfter(wait)
        this.#reader.release()
      }
    } catch (error) {
      this.#refuse(error)
    }
    return undefined
  }

  async #readAfter(wait: Promise<void>): Promise<void> {
    this.#reading = true
    try {
      await wait
      this.#reader.release()
    } catch (error) {
      this.#refuse(error)
    }
    this.#reading = false
    await this.#readPieces()
  }

  /** What the sink throws ends it. */
  #refuse(error: unknown): void {
    this.#failed ??= { error }
    this.#feed?.stop()
    // It would wait for ever for its slots to be read.
    void this.#run?.end()
  }
}
