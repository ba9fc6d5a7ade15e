import { main as program } from '../main.ts'

/** The program that lints, and does nothing else: what a hook starts at each commit. */
export async function main(argv: readonly string[]): Promise<void> {
  await program(argv, { lint: () => import('../../commands/lint.ts') })
}
