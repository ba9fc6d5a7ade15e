/** Long work at a terminal: progress while it goes on, a clean end at Ctrl-C. */
import { EXIT } from './base-command.ts'
import { createProgress } from './terminal.ts'

interface Watch {
  readonly signal: AbortSignal
  readonly onProgress: (state: {
    readonly target: string
    readonly layers: number
    readonly bytes: number
  }) => void
}

/** @param flags whether progress is wanted */
export async function interruptible<T>(
  flags: { readonly quiet: boolean; readonly 'no-progress': boolean },
  work: (watch: Watch) => Promise<T>,
): Promise<T> {
  const started = performance.now()
  const progress = createProgress(
    !flags.quiet && !flags['no-progress'],
    process.stderr,
    () => performance.now() - started,
  )
  const stop = new AbortController()
  process.once('SIGINT', () => {
    stop.abort()
    progress.done()
    // A source may wait for bytes that never come. Nothing is half written: the work can end here.
    process.exit(EXIT.interrupted)
  })
  const onProgress: Watch['onProgress'] = ({ target, bytes }) =>
    progress.update(`reading ${target}: ${(bytes / 1e6).toFixed(0)} MB`)
  try {
    return await work({ signal: stop.signal, onProgress })
  } finally {
    progress.done()
  }
}
