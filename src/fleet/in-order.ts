import { setMaxListeners } from 'node:events'

/** How many are worked on at once, and whom each of them asks. */
export interface Lanes<T> {
  readonly atOnce: number
  /** Whom an item asks: while several are asked, each gets its turn. */
  readonly laneOf: (item: T) => string
}

/**
 * Works on several items at once and gives what became of them in the order of the items, whatever is done first.
 * Lanes take turns, so that a long list of one registry does not keep another waiting.
 * @param work gets a signal that ends it: nobody waits for the rest where one throws, or where nobody reads on
 * @throws what `work` throws first, when all that was under way has ended
 */
export async function* inOrder<T, R>(
  items: readonly T[],
  { atOnce, laneOf }: Lanes<T>,
  work: (item: T, signal: AbortSignal) => Promise<R>,
  signal?: AbortSignal,
): AsyncGenerator<R> {
  const stop = new AbortController()
  const either = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal
  // Each request of each item listens; Node.js warns of more than ten.
  setMaxListeners(0, either)
  const turns = new Turns(items, laneOf)
  const done = new Map<number, R>()
  let failure: { readonly error: unknown } | null = null
  let wake: () => void = () => {}
  const worker = async () => {
    while (failure === null && !stop.signal.aborted) {
      const index = turns.next()
      if (index === null) return
      try {
        done.set(index, await work(items[index] as T, either))
      } catch (error) {
        failure ??= { error }
        stop.abort()
      }
      wake()
    }
  }
  const workers = Array.from({ length: Math.min(Math.max(1, atOnce), items.length) }, worker)
  try {
    for (let index = 0; index < items.length; index++) {
      while (!done.has(index) && failure === null) await new Promise<void>(resolve => (wake = resolve))
      if (failure !== null) break
      const result = done.get(index) as R
      done.delete(index)
      yield result
    }
  } finally {
    stop.abort()
    await Promise.allSettled(workers)
  }
  if (failure !== null) throw (failure as { readonly error: unknown }).error
}

/** Whose turn it is: the lanes one after another, in each the items in their order. */
class Turns<T> {
  readonly #lanes: number[][]
  #at = 0

  constructor(items: readonly T[], laneOf: (item: T) => string) {
    const lanes = new Map<string, number[]>()
    for (const [index, item] of items.entries()) {
      const lane = laneOf(item)
      const queue = lanes.get(lane)
      if (queue === undefined) lanes.set(lane, [index])
      else queue.push(index)
    }
    // From behind: taking the last of an array costs nothing.
    this.#lanes = [...lanes.values()].map(queue => queue.reverse())
  }

  next(): number | null {
    if (this.#lanes.length === 0) return null
    this.#at %= this.#lanes.length
    const lane = this.#lanes[this.#at] as number[]
    const index = lane.pop() as number
    if (lane.length === 0) this.#lanes.splice(this.#at, 1)
    else this.#at++
    return index
  }
}
