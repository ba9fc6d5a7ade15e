import { JobError } from '../errors.ts'
import { readChainFile } from './chain-file.ts'
import type { ReadServerOptions, SentChain, ServerTarget } from './sent.ts'
import { parseHost } from './target.ts'

/** A timer of more would fire at once. */
const longestTimer = 2 ** 31 - 1

/**
 * The chain as a server sends it, read from the wire or from a file.
 * @throws JobError one line within `timeout`: `usage` (a file without a host), `unreachable`, `timeout`, `aborted`,
 *   `truncated`, `malformed`, `limit`, `unsupported`, `not-found`, `unreadable`
 */
export async function readServer(target: ServerTarget, options: ReadServerOptions): Promise<SentChain> {
  const asked = options.host === undefined ? null : parseHost(options.host)
  if (target.kind === 'file' && asked === null)
    throw new JobError(
      'usage',
      `${target.typed} does not say which server sends it: add --host NAME, the name that the client asks for`,
    )
  const end = deadline(options)
  try {
    if (target.kind === 'file') {
      const chain = await readChainFile(target.path, options.stdin ?? process.stdin, end.signal)
      return { ...chain, host: asked as string, port: null, how: 'file' }
    }
    throw new JobError('unsupported', `${target.typed}: live servers are not read yet`)
  } finally {
    end.clear()
  }
}

/** A signal that carries a JobError at the end of the time, or when the caller has enough. */
function deadline({ timeout, signal }: ReadServerOptions): { readonly signal: AbortSignal; clear(): void } {
  const control = new AbortController()
  const stop = () => control.abort(new JobError('aborted', 'interrupted before it was done'))
  const timer = setTimeout(
    () => control.abort(new JobError('timeout', `no whole answer within ${timeout / 1000} s`)),
    Math.min(timeout, longestTimer),
  )
  if (signal?.aborted) stop()
  signal?.addEventListener('abort', stop, { once: true })
  return {
    signal: control.signal,
    clear() {
      clearTimeout(timer)
      signal?.removeEventListener('abort', stop)
    },
  }
}
