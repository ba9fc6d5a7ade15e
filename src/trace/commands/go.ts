import { environmentSwitch } from '../verification.ts'
import { removal } from '../words.ts'
import { type Handler, ran } from './types.ts'

/** go(1): `get -insecure`, and settings that `go env -w` keeps. */
export const go: Handler = (command, machine) => {
  const [verb] = command.args
  for (const [index, word] of command.args.entries()) {
    const text = word.value ?? ''
    if (verb?.value === 'get' && (text === '-insecure' || text === '--insecure')) {
      machine.switchedOff('go', text, word, false, removal(command, machine.session.text, index))
    }
    const pair = verb?.value === 'env' ? /^([A-Z]+)=(.*)$/.exec(text) : null
    if (pair && environmentSwitch(pair[1]!, pair[2]!)) machine.switchedOff('go', text, word)
  }
  return ran
}
