import { fileURLToPath } from 'node:url'
import { Errors, flush, run } from '@oclif/core'

/** The program: parses the command line, runs one command, leaves the exit status in `process.exitCode`. */
export async function main(argv: string[]): Promise<void> {
  process.stdout.on('error', endQuietly)
  process.stderr.on('error', endQuietly)
  const root = fileURLToPath(new URL('../../', import.meta.url))
  try {
    await run(argv, { root })
    await flush()
  } catch (error) {
    handle(error as Error)
  }
}

/** `imgtrust scan … | head` closes the pipe: that is no failure of ours. */
function endQuietly(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0)
  throw error
}

/** What no command caught: an unknown command, or help that ended early. */
function handle(error: Error): void {
  if (error instanceof Errors.ExitError && error.oclif.exit === 0) return
  process.stderr.write(`imgtrust: ${error.message.split('\n')[0]}\n`)
  process.exitCode = 2
}
