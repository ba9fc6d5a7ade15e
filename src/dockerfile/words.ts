/** The ways in which Dockerfile instructions split their body: flags, words, JSON, key=value pairs. */
import { MappedText } from './mapped-text.ts'

/** A word and where it stands in the body that it was read from. */
export interface BodyWord {
  readonly text: string
  readonly start: number
  readonly end: number
}

export interface Flag {
  readonly name: string
  /** Null where it has none (`--link`). */
  readonly value: string | null
  readonly start: number
  readonly end: number
}

/** The `--name=value` words in front of the rest. */
export function takeFlags(body: MappedText): { flags: Flag[]; rest: MappedText } {
  const flags: Flag[] = []
  let at = 0
  for (;;) {
    const match = /^\s*(--([A-Za-z][\w-]*)(?:=("[^"]*"|'[^']*'|\S*))?)(?=\s|$)/.exec(body.text.slice(at))
    if (!match) break
    const start = at + match[0].length - match[1]!.length
    at += match[0].length
    const value = match[3]?.replace(/^(['"])(.*)\1$/, '$2') ?? null
    flags.push({ name: match[2]!.toLowerCase(), value, start, end: at })
  }
  return { flags, rest: body.slice(at).trim() }
}

/** Words split at blanks outside quotes; quotes and escapes stay in them. */
export function splitWords(text: string, escapeMark: string): BodyWord[] {
  const words: BodyWord[] = []
  let start = -1
  let quote = ''
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at]!
    if (quote === '' && /\s/.test(char)) {
      if (start >= 0) words.push({ text: text.slice(start, at), start, end: at })
      start = -1
      continue
    }
    if (start < 0) start = at
    if (char === escapeMark && quote !== "'") at += 1
    else if (quote === '' && (char === '"' || char === "'")) quote = char
    else if (char === quote) quote = ''
  }
  if (start >= 0) words.push({ text: text.slice(start), start, end: text.length })
  return words
}

/** The strings of the JSON form, each with its own text mapped; null where the body is no JSON array of strings. */
export function jsonForm(body: MappedText): MappedText[] | null {
  const text = body.text
  if (!text.startsWith('[')) return null
  let values: unknown
  try {
    values = JSON.parse(text)
  } catch {
    return null
  }
  if (!Array.isArray(values) || !values.every((value): value is string => typeof value === 'string'))
    return null
  const parts: MappedText[] = []
  let at = 1
  for (const value of values) {
    at = text.indexOf('"', at) + 1
    const start = at
    let escaped = false
    while (at < text.length && text[at] !== '"') {
      if (text[at] === '\\') {
        escaped = true
        at += 1
      }
      at += 1
    }
    parts.push(escaped ? unescapeJson(body, start, at, value) : body.slice(start, at))
    at += 1
  }
  return parts
}

function unescapeJson(body: MappedText, start: number, end: number, value: string): MappedText {
  const pieces: { text: string; file: number; fixed?: boolean }[] = []
  for (let at = start; at < end; ) {
    if (body.text[at] === '\\') {
      const length = body.text[at + 1] === 'u' ? 6 : 2
      const decoded = JSON.parse(`"${body.text.slice(at, at + length)}"`) as string
      pieces.push({ text: decoded, file: body.offset(at), fixed: true })
      at += length
    } else {
      const next = body.text.indexOf('\\', at)
      const to = next === -1 || next > end ? end : next
      pieces.push(...body.slice(at, to).pieces())
      at = to
    }
  }
  const mapped = MappedText.of(pieces)
  return mapped.text === value
    ? mapped
    : MappedText.of([{ text: value, file: body.offset(start), fixed: true }])
}

export interface Pair {
  readonly key: string
  /** As written, quotes and variables in it. */
  readonly value: string
  readonly start: number
  readonly end: number
}

/** ENV's and LABEL's pairs: `A=b C="d e"`, or the old `KEY rest of line`. */
export function pairs(body: MappedText, escapeMark: string): Pair[] {
  const words = splitWords(body.text, escapeMark)
  const first = words[0]
  if (!first) return []
  if (!first.text.includes('=')) {
    const rest = body.text.slice(first.end).trim()
    return [{ key: first.text, value: rest, start: first.start, end: body.text.length }]
  }
  return words.map(word => {
    const at = word.text.indexOf('=')
    return at < 0
      ? { key: word.text, value: '', start: word.start, end: word.end }
      : { key: word.text.slice(0, at), value: word.text.slice(at + 1), start: word.start, end: word.end }
  })
}
