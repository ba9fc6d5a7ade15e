import { JobError } from '../errors.ts'
import { printable } from '../image/path.ts'

/** A timer of more would fire at once. */
const longestTimer = 2 ** 31 - 1

/** The one deadline of a whole job: its signal carries a JobError `timeout` at the end, or `aborted` from the caller. */
export class Deadline {
  /** What is being waited for, as the error will say it. */
  doing = 'beginning'
  readonly #control = new AbortController()
  readonly #timer: NodeJS.Timeout
  readonly #callers: AbortSignal | undefined
  readonly #stop = () => this.#control.abort(new JobError('aborted', 'interrupted before it was done'))

  /** @param timeout milliseconds */
  constructor(
    name: string,
    { timeout, signal }: { readonly timeout: number; readonly signal?: AbortSignal },
  ) {
    this.#timer = setTimeout(
      () => {
        const words = `${printable(name)}: no answer within ${timeout / 1000} s, ${this.doing}`
        this.#control.abort(new JobError('timeout', words))
      },
      Math.min(timeout, longestTimer),
    )
    this.#callers = signal
    if (signal?.aborted) this.#stop()
    signal?.addEventListener('abort', this.#stop, { once: true })
  }

  get signal(): AbortSignal {
    return this.#control.signal
  }

  clear(): void {
    clearTimeout(this.#timer)
    this.#callers?.removeEventListener('abort', this.#stop)
  }
}
