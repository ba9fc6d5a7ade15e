import type { SedOptions } from '../sed.ts'
import { hasOption } from '../words.ts'
import { inPlace, plainPattern, printed } from './filter.ts'
import type { Handler } from './types.ts'

const VALUED = new Set([
  '-F',
  '-v',
  '-f',
  '--field-separator',
  '--assign',
  '--file',
  '-i',
  '--include',
  '-l',
  '-E',
])

/** awk(1p), gawk(1): lines that match, or do not, are followed; another program's output is not known. */
export const awk: Handler = (command, machine) => {
  const words = [...command.args]
  let at = 0
  while (at < words.length) {
    const text = words[at]!.value ?? words[at]!.prefix
    if (text === '--') {
      at += 1
      break
    }
    if (!text.startsWith('-') || text === '-') break
    at += VALUED.has(text) ? 2 : 1
  }
  const named = hasOption(command.args, '-f', '--file', '-E')
  const program = named ? null : (words[at]?.value ?? null)
  const files = words.slice(named ? at : at + 1).filter(word => !/^[A-Za-z_]\w*=/.test(word.value ?? ''))
  const script = program === null ? null : scriptOf(program)
  if (edits(command.args.map(word => word.value ?? ''))) {
    inPlace(command, machine, files, script, '')
    return { status: 'likely', stdout: { text: '', mapped: null } }
  }
  return printed(command, machine, files, script)
}

/** gawk's `-i inplace`. */
function edits(words: readonly string[]): boolean {
  return words.some(
    (word, index) =>
      word === '-iinplace' || (word === 'inplace' && /^(-i|--include)$/.test(words[index - 1] ?? '')),
  )
}

/** `!/re/`, `/re/`, `$0 !~ /re/`, each with or without `{print}`. */
function scriptOf(program: string): SedOptions | null {
  const match =
    /^\s*(?:(!?)|\$0\s*(!?)~)\s*\/((?:[^/\\\n]|\\.)+)\/\s*(?:\{\s*print(?:\s+\$0)?\s*;?\s*\})?\s*;?\s*$/.exec(
      program,
    )
  const pattern = match && plainPattern(match[3]!)
  if (!match || !pattern) return null
  const negated = match[1] === '!' || match[2] === '!'
  return { scripts: [negated ? `/${pattern}/d` : `/${pattern}/p`], extended: true, quiet: !negated }
}
