import { setTimeout as sleep } from 'node:timers/promises'
import { JobError } from '../errors.ts'

/**
 * Hands the chunks of a stream on and gives up where none comes for too long.
 * @param firstMs the time for the first one, which an engine may need to prepare everything
 * @throws JobError `timeout`, `aborted`
 */
export async function* withIdleLimit(
  chunks: AsyncIterable<Uint8Array>,
  what: string,
  idleMs: number,
  firstMs: number,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const iterator = chunks[Symbol.asyncIterator]()
  let patience = firstMs
  try {
    for (;;) {
      const next = await within(iterator.next(), patience, what, signal)
      if (next.done) return
      patience = idleMs
      yield next.value
    }
  } finally {
    // A stream that hangs would never answer: it is told, not waited for.
    void iterator.return?.()?.catch(() => {})
  }
}

async function within<T>(
  promise: Promise<T>,
  ms: number,
  what: string,
  signal: AbortSignal | undefined,
): Promise<T> {
  const late = new Error('late')
  const stop = new AbortController()
  const options = { signal: signal ? AbortSignal.any([signal, stop.signal]) : stop.signal }
  try {
    return await Promise.race([promise, sleep(ms, undefined, options).then(() => Promise.reject(late))])
  } catch (error) {
    if (signal?.aborted) throw new JobError('aborted', 'interrupted before it was done')
    if (error !== late) throw error
    throw new JobError('timeout', `${what} sent nothing for ${Math.round(ms / 1000)} s; try again`)
  } finally {
    stop.abort()
  }
}
