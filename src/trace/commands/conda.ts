import { settingSwitches } from '../verification.ts'
import { hasOption, operands, removal } from '../words.ts'
import { type Handler, ran } from './types.ts'

/** conda(1): `config --set ssl_verify no`, `-k`, `--insecure`. */
export const conda: Handler = (command, machine) => {
  const words = operands(command.args)
  if (words[0]?.value === 'config' && hasOption(command.args, '--set')) {
    const [key, value] = words.slice(1)
    if (key?.value && value?.value && settingSwitches('conda', key.value, value.value)) {
      machine.switchedOff('conda', `${key.value} ${value.value}`, { start: key.start, end: value.end })
    }
  }
  for (const [index, word] of command.args.entries()) {
    if (word.value === '--insecure' || word.value === '-k')
      machine.switchedOff('conda', word.value, word, false, removal(command, machine.session.text, index))
  }
  return ran
}
