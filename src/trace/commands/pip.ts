import type { ShellCommand } from '../../dockerfile/shell-types.ts'
import { pipUse } from '../own-roots.ts'
import { isLoopbackHost } from '../tls.ts'
import { operands, removal } from '../words.ts'
import { type Handler, ran } from './types.ts'

/** pip(1), uv(1): `--trusted-host` after any verb, `config set global.trusted-host`. */
export const pip: Handler = (command, machine) => {
  const { args } = command
  if (!/(^|\/)uvx?$/.test(command.name.value ?? '')) pipUse(machine, command, 'pip')
  for (const [at, word] of args.entries()) {
    const text = word.value ?? word.prefix
    const flag = /^--(trusted-host|allow-insecure-host)(?:=(.*))?$/.exec(text)
    if (!flag) continue
    const value = flag[2] === undefined ? args[at + 1] : undefined
    const last = flag[2] === undefined ? at + 1 : at
    const host = (flag[2] ?? value?.value ?? '').replace(/:\d+$/, '')
    const end = args[last]?.end ?? word.end
    machine.switchedOff(
      'pip',
      `${text}${value ? ` ${value.value ?? ''}` : ''}`,
      { start: word.start, end },
      isLoopbackHost(host),
      removal(command, machine.session.text, at, Math.min(last, args.length - 1)),
    )
  }
  const words = operands(args)
  const set = words.findIndex(word => word.value === 'set')
  const key = words[set + 1]
  const value = words[set + 2]
  if (
    set > 0 &&
    words[set - 1]?.value === 'config' &&
    /^(global|install)\.trusted[-_]host$/.test(key?.value ?? '') &&
    key &&
    value
  ) {
    const hosts = (value.value ?? '').split(/\s+/).filter(host => host !== '')
    machine.switchedOff(
      'pip',
      `${key.value} ${value.value ?? ''}`,
      { start: key.start, end: value.end },
      hosts.length > 0 && hosts.every(isLoopbackHost),
    )
  }
  return ran
}

/** python(1): `-m pip` is pip; all else is the project's own. */
export const python: Handler = (command, machine) => {
  const module = command.args.findIndex(word => word.value === '-m')
  const name = command.args[module + 1]
  if (module >= 0 && name?.value === 'pip') return pip(shifted(command, module + 2, name), machine)
  return ran
}

function shifted(command: ShellCommand, from: number, name: ShellCommand['name']): ShellCommand {
  return { ...command, name, args: command.args.slice(from) }
}
