/** sed's script as commands. What is not supported is said, never guessed. */
import { isUnknown, type Maybe, unknown } from '../model.ts'
import { type PosixRegExp, posixRegExp } from './regexp.ts'

export type Address =
  | { readonly kind: 'line'; readonly number: number }
  | { readonly kind: 'last' }
  /** Null: the last one used. */
  | { readonly kind: 'regexp'; readonly pattern: PosixRegExp | null }
  /** `addr,+N`. */
  | { readonly kind: 'count'; readonly number: number }

export interface Substitution {
  readonly pattern: PosixRegExp | null
  /** Texts and group numbers (0: the whole match). */
  readonly to: readonly (string | number)[]
  readonly all: boolean
  readonly nth: number
  readonly print: boolean
}

export interface SedCommand {
  readonly from: Address | null
  readonly to: Address | null
  readonly negated: boolean
  readonly name: string
  readonly substitution?: Substitution
  /** Of `b`, `t`, `T`, `:`. */
  readonly label?: string
  /** Of `a`, `i`, `c`. */
  readonly text?: string
  /** The place behind the matching `}` of `{`. */
  readonly end?: number
}

class SedReader {
  readonly source: string
  readonly extended: boolean
  at = 0

  constructor(source: string, extended: boolean) {
    this.source = source
    this.extended = extended
  }

  peek(): string {
    return this.source[this.at] ?? ''
  }

  blanks(): void {
    while (/[ \t]/.test(this.peek())) this.at += 1
  }

  /** Text up to the delimiter, which is taken; `\` and the delimiter give the delimiter; null where it has no end. */
  delimited(delimiter: string, pattern: boolean): string | null {
    let out = ''
    let set = false
    for (; this.at < this.source.length; this.at += 1) {
      const char = this.peek()
      const next = this.source[this.at + 1]
      if (char === '\\' && next !== undefined) {
        if (next === delimiter) out += pattern && /[.*[\]^$]/.test(delimiter) ? `\\${delimiter}` : delimiter
        else out += char + next
        this.at += 1
        continue
      }
      if (pattern && char === '[' && !set) {
        set = true
        out += char
        if (next === '^') {
          out += next
          this.at += 1
        }
        if (this.source[this.at + 1] === ']') {
          out += ']'
          this.at += 1
        }
        continue
      }
      if (char === ']') set = false
      if (char === delimiter && !set) {
        this.at += 1
        return out
      }
      out += char
    }
    return null
  }
}

export function parseSed(source: string, extended: boolean): Maybe<SedCommand[]> {
  const reader = new SedReader(source, extended)
  const commands: SedCommand[] = []
  const open: number[] = []
  while (reader.at < source.length) {
    if (/[\s;]/.test(reader.peek())) {
      reader.at += 1
      continue
    }
    if (reader.peek() === '#') {
      const end = source.indexOf('\n', reader.at)
      reader.at = end < 0 ? source.length : end
      continue
    }
    const command = readCommand(reader)
    if (isUnknown(command)) return command
    if (command.name === '{') open.push(commands.length)
    if (command.name === '}') {
      const begin = open.pop()
      if (begin === undefined) return unknown('a sed script with a stray }')
      commands[begin] = { ...commands[begin]!, end: commands.length + 1 }
    }
    commands.push(command)
    if (commands.length > 500) return unknown('a sed script that is too long')
  }
  return open.length > 0 ? unknown('a sed script with an open {') : commands
}

