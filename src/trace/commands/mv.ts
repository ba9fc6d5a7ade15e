import { removePath } from '../files.ts'
import { absolutePath } from '../paths.ts'
import { operands, optionValue } from '../words.ts'
import { transfer } from './cp.ts'
import { type Handler, silent } from './types.ts'

/** mv(1): what is copied, then taken away where it was. */
export const mv: Handler = (command, machine) => {
  const words = operands(command.args, new Set(['-t', '--target-directory']))
  const moved = transfer(command, machine, words, optionValue(command.args, '-t', '--target-directory'))
  for (const { from, to } of moved) if (from !== to) removePath(machine, from)
  const unmoved = words.slice(0, -1).filter(word => word.glob || word.value === null)
  for (const word of unmoved) {
    const path = word.value === null ? null : absolutePath(word.value, command.cwd)
    if (path) removePath(machine, path)
  }
  return silent
}
