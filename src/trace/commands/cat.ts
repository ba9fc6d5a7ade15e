import { isUnknown, unknown } from '../../model.ts'
import { absolutePath } from '../paths.ts'
import { architecture } from '../platform.ts'
import { operands } from '../words.ts'
import { type Handler, silent } from './types.ts'

/** cat(1). */
export const cat: Handler = (command, machine) => {
  const files = operands(command.args)
  if (files.length === 0)
    return { status: 'likely', stdout: command.stdin ?? unknown('what is read from input') }
  if (files.length === 1 && files[0]!.value === '/etc/apk/arch') return architecture(machine, 'kernel')
  const streams = files.map(word => {
    if (word.value === '-') return command.stdin ?? unknown('what is read from input')
    return word.glob ? unknown('files that match a pattern') : machine.read(word, command.cwd)
  })
  // A single file keeps all that is known of it.
  if (streams.length === 1) return { status: 'likely', stdout: streams[0]! }
  const known = files.every(word => word.value !== null && absolutePath(word.value, command.cwd) !== null)
  const stdout = machine.concat(streams)
  return {
    ...silent,
    stdout: known || isUnknown(stdout) ? stdout : unknown('a file whose path is not known'),
  }
}
