import { fileURLToPath } from 'node:url'
import { Errors, flush, type Interfaces, run } from '@oclif/core'
import packageJson from '../../package.json' with { type: 'json' }
import { commands } from '../commands/index.ts'
import { rootExamples } from './help.ts'
import { ProgramPlugin } from './plugin.ts'
import { checkedWords } from './words.ts'

/** What asks for the help of the whole program. */
const ROOT_HELP = ['--help', '-h']

/** The program: parses the command line, runs one command, leaves the exit status in `process.exitCode`. */
export async function main(argv: string[]): Promise<void> {
  process.stdout.on('error', endQuietly)
  process.stderr.on('error', endQuietly)
  const root = fileURLToPath(new URL('../../', import.meta.url))
  try {
    const plugin = new ProgramPlugin({ root, isRoot: true, pjson: packageJson as Interfaces.PJSON })
    await plugin.load()
    const words = checkedWords(argv, Object.keys(commands))
    await run(words, { root, plugins: new Map([[plugin.name, plugin]]) })
    if (words.length === 0 || ROOT_HELP.includes(words[0] ?? '')) process.stdout.write(`${rootExamples()}\n`)
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
