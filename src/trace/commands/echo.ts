import { MappedText } from '../../dockerfile/mapped-text.ts'
import type { ShellWord, Stream } from '../../dockerfile/shell-types.ts'
import { unknown } from '../../model.ts'
import type { Handler } from './types.ts'

/** echo(1). Escapes are read by dash and with `-e`; elsewhere they stay as they are: then it is not told. */
export const echo: Handler = command => {
  const words = [...command.args]
  let newline = true
  let escapes = false
  while (/^-[neE]+$/.test(words[0]?.value ?? '')) {
    const flags = words.shift()!.value!
    if (flags.includes('n')) newline = false
    if (flags.includes('e')) escapes = true
  }
  return { status: 'success', stdout: joined(words, newline, escapes) }
}

function joined(words: readonly ShellWord[], newline: boolean, escapes: boolean): Stream {
  const parts: MappedText[] = []
  for (const [index, word] of words.entries()) {
    if (word.value === null || word.glob || !word.mapped)
      return unknown(word.why ?? 'files that match a pattern')
    if (index > 0) parts.push(MappedText.of([{ text: ' ', file: word.start, fixed: true }]))
    parts.push(word.mapped)
  }
  const mapped = MappedText.join(parts)
  const ending = newline ? '\n' : ''
  if (!mapped.text.includes('\\')) {
    const whole = MappedText.join([mapped, MappedText.of([{ text: ending, file: 0, fixed: true }])])
    return { text: whole.text, mapped: whole }
  }
  const text = unescaped(mapped.text)
  // `\n` alone means the same to dash and to `echo -e`; busybox and bash keep it without -e.
  return text === null || (!escapes && text !== mapped.text)
    ? loose(text ?? mapped.text, ending)
    : { text: text + ending, mapped: null }
}

/** Text of which only the shell at hand could tell how it comes out: enough to look for settings in it. */
function loose(text: string, ending: string): Stream {
  return { text: text + ending, mapped: null }
}

/** printf(1): a format without `%`, or with `%s` and words for each. */
export const printf: Handler = command => {
  const [format, ...args] = command.args
  if (!format || format.value === null) return { status: 'success', stdout: unknown(format?.why ?? 'printf') }
  const plain = unescaped(format.value)
  if (plain === null || args.some(word => word.value === null))
    return { status: 'success', stdout: unknown('what printf prints') }
  if (!plain.includes('%')) {
    const mapped = plain === format.value ? format.mapped : null
    return { status: 'success', stdout: { text: plain, mapped } }
  }
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
function unescaped(text: string): string | null {
  let out = ''
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] !== '\\') {
      out += text[at]
      continue
    }
    at += 1
    const kept: Record<string, string> = { n: '\n', t: '\t', r: '\r', '\\': '\\', '"': '"', "'": "'" }
    const char = kept[text[at] ?? '']
    if (char === undefined) return null
    out += char
  }
  return out
}
