import { commands } from '../../commands/index.ts'
import { explain } from '../explain.ts'
import { main as program } from '../main.ts'

/** The whole program. */
export async function main(argv: readonly string[]): Promise<void> {
  await program(argv, commands, explain)
}
