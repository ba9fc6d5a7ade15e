/** Options of programs, told from their words. */
import type { ShellCommand, ShellWord } from '../dockerfile/shell-types.ts'

/** The words that are no options, `--` and what takes a value left out. */
export function operands(words: readonly ShellWord[], valued: ReadonlySet<string> = new Set()): ShellWord[] {
  const found: ShellWord[] = []
  let plain = false
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index]!
    const text = word.value ?? word.prefix
    if (plain || !text.startsWith('-') || text === '-') found.push(word)
    else if (text === '--') plain = true
    else if (valued.has(text)) index += 1
  }
  return found
}

/** Is one of these options given, long ones with `=value` too, short ones in bundles too? */
export function hasOption(words: readonly ShellWord[], ...names: readonly string[]): boolean {
  return words.some(word => {
    const text = word.value ?? word.prefix
    return names.some(name => {
      if (name.startsWith('--')) return text === name || text.startsWith(`${name}=`)
      return name.length === 2 ? /^-[A-Za-z0-9]+$/.test(text) && text.includes(name[1]!) : text === name
    })
  })
}

/** The value of an option: the next word, or what follows `=`, or what follows a short one directly. */
export function optionValue(words: readonly ShellWord[], ...names: readonly string[]): ShellWord | null {
  for (const [index, word] of words.entries()) {
    const text = word.value ?? word.prefix
    for (const name of names) {
      if (text === name) return words[index + 1] ?? null
      if (name.startsWith('--') && text.startsWith(`${name}=`)) return cutWord(word, name.length + 1)
      if (name.length === 2 && !name.startsWith('--') && text.startsWith(name) && text.length > 2)
        return cutWord(word, 2)
    }
  }
  return null
}

/** A word without its first `count` characters. */
export function cutWord(word: ShellWord, count: number): ShellWord {
  const mapped = word.mapped?.slice(count) ?? null
  return {
    ...word,
    value: word.value === null ? null : word.value.slice(count),
    prefix: word.prefix.slice(count),
    start: mapped ? mapped.offset(0) : word.start,
    mapped,
  }
}

/** A word of the shell made here. */
export function plainWord(value: string, start: number, end: number): ShellWord {
  return {
    value,
    why: null,
    prefix: value,
    suffix: value,
    start,
    end,
    raw: value,
    many: false,
    glob: false,
    mapped: null,
  }
}

/** The same command with other words; the first of them is the program. */
export function asCommand(command: ShellCommand, words: readonly ShellWord[]): ShellCommand | null {
  const [name, ...args] = words
  return name ? { ...command, name, args } : null
}

/** The end of the word before `index` (the program's own for 0): where a deletion of that word begins. */
export function endBefore(command: ShellCommand, index: number): number {
  return index === 0 ? command.name.end : command.args[index - 1]!.end
}

/**
 * The range whose deletion takes the words [from, to] away with the blank before them; null where a comment or
 * another line's text lies between, or the words are not written here.
 */
export function removal(
  command: ShellCommand,
  text: string,
  from: number,
  to: number = from,
): { start: number; end: number } | null {
  const start = endBefore(command, from)
  const end = command.args[to]?.end ?? -1
  const first = command.args[from]
  if (!first || end <= start || first.start < start || text.slice(start, first.start).includes('#'))
    return null
  return text.slice(first.start, command.args[to]!.end).includes(first.raw) ? { start, end } : null
}
