/** `NAME=value` among the words behind a command, as in `export NAME=value`. */
import type { AssignmentPrefix } from 'unbash'
import { isUnknown } from '../model.ts'
import { MappedText } from './mapped-text.ts'
import type { ShellWord } from './shell-types.ts'
import { resolveValue, type WordScope } from './shell-word.ts'

export function assignmentWord(assignment: AssignmentPrefix, scope: WordScope): ShellWord {
  const { pos, end, name } = assignment
  const value = resolveValue(assignment, scope)
  const range = scope.source.range(pos, end)
  const raw = scope.source.text.slice(pos, end)
  const known = isUnknown(value) ? null : `${name}=${value}`
  return {
    value: known,
    why: isUnknown(value) ? value.unknown : null,
    prefix: known ?? `${name}=`,
    suffix: known ?? '',
    ...range,
    raw,
    many: false,
    glob: false,
    mapped: known === null ? null : mappedTo(known),
  }

  function mappedTo(text: string): MappedText {
    return raw === text
      ? scope.source.slice(pos, end)
      : MappedText.of([{ text, file: range.start, fixed: true }])
  }
}
