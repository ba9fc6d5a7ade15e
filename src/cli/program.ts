import { commands } from '../commands/index.ts'
import { main as program } from './main.ts'

/** The whole program: each command, and what explains them, is loaded when it is asked for. */
export async function main(argv: readonly string[]): Promise<void> {
  await program(argv, commands, async words => await (await import('./explain.ts')).explain(words))
}
