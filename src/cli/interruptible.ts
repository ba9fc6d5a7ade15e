/** Long work at a terminal: progress while it goes on, a clean end at Ctrl-C. */

import type { ScanProgress } from '../index.ts'
import { visible } from '../report/visible.ts'
import { EXIT } from './base-command.ts'
import { createProgress, sizeOf } from './terminal.ts'

interface Watch {
  readonly signal: AbortSignal
  readonly onProgress: (state: ScanProgress) => void
}

/** @param flags whether progress is wanted */
export async function interruptible<T>(
  flags: { readonly quiet: boolean; readonly 'no-progress': boolean },
  work: (watch: Watch) => Promise<T>,
): Promise<T> {
  // For performance.now() Node.js loads ten modules, which takes it half a millisecond.
  const started = process.uptime()
  const elapsed = () => (process.uptime() - started) * 1000
  const progress = createProgress(!flags.quiet && !flags['no-progress'], elapsed)
  const stop = new AbortController()
  process.once('SIGINT', () => {
    stop.abort()
    progress.done()
    // A source may wait for bytes that never come. Nothing is half written: the work can end here.
    process.exit(EXIT.interrupted)
  })
  const onProgress: Watch['onProgress'] = state =>
    progress.update(`reading ${visible(state.target)}`, howFar(state))
  try {
    return await work({ signal: stop.signal, onProgress })
  } finally {
    progress.done()
  }
}

/** `layer 2/7, 31.4 MB`; of many targets how many are done before it: `117 of 200 done, layer 2/7, 31.4 MB`. */
function howFar({ layers, done, bytes, targets }: ScanProgress): string {
  const size = sizeOf(bytes)
  const layer = layers === 0 ? '' : `layer ${Math.min(done + 1, layers)}/${layers}, `
  return `${targets ? `${targets.done} of ${targets.all} done, ` : ''}${layer}${size}`
}
