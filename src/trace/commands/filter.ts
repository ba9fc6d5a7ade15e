/** What awk and perl share: programs that read files and print, and scripts that say what sed can say. */
import type { CommandResult, ShellCommand, ShellWord } from '../../dockerfile/shell-types.ts'
import { isUnknown, unknown } from '../../model.ts'
import { contentOf, isUnvouched } from '../content.ts'
import type { Machine } from '../machine.ts'
import { absolutePath, inTrustFolder } from '../paths.ts'
import type { SedOptions } from '../sed.ts'
import { edited, editFile } from './sed.ts'

/** The files are read, and what the script makes of them is printed. @param script null: it is not followed */
export function printed(
  command: ShellCommand,
  machine: Machine,
  files: readonly ShellWord[],
  script: SedOptions | null,
): CommandResult {
  const stream =
    files.length > 0 ? machine.concat(files.map(word => machine.read(word, command.cwd))) : command.stdin
  const content = stream ? contentOf(stream) : unknown('what is read from input')
  // What nobody vouches for stays so, whatever is cut out of it.
  if (isUnvouched(content)) return { status: 'likely', stdout: content }
  const result = script === null ? unknown('what a script prints') : edited(machine, content, script, false)
  return { status: 'likely', stdout: isUnknown(result) ? result : { text: result, mapped: null } }
}

/** The files are edited in place. */
export function inPlace(
  command: ShellCommand,
  machine: Machine,
  files: readonly ShellWord[],
  script: SedOptions | null,
  suffix: string,
): void {
  for (const word of files) {
    const path = word.value === null ? null : absolutePath(word.value, command.cwd)
    if (script !== null || path === null) editFile(machine, word, command.cwd, script, suffix)
    else if (inTrustFolder(path))
      machine.writeDoubt(path, `${machine.program} edits it in a way that is not followed`, word)
  }
}

/**
 * An extended regular expression of POSIX, where awk's or Perl's means the same as sed's; null where it may not.
 * @param text between its slashes
 */
export function plainPattern(text: string): string | null {
  // Classes and assertions by letter, non-greedy and other additions, variables, a line break in it.
  if (/\\[A-Za-z0-9<>]|\(\?|[*+?}][?+]|@|\$(?!$|\))|\n/.test(text)) return null
  return text
}
