import { JobError } from '../../errors.ts'
import type { Inflater, Sink } from '../decompress.ts'
import type { ContentReader, LayerFacts, LayerThreads, ReadOptions } from '../facts.ts'
import { unpackFacts } from '../facts-codec.ts'
import { throwIfAborted } from '../layer-facts.ts'
import { Feed } from './feed.ts'
import { ThreadInflater } from './inflater.ts'
import type { LayerTask } from './messages.ts'
import { Run } from './run.ts'
import { Thread } from './thread.ts'

/** Packed bytes from which on a layer is worth a thread: its start takes about 40 ms, in which 15 MB are unpacked. */
export const LARGE = 8 * 1024 * 1024

/** Milliseconds without a task after which a thread ends. */
const IDLE = 200

export interface PoolOptions {
  /** What runs in a thread. */
  readonly script: URL
  /** `version` of the reader that the script has. */
  readonly reader: string
  /** Threads at once. */
  readonly most: number
  /** Packed bytes from which on a layer is read in a thread; absent: {@link LARGE}. */
  readonly large?: number
  /** Megabytes of a thread's heap; absent: what no layer within the limits needs. */
  readonly heap?: number
}

/** Worker threads, started when there is a layer for them, that read one layer each at a time. */
export class LayerPool implements LayerThreads {
  readonly #options: PoolOptions
  readonly #idle: Thread[] = []
  readonly #queue: (() => void)[] = []
  #running = 0
  #timer: NodeJS.Timeout | undefined
  /** Threads that were started so far. */
  started = 0

  constructor(options: PoolOptions) {
    this.#options = options
  }

  get most(): number {
    return this.#options.most
  }

  get busy(): boolean {
    return this.#running > 0
  }

  /** Threads that have not ended. */
  get alive(): number {
    return this.#running + this.#idle.length
  }

  takes(reader: ContentReader, bytes: number | null): boolean {
    const { reader: version, large = LARGE } = this.#options
    return bytes !== null && bytes >= large && reader.version === version
  }

  async read(
    task: LayerTask,
    chunks: AsyncIterable<Uint8Array> | null,
    { signal, onProgress }: ReadOptions,
  ): Promise<LayerFacts> {
    const thread = await this.#thread(signal)
    const run = new Run(thread, signal)
    const feed = new Feed((buffer, length) => thread.send({ kind: 'bytes', buffer, length }, [buffer]))
    try {
      run.begin(task.what, { kind: 'layer', task }, message => {
        if (message.kind === 'spent') feed.spent(message.buffer)
        else if (message.kind === 'progress') onProgress?.(message.bytes)
      })
      if (chunks) {
        const fed = this.#feed(chunks, feed, run, onProgress)
        // Whichever ends first: a layer may be refused while its next bytes are waited for.
        await Promise.race([fed, run.done])
      }
      const facts = await run.done
      if (task.expected.size !== null) onProgress?.(task.expected.size)
      return unpackFacts(Buffer.from(facts!))
    } finally {
      feed.stop()
      await this.#give(run)
    }
  }

  inflate(what: string, sink: Sink, signal: AbortSignal | undefined): Inflater {
    return new ThreadInflater(what, sink, this.#thread(signal), signal, run => this.#give(run))
  }

  async #feed(
    chunks: AsyncIterable<Uint8Array>,
    feed: Feed,
    run: Run,
    onProgress: ReadOptions['onProgress'],
  ): Promise<void> {
    let bytes = 0
    for await (const chunk of chunks) {
      const wait = feed.write(chunk)
      if (wait) await wait
      if (run.over) return
      bytes += chunk.length
      onProgress?.(bytes)
    }
    feed.flush()
    run.send({ kind: 'end' })
  }

  /** A thread for one task. @throws JobError `aborted` */
  async #thread(signal: AbortSignal | undefined): Promise<Thread> {
    throwIfAborted(signal)
    if (this.#running >= this.#options.most) await this.#turn(signal)
    else this.#running++
    clearTimeout(this.#timer)
    const thread = this.#idle.pop()
    if (thread && !thread.ended) return thread
    this.started++
    try {
      return new Thread(this.#options.script, this.#options.heap)
    } catch (error) {
      this.#leave()
      throw error
    }
  }

  /** Until a task has ended, whose place is taken then. */
  #turn(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const turn = () => {
        signal?.removeEventListener('abort', leave)
        resolve()
      }
      const leave = () => {
        this.#queue.splice(this.#queue.indexOf(turn), 1)
        reject(new JobError('aborted', 'interrupted before it was done'))
      }
      this.#queue.push(turn)
      signal?.addEventListener('abort', leave, { once: true })
    })
  }

  /** Takes a thread back; what it still does is not wanted any more. */
  async #give(run: Run): Promise<void> {
    const { thread } = run
    const clean = await run.end()
    if (clean) {
      thread.rest()
      this.#idle.push(thread)
    }
    this.#leave()
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#sleep(), IDLE).unref()
  }

  /** The place of a task is given to the one that waits for longest. */
  #leave(): void {
    const next = this.#queue.shift()
    if (next) next()
    else this.#running--
  }

  #sleep(): void {
    for (const thread of this.#idle.splice(0)) void thread.end()
  }
}
