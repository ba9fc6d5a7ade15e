import { root } from '../config.ts'
import { explain } from '../explain.ts'
import { main as program } from '../main.ts'
import { manifestCommands } from '../manifest.ts'

const absent = () => Promise.reject(new Error('this program explains commands and runs none'))

/** The program that tells its version and explains its commands: it holds none of them. */
export async function main(argv: readonly string[]): Promise<void> {
  await program(argv, Object.fromEntries(manifestCommands(root).map(({ id }) => [id, absent])), explain)
}
