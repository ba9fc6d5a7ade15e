import { architecture } from '../platform.ts'
import { type Handler, ran } from './types.ts'

/** uname(1) `-m`, and arch(1). */
export const uname: Handler = (command, machine) => {
  const [first, ...more] = command.args.map(word => word.value)
  const asked = command.name.value?.endsWith('arch')
    ? command.args.length === 0
    : first === '-m' && more.length === 0
  return asked ? architecture(machine, 'kernel') : ran
}
