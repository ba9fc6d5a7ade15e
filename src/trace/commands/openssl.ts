import { unknown } from '../../model.ts'
import { absolutePath } from '../paths.ts'
import { optionValue } from '../words.ts'
import { type Handler, ran } from './types.ts'

/** openssl(1): what it writes is not known. It asks no system store by itself unless told to. */
export const openssl: Handler = (command, machine) => {
  const output = optionValue(command.args, '-out')
  const path = output?.value ? absolutePath(output.value, command.cwd) : null
  if (path !== null && output) machine.writeFile(path, unknown('openssl writes it'), false, output)
  const verifies = command.args.some(word => word.value === '-verify' || word.value === '-signature')
  if (verifies) machine.checked = true
  return ran
}
