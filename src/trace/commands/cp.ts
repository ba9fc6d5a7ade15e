import type { ShellCommand, ShellWord } from '../../dockerfile/shell-types.ts'
import { unknown } from '../../model.ts'
import { copyPath } from '../copy-path.ts'
import type { Machine } from '../machine.ts'
import { absolutePath, touchesTrust } from '../paths.ts'
import { hasOption, operands, optionValue } from '../words.ts'
import { type Handler, silent } from './types.ts'

/** cp(1). */
export const cp: Handler = (command, machine) => {
  transfer(
    command,
    machine,
    operands(command.args, new Set(['-t', '--target-directory', '-S'])),
    optionValue(command.args, '-t', '--target-directory'),
  )
  return silent
}

/** install(1): copies, or makes folders. */
export const install: Handler = (command, machine) => {
  if (
    hasOption(command.args, '--directory') ||
    command.args.some(word => /^-[A-Za-z]*d/.test(word.value ?? ''))
  )
    return silent
  const valued = new Set(['-m', '-o', '-g', '-t', '--mode', '--owner', '--group'])
  transfer(command, machine, operands(command.args, valued), optionValue(command.args, '--target-directory'))
  return silent
}

/** Copies all but the last operand to the last, or to the folder given by an option. */
export function transfer(
  command: ShellCommand,
  machine: Machine,
  words: readonly ShellWord[],
  folder: ShellWord | null,
): { from: string; to: string }[] {
  const target = folder ?? words[words.length - 1]
  const sources = folder ? words : words.slice(0, -1)
  if (!target || sources.length === 0) return []
  const to = target.value === null ? null : absolutePath(target.value, command.cwd)
  if (to === null || target.glob) return []
  const done: { from: string; to: string }[] = []
  const into = folder !== null || sources.length > 1 || (target.value ?? '').endsWith('/')
  for (const source of sources) {
    const from = source.value === null ? null : absolutePath(source.value, command.cwd)
    if (from === null || source.glob) {
      if (touchesTrust(to))
        machine.writeFile(
          to,
          unknown(source.why ?? 'files that match a pattern are copied there'),
          false,
          target,
        )
      continue
    }
    copyPath(machine, machine.fields, from, to, { into, intoIfFolder: true, origin: null, at: target })
    done.push({ from, to })
  }
  return done
}
