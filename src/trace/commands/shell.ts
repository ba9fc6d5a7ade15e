import { MappedText } from '../../dockerfile/mapped-text.ts'
import { isText, NOTHING, type ShellCommand, type Stream } from '../../dockerfile/shell-types.ts'
import { isTextContent } from '../content.ts'
import { knownInstaller } from '../installers.ts'
import type { Machine } from '../machine.ts'
import { absolutePath } from '../paths.ts'
import { type Handler, ran, silent } from './types.ts'

/** `sh -c 'script'`, `sh FILE`, `… | sh`. */
export const shell: Handler = (command, machine) => {
  const { args } = command
  let index = 0
  let errexit = false
  while (index < args.length) {
    const text = args[index]!.value ?? args[index]!.prefix
    if (/^-[A-Za-z]*e/.test(text) || (text === '-o' && args[index + 1]?.value === 'errexit')) errexit = true
    if (/^-[A-Za-z]*c[A-Za-z]*$/.test(text)) {
      // `-o pipefail -c script`, `-c -- script`, `-ec script`.
      const script = args[index + 1]
      if (!script) return silent
      if (!script.mapped) {
        machine.storesUnknown('a script that is not known is run')
        return ran
      }
      const parameters = args.slice(index + 3).map(word => word.value ?? '')
      return {
        ...ran,
        script: { text: script.mapped, parameters, here: false, environment: command.assignments, errexit },
      }
    }
    if (text === '-o' || text === '+o' || text === '--rcfile') index += 2
    else if (text === '-s') return piped(command, machine)
    else if (text.startsWith('-') || text.startsWith('+')) index += 1
    else break
  }
  const file = args[index]
  if (!file) return piped(command, machine)
  const run = runFile(command, machine, file, args.slice(index + 1), false)
  return run.script ? { ...run, script: { ...run.script, errexit } } : run
}

/** A script that comes through a pipe. */
function piped(command: ShellCommand, machine: Machine): ReturnType<Handler> {
  const { stdin } = command
  if (stdin === null) return silent
  const parameters = command.args
    .filter(word => word.value !== '-s' && word.value !== '--')
    .map(word => word.value ?? '')
  if (isText(stdin)) {
    const text = stdin.mapped ?? fixed(stdin.text, command.start)
    return { ...ran, script: { text, parameters, here: false, environment: command.assignments } }
  }
  if (!knownInstaller(reason(stdin)))
    machine.storesUnknown('a script from the network or an unknown place is run')
  return ran
}

function reason(stream: Stream): string {
  return 'unknown' in stream ? stream.unknown : ''
}

/** `. FILE`: its variables stay. */
export const source: Handler = (command, machine) => {
  const [file, ...rest] = command.args
  return file ? runFile(command, machine, file, rest, true) : silent
}

export const evaluate: Handler = (command, _machine) => {
  if (command.args.some(word => word.mapped === null)) {
    // `eval "$(ssh-agent)"`, `eval "$(conda shell.bash hook)"`: settings of a shell, not programs.
    return ran
  }
  const words = command.args.flatMap((word, index) =>
    index === 0 ? [word.mapped!] : [fixed(' ', word.start), word.mapped!],
  )
  return {
    status: 'likely',
    stdout: NOTHING,
    script: { text: MappedText.join(words), parameters: [], here: true, environment: [] },
  }
}

/** Runs a file as a shell script where its text is known; else the stores may have changed. */
export function runFile(
  command: ShellCommand,
  machine: Machine,
  file: ShellCommand['name'],
  args: ShellCommand['args'],
  here: boolean,
): ReturnType<Handler> {
  const path = file.value === null ? null : absolutePath(file.value, command.cwd)
  const content = path === null ? null : machine.readFile(path)
  if (content && isTextContent(content) && content.text.length <= 256 * 1024) {
    const text = content.mapped ?? fixed(content.text.replaceAll('\r\n', '\n'), command.start)
    const parameters = args.map(word => word.value ?? '')
    return { ...ran, script: { text, parameters, here, environment: command.assignments } }
  }
  // Files that packages bring and a shell reads settings from.
  const settings =
    here && path !== null && /^\/etc\/|(^|\/)(activate|nvm\.sh|\.bashrc|\.profile|env)$|\/env$/.test(path)
  if (!settings) machine.storesUnknown(`the script ${shown(path ?? file.raw)} is run, and can't be read`)
  return ran
}

export function shown(path: string): string {
  return path.replace(/[^\x20-\x7e]/g, '?').slice(0, 120)
}

function fixed(text: string, file: number): MappedText {
  return MappedText.of([{ text, file, fixed: true }])
}