function readCommand(reader: SedReader): Maybe<SedCommand> {
  const from = readAddress(reader)
  if (isUnknown(from)) return from
  let to: Address | null = null
  reader.blanks()
  if (from && reader.peek() === ',') {
    reader.at += 1
    reader.blanks()
    const second = readAddress(reader)
    if (isUnknown(second)) return second
    if (!second) return unknown('a sed script with half a range')
    to = second
  }
  reader.blanks()
  const negated = reader.peek() === '!'
  while (reader.peek() === '!' || /[ \t]/.test(reader.peek())) reader.at += 1
  const name = reader.peek()
  reader.at += 1
  const base = { from, to, negated, name }
  switch (name) {
    case '{':
    case '}':
    case 'd':
    case 'D':
    case 'p':
    case 'P':
    case 'n':
    case 'N':
    case 'q':
    case 'h':
    case 'H':
    case 'g':
    case 'G':
    case 'x':
      return base
    case 's': {
      const substitution = readSubstitution(reader)
      return isUnknown(substitution) ? substitution : { ...base, substitution }
    }
    case ':':
    case 'b':
    case 't':
    case 'T': {
      const end = name === ':' ? /[\n;]/ : /[\n;}]/
      const start = reader.at
      while (reader.at < reader.source.length && !end.test(reader.peek())) reader.at += 1
      return { ...base, label: reader.source.slice(start, reader.at).trim() }
    }
    case 'a':
    case 'i':
    case 'c': {
      reader.blanks()
      if (reader.peek() === '\\') reader.at += 1
      if (reader.peek() === '\n') reader.at += 1
      else reader.blanks()
      const end = reader.source.indexOf('\n', reader.at)
      const text = reader.source.slice(reader.at, end < 0 ? undefined : end)
      reader.at = end < 0 ? reader.source.length : end
      return text.includes('\\') ? unknown('a text in a sed script with escapes') : { ...base, text }
    }
    default:
      return unknown(`sed's command ${name.replace(/[^\x21-\x7e]/g, '?') || '(none)'}`)
  }
}

function readAddress(reader: SedReader): Maybe<Address | null> {
  const char = reader.peek()
  if (char === '$') {
    reader.at += 1
    return { kind: 'last' }
  }
  const number = /^(\+?)(\d{1,9})(~?)/.exec(reader.source.slice(reader.at, reader.at + 12))
  if (number) {
    reader.at += number[0].length
    if (number[3]) return unknown("sed's address first~step")
    return { kind: number[1] ? 'count' : 'line', number: Number(number[2]) }
  }
  if (char !== '/' && char !== '\\') return null
  reader.at += 1
  const delimiter = char === '/' ? '/' : reader.peek()
  if (char === '\\') reader.at += 1
  const source = delimiter === '' ? null : reader.delimited(delimiter, true)
  if (source === null) return unknown('a sed script with an open pattern')
  let flags = ''
  while (/[IM]/.test(reader.peek())) {
    flags += reader.peek().toLowerCase()
    reader.at += 1
  }
  if (source === '') return { kind: 'regexp', pattern: null }
  const pattern = posixRegExp(source, reader.extended, flags)
  return isUnknown(pattern) ? pattern : { kind: 'regexp', pattern }
}

function readSubstitution(reader: SedReader): Maybe<Substitution> {
  const delimiter = reader.peek()
  reader.at += 1
  if (delimiter === '' || delimiter === '\n' || delimiter === '\\')
    return unknown('a sed script that is cut off')
  const source = reader.delimited(delimiter, true)
  const to = source === null ? null : reader.delimited(delimiter, false)
  if (source === null || to === null) return unknown('a sed script with an open s')
  let flags = ''
  let all = false
  let print = false
  let nth = 1
  for (;;) {
    const char = reader.peek()
    if (char === 'g') all = true
    else if (char === 'p') print = true
    else if (char === 'i' || char === 'I') flags = 'i'
    else if (/[1-9]/.test(char)) nth = Number(char)
    else if (/[ewm]/i.test(char)) return unknown(`sed's flag ${char} of s`)
    else break
    reader.at += 1
  }
  const pattern = source === '' ? null : posixRegExp(source, reader.extended, flags)
  if (isUnknown(pattern)) return pattern
  // POSIX takes the longest of the alternatives, JavaScript the first that matches.
  if (pattern?.alternation) return unknown('a sed s with alternatives')
  const parts = replacement(to)
  return isUnknown(parts) ? parts : { pattern, to: parts, all, nth, print }
}

function replacement(text: string): Maybe<(string | number)[]> {
  const parts: (string | number)[] = []
  let plain = ''
  const put = (group: number): void => {
    parts.push(plain, group)
    plain = ''
  }
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at]!
    const next = text[at + 1] ?? ''
    if (char === '&') put(0)
    else if (char !== '\\') plain += char
    else {
      at += 1
      if (/[0-9]/.test(next)) put(Number(next))
      else if (next === 'n') plain += '\n'
      else if (next === 't') plain += '\t'
      else if (/[A-Za-z]/.test(next)) return unknown(`sed's \\${next} in a replacement`)
      else plain += next
    }
  }
  parts.push(plain)
  return parts
}
