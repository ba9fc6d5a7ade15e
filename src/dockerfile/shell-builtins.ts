/** What the shell does itself: `cd`, `export`, `set --`, `exit`, `test`, … */
import { isUnknown, unknown } from '../model.ts'
import { changeFolder } from './shell-frame.ts'
import { testWords } from './shell-test.ts'
import { NOTHING, type ShellCommand, type ShellWord } from './shell-types.ts'
import { DONE, type Outcome, type Walk } from './shell-walk.ts'

/** What the shell does itself; null for all else. */
export function runBuiltin<State>(walk: Walk<State>, name: string, command: ShellCommand): Outcome | null {
  const first = command.args[0]?.value ?? null
  switch (name) {
    case 'cd': {
      const target = command.args.find(word => word.value !== '--' && word.value !== '-P')
      walk.frame.cwd = changeFolder(walk.frame.cwd, target ? target.value : '~')
      return DONE
    }
    case 'export':
    case 'declare':
    case 'typeset':
    case 'local':
    case 'readonly':
      for (const word of command.args) declare(walk, word, name === 'export')
      return DONE
    case 'unset':
      for (const word of command.args) {
        if (word.value)
          walk.frame.variables = walk.frame.variables.with(word.value, { value: '', exported: false })
      }
      return DONE
    case 'read':
      for (const word of command.args) {
        if (word.value && /^[A-Za-z_]\w*$/.test(word.value))
          walk.set(word.value, unknown('it is read from input'), false)
      }
      return { status: 'unknown', stdout: NOTHING }
    case 'shift':
      walk.frame.parameters = walk.frame.parameters?.slice(Number(first ?? 1)) ?? null
      return DONE
    case 'set': {
      const dashes = command.args.findIndex(word => word.value === '--')
      const rest = command.args.slice(dashes + 1)
      setOptions(walk, dashes < 0 ? command.args : command.args.slice(0, dashes))
      if (dashes >= 0) {
        walk.frame.parameters = rest.every(word => word.value !== null)
          ? rest.map(word => word.value ?? '')
          : null
      }
      return DONE
    }
    case 'exit':
    case 'return': {
      const bad = first !== null && first !== '0'
      if (name === 'return' && walk.returns) walk.returns.push(walk.host.save())
      else if (!bad) walk.exits.push(walk.host.save())
      walk.dead = true
      return { status: bad ? 'failure' : 'success', stdout: NOTHING }
    }
    case 'break':
    case 'continue':
    case ':':
    case 'true':
    case 'trap':
    case 'umask':
    case 'shopt':
    case 'wait':
    case 'alias':
    case 'hash':
    case 'ulimit':
      return DONE
    case 'false':
      return { status: 'failure', stdout: NOTHING }
    case 'test':
    case '[':
      return { status: testWords(command.args), stdout: NOTHING }
    default:
      return null
  }
}

/** `-e`, `-eux`, `-o errexit`, and with `+` off again. */
function setOptions<State>(walk: Walk<State>, words: readonly ShellWord[]): void {
  for (const [at, { value }] of words.entries()) {
    const letters = /^([-+])[A-Za-z]*e/.exec(value ?? '')
    const named = value === 'errexit' ? /^([-+])[A-Za-z]*o$/.exec(words[at - 1]?.value ?? '') : null
    const sign = (letters ?? named)?.[1]
    if (sign !== undefined) walk.frame.errexit = sign === '-'
  }
}

function declare<State>(walk: Walk<State>, word: ShellWord, exported: boolean): void {
  const match = /^([A-Za-z_]\w*)(?:=([\s\S]*))?$/.exec(word.value ?? word.prefix)
  if (!match) return
  const [, name = '', text] = match
  if (text === undefined && word.value !== null) {
    const value = walk.lookup(name)
    if (value !== undefined && exported) walk.set(name, value, true)
    if (!exported || value === undefined) return
    walk.host.assigned(
      { name, value: isUnknown(value) ? null : value, start: word.start, end: word.end },
      true,
    )
    return
  }
  const value = word.value === null ? unknown(word.why ?? 'it is not known') : (text ?? '')
  walk.set(name, value, exported)
  walk.host.assigned(
    { name, value: isUnknown(value) ? null : value, start: word.start, end: word.end },
    exported,
  )
}
