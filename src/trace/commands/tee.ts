import { unknown } from '../../model.ts'
import { hasOption, operands } from '../words.ts'
import type { Handler } from './types.ts'

/** tee(1). */
export const tee: Handler = (command, machine) => {
  const content = command.stdin ?? unknown('what is read from input')
  const append = hasOption(command.args, '--append', '-a')
  for (const word of operands(command.args)) machine.write(word, content, append, command.cwd)
  return { status: 'likely', stdout: content }
}
