import type { Step } from '../plan.ts'
import { shellLine } from '../quote.ts'
import { commandsOf } from './commands.ts'

/**
 * One line of POSIX shell for a system that lives on, run as root.
 * @returns null where the steps are not something that a shell on that system can do
 */
export function renderShell(steps: readonly Step[]): string | null {
  const commands = steps.map(step => commandsOf(step, 'deselect'))
  return commands.length === 0 || commands.includes(null)
    ? null
    : shellLine(commands.flatMap(command => command ?? []))
}
