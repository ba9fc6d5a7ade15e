import type { ShellCommand, ShellWord } from '../../dockerfile/shell-types.ts'
import type { Machine } from '../machine.ts'
import { operands } from '../words.ts'
import { type Handler, ran } from './types.ts'

/** poetry(1), "Repositories": `config certificates.NAME.cert false` ignores a repository's certificate. */
export const poetry: Handler = (command, machine) => setting(command, machine, 'poetry')

/** bundle-config(1): `config [set] [--global] ssl_verify_mode 0`, OpenSSL's VERIFY_NONE. */
export const bundle: Handler = (command, machine) => setting(command, machine, 'bundler')

const OFF: Readonly<Record<string, { readonly key: RegExp; readonly value: RegExp }>> = {
  poetry: { key: /^certificates\.[^.]+\.cert$/, value: /^false$/i },
  bundler: { key: /^(BUNDLE_)?ssl_verify_mode$/i, value: /^(0|none)$/i },
}

function setting(command: ShellCommand, machine: Machine, program: string): ReturnType<Handler> {
  const [verb, ...rest] = operands(command.args)
  const [key, value]: (ShellWord | undefined)[] = rest[0]?.value === 'set' ? rest.slice(1) : rest
  const off = OFF[program]!
  if (
    verb?.value === 'config' &&
    key &&
    value &&
    off.key.test(key.value ?? '') &&
    off.value.test(value.value ?? '')
  )
    machine.switchedOff(program, `${key.value} ${value.value}`, { start: key.start, end: value.end })
  return ran
}
