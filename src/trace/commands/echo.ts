import { MappedText } from '../../dockerfile/mapped-text.ts'
import type { ShellWord, Stream } from '../../dockerfile/shell-types.ts'
import { unknown } from '../../model.ts'
import type { Handler } from './types.ts'

/** echo(1). */
export const echo: Handler = command => {
  const words = [...command.args]
  let newline = true
  while (/^-[neE]+$/.test(words[0]?.value ?? '')) {
    const flags = words.shift()!.value!
    if (flags.includes('n')) newline = false
  }
  return { status: 'success', stdout: joined(words, newline) }
}

function joined(words: readonly ShellWord[], newline: boolean): Stream {
  const parts: MappedText[] = []
  for (const [index, word] of words.entries()) {
    if (word.value === null || word.glob || !word.mapped)
      return unknown(word.why ?? 'files that match a pattern')
    if (index > 0) parts.push(MappedText.of([{ text: ' ', file: word.start, fixed: true }]))
    parts.push(word.mapped)
  }
  const mapped = MappedText.join(parts)
  // dash and `echo -e` read escapes, busybox and bash keep them: either way settings are found in the text.
  const read = mapped.text.includes('\\') ? unescaped(mapped) : mapped
  const ending = MappedText.of([
    { text: newline ? '\n' : '', file: mapped.offset(mapped.text.length), fixed: true },
  ])
  const whole = MappedText.join([read ?? mapped, ending])
  return { text: whole.text, mapped: whole }
}

/** printf(1): a format without `%`, or with `%s` and words for each. */
export const printf: Handler = command => {
  const [format, ...args] = command.args
  if (!format?.mapped) return { status: 'success', stdout: unknown(format?.why ?? 'printf') }
  const mapped = unescaped(format.mapped)
  if (mapped === null || args.some(word => word.value === null)) {
    return { status: 'success', stdout: unknown('what printf prints') }
  }
  const plain = mapped.text
  if (!plain.includes('%')) return { status: 'success', stdout: { text: plain, mapped } }
  if (/%[^s%b]/.test(plain)) return { status: 'success', stdout: unknown('what printf prints') }
  const values = args.map(word => word.value ?? '')
  let text = ''
  let rounds = 0
  do {
    text += plain.replace(/%([s%b])/g, (_, kind: string) => (kind === '%' ? '%' : (values.shift() ?? '')))
    rounds += 1
  } while (values.length > 0 && /%[sb]/.test(plain) && rounds < 1_000)
  return { status: 'success', stdout: { text, mapped: null } }
}

/** The escapes that all shells read alike; null where another stands there. */
function unescaped(source: MappedText): MappedText | null {
  const { text } = source
  const parts: MappedText[] = []
  let at = 0
  while (at < text.length) {
    const next = text.indexOf('\\', at)
    const end = next < 0 ? text.length : next
    if (end > at) parts.push(source.slice(at, end))
    if (next < 0) break
    const char = ESCAPES[text[next + 1] ?? '']
    if (char === undefined) return null
    parts.push(MappedText.of([{ text: char, file: source.offset(next), fixed: true }]))
    at = next + 2
  }
  return MappedText.join(parts)
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '\\': '\\',
  '"': '"',
  "'": "'",
}
