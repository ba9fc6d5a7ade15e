import { JobError } from '../../errors.ts'
import type { FromWorker, ToWorker } from './messages.ts'
import type { Thread } from './thread.ts'

type Said = Extract<FromWorker, { kind: 'spent' | 'progress' | 'piece' }>

/** One task of one thread, until it is done, has failed, or is called off. */
export class Run {
  readonly thread: Thread
  /** The facts, where it was asked for facts. Rejects with what was wrong, or JobError `aborted`. */
  readonly done: Promise<ArrayBuffer | null>
  readonly #signal: AbortSignal | undefined
  #resolve!: (facts: ArrayBuffer | null) => void
  #reject!: (error: Error) => void
  #over = false

  constructor(thread: Thread, signal: AbortSignal | undefined) {
    this.thread = thread
    this.#signal = signal
    this.done = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    // Whoever awaits it is told; where that is nobody (yet), it must not count as unhandled.
    this.done.catch(() => {})
  }

  /** Nothing more is wanted of it. */
  get over(): boolean {
    return this.#over
  }

  begin(what: string, task: ToWorker, onMessage: (message: Said) => void): void {
    this.thread.begin(what, task, {
      onMessage,
      onDone: facts => {
        this.#over = true
        this.#resolve(facts)
      },
      onFailed: error => {
        this.#over = true
        this.#reject(error)
      },
    })
    this.#signal?.addEventListener('abort', this.#abort, { once: true })
    if (this.#signal?.aborted) this.#abort()
  }

  send(message: ToWorker): void {
    if (!this.#over) this.thread.send(message)
  }

  /** @returns whether the thread can be used again: one that is still at work is ended */
  async end(): Promise<boolean> {
    this.#signal?.removeEventListener('abort', this.#abort)
    if (!this.#over) {
      this.#over = true
      await this.thread.end()
      this.#reject(new Error('called off'))
    }
    return !this.thread.ended
  }

  readonly #abort = () => {
    this.#over = true
    this.thread.end().finally(() => this.#reject(new JobError('aborted', 'interrupted before it was done')))
  }
}
