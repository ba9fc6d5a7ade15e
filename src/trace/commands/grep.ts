import { isText } from '../../dockerfile/shell-types.ts'
import { isUnknown, unknown } from '../../model.ts'
import { MatchBudget, posixRegExp } from '../regexp.ts'
import { hasOption, operands, optionValue } from '../words.ts'
import { CHECKSUM } from './checks.ts'
import { asks, type Handler } from './types.ts'

/** grep(1) with one pattern on known text; else it asks a question. */
export const grep: Handler = (command, machine) => {
  const { args } = command
  if (command.stdin === CHECKSUM) machine.checked = true
  const options = args.filter(word => (word.value ?? word.prefix).startsWith('-'))
  const quiet = hasOption(options, '--quiet', '--silent', '-q')
  const given = optionValue(args, '--regexp') ?? separate(args)
  const words = operands(args, new Set(['-e', '-f', '-m', '-A', '-B', '-C']))
  const pattern = given ?? words.shift()
  const [file, ...more] = words
  if (
    quiet ||
    pattern?.value == null ||
    more.length > 0 ||
    hasOption(options, '-c', '-l', '-o', '-r', '-R', '-w', '-x', '-n')
  )
    return asks
  const source = file
    ? machine.read(file, command.cwd)
    : (command.stdin ?? unknown('what is read from input'))
  if (!isText(source)) return { ...asks, stdout: 'unknown' in source ? source : unknown('lines of a bundle') }
  const fixed = hasOption(options, '--fixed-strings', '-F') || command.name.value === 'fgrep'
  const extended = hasOption(options, '--extended-regexp', '-E') || command.name.value === 'egrep'
  if (hasOption(options, '-P')) return asks
  const flags = hasOption(options, '--ignore-case', '-i') ? 'i' : ''
  const escaped = pattern.value.replace(/[\\.*[\]^$]/g, '\\$&')
  const compiled = posixRegExp(fixed ? escaped : pattern.value, extended && !fixed, flags)
  if (isUnknown(compiled)) return { ...asks, stdout: compiled }
  const inverted = hasOption(options, '--invert-match', '-v')
  const budget = new MatchBudget()
  const lines = source.text.split('\n')
  if (lines[lines.length - 1] === '') lines.pop()
  const kept: string[] = []
  for (const line of lines) {
    if (!budget.affords(compiled, line.length)) return { ...asks, stdout: unknown('grep would run too long') }
    if (compiled.regexp.test(line) !== inverted) kept.push(`${line}\n`)
  }
  const stdout = { text: kept.join(''), mapped: null }
  return { status: kept.length > 0 ? 'likely' : 'unknown', stdout }
}

/** `-e PATTERN`, `-ePATTERN`. */
function separate(args: Parameters<Handler>[0]['args']): (typeof args)[number] | null {
  const index = args.findIndex(word => word.value === '-e')
  return index < 0 ? null : (args[index + 1] ?? null)
}
