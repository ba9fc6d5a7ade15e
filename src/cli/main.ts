import { fileURLToPath } from 'node:url'
import { Errors, flush, type Interfaces, run } from '@oclif/core'
import packageJson from '../../package.json' with { type: 'json' }
import { ProgramPlugin } from './plugin.ts'

/** The program: parses the command line, runs one command, leaves the exit status in `process.exitCode`. */
export async function main(argv: string[]): Promise<void> {
  process.stdout.on('error', endQuietly)
  process.stderr.on('error', endQuietly)
  const root = fileURLToPath(new URL('../../', import.meta.url))
  try {
    const plugin = new ProgramPlugin({ root, isRoot: true, pjson: packageJson as Interfaces.PJSON })
    await plugin.load()
    await run(argv, { root, plugins: new Map([[plugin.name, plugin]]) })
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
