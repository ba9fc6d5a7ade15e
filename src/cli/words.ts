/** The words that come before a command's own arguments. */
import { JobError } from '../errors.ts'
import { didYouMean } from './suggest.ts'

/**
 * What the user typed, `help lint` as `lint --help`.
 * @param ids all commands, their words joined by `:`
 * @throws JobError `usage` where the words name no command: with the nearest one
 */
export function checkedWords(argv: readonly string[], ids: readonly string[]): string[] {
  const [first, ...rest] = argv
  if (first === 'help') return [...rest, '--help']
  if (first === undefined || first.startsWith('-') || ids.includes(first)) return [...argv]
  const under = ids.filter(id => id.startsWith(`${first}:`)).map(id => id.slice(first.length + 1))
  if (under.length === 0) {
    const words = [...new Set(ids.map(id => id.split(':')[0] as string)), 'help']
    throw new JobError(
      'usage',
      `there is no command '${first}'${didYouMean(first, words)} (see imgtrust --help)`,
    )
  }
  const [second] = rest
  if (second === undefined || second.startsWith('-') || under.includes(second)) return [...argv]
  throw new JobError(
    'usage',
    `there is no command '${first} ${second}'${didYouMean(second, under)} (see imgtrust ${first} --help)`,
  )
}
