import type { ShellWord } from '../../dockerfile/shell-types.ts'
import { addressOf, allLoopback, useClient } from '../tls.ts'
import { settingSwitches } from '../verification.ts'
import { operands, removal } from '../words.ts'
import { asks, type Handler, ran } from './types.ts'

const VALUED = new Set(['-C', '-c', '--git-dir', '--work-tree', '--namespace', '--exec-path'])
const CLONE_VALUED = new Set([
  '-b',
  '--branch',
  '--depth',
  '-o',
  '--origin',
  '--reference',
  '-j',
  '--jobs',
  '--config',
  '-c',
  '--template',
  '--filter',
  '-u',
])

/** git(1): `-c http.sslVerify=false`, `config http.sslVerify false`, and what goes to the network. */
export const git: Handler = (command, machine) => {
  const { args } = command
  let at = 0
  let verifies = command.variable('GIT_SSL_NO_VERIFY') === undefined
  const off: { first: number; last: number; word: ShellWord; how: string }[] = []
  while (at < args.length) {
    const text = args[at]!.value ?? args[at]!.prefix
    if (text === '-c') {
      const setting = pairOf(args[at + 1])
      if (setting) off.push({ first: at, last: at + 1, word: args[at + 1]!, how: setting })
    }
    if (!text.startsWith('-')) break
    at += VALUED.has(text) ? 2 : 1
  }
  const verb = args[at]?.value ?? null
  const rest = args.slice(at + 1)
  if (verb === 'clone') {
    for (const [index, word] of rest.entries()) {
      const here = at + 1 + index
      const setting =
        word.value === '-c' || word.value === '--config' ? pairOf(rest[index + 1]) : pairOf(word, '--config=')
      const last = word.value === '-c' || word.value === '--config' ? here + 1 : here
      if (setting) off.push({ first: here, last, word: args[last]!, how: setting })
    }
  }
  const addresses = ['clone', 'ls-remote', 'fetch', 'pull', 'submodule'].includes(verb ?? '')
    ? operands(rest, CLONE_VALUED)
        .filter(
          word =>
            /^[a-z+]+:\/\//.test(word.prefix) ||
            (verb === 'clone' && word.value === null && word.prefix === ''),
        )
        .map(addressOf)
    : []
  const loopback = allLoopback(machine, addresses)
  for (const one of off) {
    verifies = false
    const remove = removal(command, machine.session.text, one.first, one.last)
    machine.switchedOff(
      'git',
      one.how,
      { start: args[one.first]!.start, end: one.word.end },
      loopback,
      remove,
    )
  }
  if (verb === 'config') configure(command.args.slice(at + 1), machine)
  useClient(machine, command, 'git', addresses.slice(0, 1), { verifies })
  return verb === 'config' || verb === 'clone' ? ran : asks
}

function pairOf(word: ShellWord | undefined, prefix = ''): string | null {
  const text = word?.value ?? ''
  if (!text.startsWith(prefix)) return null
  const pair = /^([^=]+)(?:=(.*))?$/.exec(text.slice(prefix.length))
  return pair && settingSwitches('git', pair[1]!, pair[2] ?? 'true') ? text : null
}

function configure(words: readonly ShellWord[], machine: Parameters<Handler>[1]): void {
  const named = operands(words, new Set(['-f', '--file', '--type']))
  if (named[0]?.value === 'set') named.shift()
  const [key, value] = named
  if (key?.value == null || value?.value == null || !settingSwitches('git', key.value, value.value)) return
  machine.switchedOff('git', `${key.value} ${value.value}`, { start: key.start, end: value.end })
}
