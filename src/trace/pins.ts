/** The store's package, held at one version by an install. */
import type { ShellWord } from '../dockerfile/shell-types.ts'
import type { Machine } from './machine.ts'

const PINNED = /^(ca-certificates(?:-bundle|-mozilla)?)(=~|==|~=|=|~)([^\s*]\S*|)$/
/** yum and dnf write the version behind a hyphen. */
const HYPHENED = /^(ca-certificates)(-)(\d\S*)$/

export function notePins(machine: Machine, program: string, words: readonly ShellWord[]): void {
  for (const word of words) {
    const text = word.value ?? word.prefix
    const found = PINNED.exec(text) ?? (program === 'yum' ? HYPHENED.exec(text) : null)
    if (!found) continue
    const [, name = '', operator = '', version = ''] = found
    if (version === '' && word.value !== null) continue
    const range = word.mapped?.range(name.length, text.length) ?? null
    const written = range && machine.session.text.slice(range.start, range.end)
    machine.emit({
      kind: 'package-pinned',
      program,
      name,
      version: word.value === null ? operator : operator + version,
      location: machine.location(word.start, word.end),
      remove: written === text.slice(name.length) ? range : null,
    })
  }
}
