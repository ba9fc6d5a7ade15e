import type { ShellCommand, ShellWord, Status } from '../../dockerfile/shell-types.ts'
import { isText } from '../../dockerfile/shell-types.ts'
import { isUnknown, unknown } from '../../model.ts'
import type { Machine } from '../machine.ts'
import { asCommand, plainWord } from '../words.ts'
import { type Handler, ran, silent } from './types.ts'

/** Hands the rest of the words back as the command that is really run. */
function rest(command: ShellCommand, from: number, assignments = command.assignments): ReturnType<Handler> {
  const variable = (name: string): ReturnType<ShellCommand['variable']> => {
    const own = assignments.findLast(assignment => assignment.name === name)
    return own ? (own.value ?? unknown(`$${name} is not known`)) : command.variable(name)
  }
  const instead = asCommand({ ...command, assignments, variable }, command.args.slice(from))
  return instead ? { ...silent, instead } : silent
}

/** The place of the first word that is no option; `valued` options take the next word with them. */
function skip(args: readonly ShellWord[], valued: string): number {
  const takes = new Set(valued.split(' '))
  let at = 0
  while (at < args.length) {
    const text = args[at]!.value ?? args[at]!.prefix
    if (text === '--') return at + 1
    if (!text.startsWith('-')) break
    at += takes.has(text) ? 2 : 1
  }
  return at
}

/** sudo(8), doas(1): the command runs as root. */
export const sudo: Handler = (command, machine) =>
  afterVariables(command, skip(command.args, '-u -g -h -p -C -r -t -U --user --group'), machine)

/** env(1): `NAME=value` pairs, then the command. */
export const env: Handler = (command, machine) =>
  afterVariables(command, skip(command.args, '-u --unset -C --chdir -S'), machine)

function afterVariables(command: ShellCommand, from: number, machine: Machine): ReturnType<Handler> {
  const assignments = [...command.assignments]
  let at = from
  for (; at < command.args.length; at += 1) {
    const word = command.args[at]!
    const pair = /^([A-Za-z_]\w*)=([\s\S]*)$/.exec(word.value ?? word.prefix)
    if (!pair) break
    const assignment = {
      name: pair[1]!,
      value: word.value === null ? null : pair[2]!,
      start: word.start,
      end: word.end,
    }
    assignments.push(assignment)
    machine.assigned(assignment, true)
  }
  return rest(command, at, assignments)
}

/** timeout(1): options, a duration, the command. */
export const timeout: Handler = command => {
  const from = skip(command.args, '-s --signal -k --kill-after -t')
  const first = command.args[from]?.value ?? ''
  return rest(command, /^[\d.]+[smhd]?$/.test(first) || command.args[from]?.value === null ? from + 1 : from)
}

/** nice, nohup, exec, command, time and others that only pass on; `command -v` asks. */
export const ionice: Handler = (command, machine) => {
  const first = command.args[0]?.value
  if (command.name.value === 'command' && (first === '-v' || first === '-V'))
    return { ...ran, status: isThere(command.args[1]?.value ?? '', machine) }
  return rest(command, skip(command.args, '-c -n -p -a -o -i -e'))
}

/** Debian's base held GnuPG up to 8, as Ubuntu's did up to 16.04: apt depended on it. */
function isThere(program: string, machine: Machine): Status {
  const { distribution, packages } = machine.fields
  if (!/^(gpg|gpgv|dirmngr|gpgconf)$/.test(program) || program === 'gpgv' || isUnknown(packages))
    return 'unknown'
  if (['gnupg', 'gpg', program].some(name => packages.has(name)))
    return program === 'gpg' ? 'likely' : 'unknown'
  const last = distribution?.id === 'debian' ? 8 : distribution?.id === 'ubuntu' ? 16 : null
  const major = Number.parseInt(distribution?.version ?? '', 10)
  return last !== null && major > last ? 'failure' : 'unknown'
}

export const chroot: Handler = () => ran

/** gosu, su-exec: a user, then the command. */
export const switchUser: Handler = command => rest(command, skip(command.args, '') + 1)

/** setpriv(1), chpst(8): the user is an option. */
export const setPrivileges: Handler = command =>
  rest(command, skip(command.args, '--reuid --regid --groups --inh-caps --bounding-set -u -U -e -n -l -m -o'))

/** su(1): `su USER -c 'script'`, `su - USER -c 'script'`. */
export const su: Handler = (command, _machine) => {
  const at = command.args.findIndex(word => word.value === '-c' || word.value === '--command')
  const script = command.args[at + 1]
  // runuser(1): with -u the words behind the user are the command.
  if (at < 0 && /^(-u|--user)/.test(command.args[0]?.value ?? ''))
    return rest(command, skip(command.args, '-u --user'))
  if (at < 0 || !script) return ran
  const name = plainWord('sh', command.name.start, command.name.end)
  return { ...silent, instead: { ...command, name, args: [command.args[at]!, script] } }
}

/** xargs(1): the words of its input come behind those given. */
export const xargs: Handler = (command, _machine) => {
  const from = skip(command.args, '-n -I -P -L -d -s -a -E --max-args --max-procs --delimiter --replace')
  const replaces = command.args.slice(0, from).some(word => /^-I/.test(word.value ?? ''))
  const words = command.args.slice(from)
  if (words.length === 0) return ran
  const { stdin } = command
  const last = words[words.length - 1]!
  if (stdin && isText(stdin) && !replaces && stdin.text.length < 64 * 1024) {
    const more = stdin.text
      .split(/\s+/)
      .filter(word => word !== '')
      .map(word => plainWord(word.replace(/^(['"])(.*)\1$/, '$2'), last.start, last.end))
    return {
      ...silent,
      instead: { ...command, name: words[0]!, args: [...words.slice(1), ...more], stdin: null },
    }
  }
  const unknownWord: ShellWord = {
    ...plainWord('', last.start, last.end),
    value: null,
    why: 'it comes through a pipe',
    prefix: '',
    suffix: '',
    many: true,
  }
  return {
    ...silent,
    instead: { ...command, name: words[0]!, args: [...words.slice(1), unknownWord], stdin: null },
  }
}
