import type { Command } from '@oclif/core'
import { ProgramConfig } from './config.ts'
import { tellDefect } from './defect.ts'
import { flushed, printError } from './output.ts'
import { wantsHelp } from './wants-help.ts'
import { checkedWords } from './words.ts'

/** Commands by their id (oclif writes a topic's command as `topic:command`); each is loaded when it is run. */
export type Commands = Readonly<Record<string, () => Promise<{ default: Command.Class }>>>

/**
 * The program: parses the command line, runs one command, leaves the exit status in `process.exitCode`.
 * @param commands those that this program can run
 * @param explain what it does where it is asked for its help or version; a program that never is has none
 */
export async function main(
  argv: readonly string[],
  commands: Commands,
  explain?: (words: string[]) => Promise<void>,
): Promise<void> {
  // Thrown where no command waits for it. Node.js would show the program's longest line, and 1 means findings.
  process.on('uncaughtException', error => {
    tellDefect(error)
    process.exit()
  })
  try {
    const words = checkedWords(argv, Object.keys(commands))
    const [first = '', second = ''] = words
    const id = [first, `${first}:${second}`].find(name => Object.hasOwn(commands, name))
    const load = id === undefined || wantsHelp(words) ? undefined : commands[id]
    if (id === undefined || load === undefined) await explain?.(words)
    else await runCommand(id, (await load()).default, words.slice(id === first ? 1 : 2))
    await flushed()
  } catch (error) {
    handle(error as Error)
  }
}

/** As `Command.run` of oclif does it, which would make its configuration once more. */
async function runCommand(id: string, command: Command.Class, argv: string[]): Promise<void> {
  command.id = id
  const run = new (command as unknown as new (argv: string[], config: ProgramConfig) => Runnable)(
    argv,
    new ProgramConfig(),
  )
  await run._run()
}

interface Runnable {
  _run(): Promise<unknown>
}

/** What no command caught: an unknown command, or help that ended early. */
function handle(error: Error & { oclif?: { exit?: number } }): void {
  if (error.oclif?.exit === 0) return
  printError(`imgtrust: ${error.message.split('\n')[0]}\n`)
  process.exitCode = 2
}
