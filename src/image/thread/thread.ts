import { Worker } from 'node:worker_threads'
import { JobError, oneLine } from '../../errors.ts'
import { received } from './errors.ts'
import { Gate } from './gate.ts'
import type { FromWorker, ToWorker } from './messages.ts'

/**
 * What a worker's own heap may hold, in MB: a layer's names and bytes lie beside it. A layer that needs more ends the
 * worker, not the program.
 */
const HEAP = 512
/** Of this what is young: left to V8, each thread would take some 20 MB more than it needs. */
const YOUNG = 8

/** Of the threads that have not ended: `process.exit()` ends them too. */
const gates = new Set<Gate>()
const shutAll = () => {
  for (const gate of gates) gate.shut()
}

/** Who hears of a task under way. */
export interface Listener {
  onMessage(message: Extract<FromWorker, { kind: 'spent' | 'progress' | 'piece' }>): void
  onDone(facts: ArrayBuffer | null): void
  /** The thread can be used again unless it has ended. */
  onFailed(error: Error): void
}

/** One worker, which does one task at a time. */
export class Thread {
  readonly #worker: Worker
  readonly #gate = new Gate()
  #what = ''
  #listener: Listener | null = null
  #ended = false

  /**
   * @param script what runs in it: {@link serveLayers}
   * @param heap megabytes
   */
  constructor(script: URL, heap = HEAP) {
    const resourceLimits = { maxOldGenerationSizeMb: heap, maxYoungGenerationSizeMb: YOUNG }
    const workerData = this.#gate.shared
    this.#worker = new Worker(script, { name: 'imgtrust layer', resourceLimits, workerData, execArgv: [] })
    if (gates.size === 0) process.on('exit', shutAll)
    gates.add(this.#gate)
    this.#worker.on('message', (message: FromWorker) => this.#take(message))
    this.#worker.on('messageerror', error => this.#fail(error))
    this.#worker.on('error', error => {
      this.#ended = true
      this.#fail(this.#died(error))
    })
    this.#worker.on('exit', code => {
      this.#ended = true
      gates.delete(this.#gate)
      if (gates.size === 0) process.off('exit', shutAll)
      this.#fail(this.#died(new Error(`exit status ${code}`)))
    })
  }

  /** Nothing can be asked of it any more. */
  get ended(): boolean {
    return this.#ended
  }

  /** @param what the layer's name in messages */
  begin(what: string, message: ToWorker, listener: Listener): void {
    this.#what = what
    this.#listener = listener
    this.#worker.ref()
    this.send(message)
  }

  send(message: ToWorker, moved: readonly ArrayBuffer[] = []): void {
    if (!this.#ended) this.#worker.postMessage(message, moved)
  }

  /** It has nothing to do, and keeps no process alive for that. */
  rest(): void {
    this.#listener = null
    this.#worker.unref()
  }

  /** Ends it at once, whatever it does. */
  async end(): Promise<void> {
    this.#ended = true
    this.#listener = null
    this.#gate.shut()
    await this.#worker.terminate()
  }

  #take(message: FromWorker): void {
    const listener = this.#listener
    if (message.kind === 'done') {
      this.#listener = null
      listener?.onDone(message.facts)
    } else if (message.kind === 'failed') {
      this.#fail(received(message.error))
    } else {
      listener?.onMessage(message)
    }
  }

  #fail(error: Error): void {
    const listener = this.#listener
    this.#listener = null
    listener?.onFailed(error)
  }

  #died(error: Error): JobError {
    const memory = (error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY'
    const why = memory ? 'it takes too much memory' : `its thread ended (${oneLine(error)})`
    const advice = memory ? '' : '; --jobs 1 reads it without threads'
    return new JobError(memory ? 'limit' : 'unreadable', `${this.#what} can't be read: ${why}${advice}`)
  }
}
