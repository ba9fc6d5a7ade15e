import { nodeUse } from '../own-roots.ts'
import { settingSwitches } from '../verification.ts'
import { operands, removal } from '../words.ts'
import { type Handler, ran } from './types.ts'

/** npm(1), yarn(1), pnpm(1): `config set strict-ssl false`, `set strict-ssl=false`, `--strict-ssl=false`. */
export const npm: Handler = (command, machine) => {
  const { args } = command
  nodeUse(machine, command, (command.name.value ?? 'npm').replace(/^.*\//, ''))
  for (const [index, word] of args.entries()) {
    const text = word.value ?? ''
    const next = args[index + 1]
    if (text === '--strict-ssl=false' || text === '--no-strict-ssl') {
      machine.switchedOff('npm', text, word, false, removal(command, machine.session.text, index))
    } else if (text === '--strict-ssl' && next?.value === 'false') {
      const range = { start: word.start, end: next.end }
      machine.switchedOff(
        'npm',
        '--strict-ssl false',
        range,
        false,
        removal(command, machine.session.text, index, index + 1),
      )
    }
  }
  const words = operands(args)
  const set = words.findIndex(word => word.value === 'set')
  if (set !== 0 && !(set === 1 && /^(config|c)$/.test(words[0]?.value ?? ''))) return ran
  const key = words[set + 1]
  const value = words[set + 2]
  const program = (command.name.value ?? 'npm').replace(/^.*\//, '')
  const pair = /^(.+?)=(.*)$/.exec(key?.value ?? '')
  if (key && pair && settingSwitches('npm', pair[1]!, pair[2]!))
    machine.switchedOff(program, key.value ?? '', key)
  else if (
    key?.value &&
    value?.value != null &&
    (settingSwitches('npm', key.value, value.value) ||
      (key.value === 'enableStrictSsl' && value.value === 'false'))
  ) {
    machine.switchedOff(program, `${key.value} ${value.value}`, { start: key.start, end: value.end })
  }
  return ran
}
