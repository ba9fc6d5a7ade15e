/**
 * ARG and ENV in an instruction's words, as BuildKit's own lexer expands them (not a shell): `$A`, `${A}`,
 * `${A:-word}`, `${A-word}`, `${A:+word}`, `${A+word}`, `${A:?word}`, `${A#pattern}` and its kin, `${A/from/to}`.
 */
import { isUnknown, type Maybe, type Unknown, unknown } from '../model.ts'
import { globMatches, hasGlob, stripPattern } from './glob.ts'

/** A variable's value; undefined where it is surely not set. */
export type Lookup = (name: string) => Maybe<string> | undefined

const MAX_DEPTH = 20
const MAX_LENGTH = 64 * 1024
/** Longest value that a pattern is tried on: trying is quadratic. */
const MAX_PATTERN_VALUE = 1024

interface Cursor {
  readonly text: string
  readonly escapeMark: string
  readonly lookup: Lookup
  at: number
}

/** The word with quotes taken away and variables put in, or why its value can't be told. */
export function expandWord(text: string, lookup: Lookup, escapeMark = '\\'): Maybe<string> {
  const cursor = { text, escapeMark, lookup, at: 0 }
  return expandUntil(cursor, '', 0)
}

/** Here-document bodies of COPY and ADD: variables are put in, quotes stay, each `\\` goes and keeps what follows it. */
export function expandBody(text: string, lookup: Lookup): Maybe<string> {
  const cursor = { text, escapeMark: '\\', lookup, at: 0 }
  let out = ''
  while (cursor.at < text.length) {
    const char = text[cursor.at]!
    if (char === '\\') {
      out += text[cursor.at + 1] ?? ''
      cursor.at += 2
    } else if (char === '$') {
      const value = variable(cursor, 0)
      if (isUnknown(value)) return value
      out += value
    } else {
      out += char
      cursor.at += 1
    }
    if (out.length > MAX_LENGTH * 16) return unknown('the text grows too long')
  }
  return out
}

/** @param raw a pattern: escapes stay in it */
function expandUntil(cursor: Cursor, stop: string, depth: number, raw = false): Maybe<string> {
  if (depth > MAX_DEPTH) return giveUp(cursor, 'variables are nested too deep')
  const { text, escapeMark } = cursor
  let out = ''
  let quoted = false
  /** A part is not known; the rest is read all the same, to find the end. */
  let missing: Unknown | null = null
  while (cursor.at < text.length) {
    const char = text[cursor.at]!
    if (char === stop && !quoted) return missing ?? out
    if (char === "'" && !quoted) {
      const end = text.indexOf("'", cursor.at + 1)
      if (end === -1) return giveUp(cursor, 'a quote has no end')
      out += text.slice(cursor.at + 1, end)
      cursor.at = end + 1
    } else if (char === '"') {
      quoted = !quoted
      cursor.at += 1
    } else if (char === escapeMark) {
      const next = text[cursor.at + 1] ?? ''
      const kept = raw || (quoted && !['"', '$', escapeMark].includes(next))
      out += kept && next !== '' ? char + next : next
      cursor.at += 2
    } else if (char === '$') {
      const value = variable(cursor, depth)
      if (isUnknown(value)) missing ??= value
      else out += value
    } else {
      out += char
      cursor.at += 1
    }
    if (out.length > MAX_LENGTH) return giveUp(cursor, 'the value grows too long')
  }
  return stop === '' && !quoted ? (missing ?? out) : unknown('a quote or brace has no end')
}

function giveUp(cursor: Cursor, why: string): Maybe<string> {
  cursor.at = cursor.text.length
  return unknown(why)
}

/** Reads one variable; the cursor stands on `$`. */
function variable(cursor: Cursor, depth: number): Maybe<string> {
  const { text, lookup } = cursor
  const plain = /^\$([A-Za-z_][A-Za-z0-9_]*|[0-9]+|[@*#?!$-])/.exec(text.slice(cursor.at, cursor.at + 256))
  if (plain) {
    cursor.at += plain[0].length
    return lookup(plain[1]!) ?? ''
  }
  const braced = /^\$\{([A-Za-z_][A-Za-z0-9_]*|[0-9]+|[@*#?!$-])/.exec(text.slice(cursor.at, cursor.at + 256))
  if (!braced) {
    cursor.at += 1
    return '$'
  }
  const name = braced[1]!
  const value = lookup(name)
  cursor.at += braced[0].length
  if (text[cursor.at] === '}') {
    cursor.at += 1
    return value ?? ''
  }
  const operator = /^(:[-+?]|[-+?]|##?|%%?|\/\/?)/.exec(text.slice(cursor.at, cursor.at + 2))?.[0]
  if (!operator) return giveUp(cursor, `the expansion of ${name} isn't one that BuildKit knows`)
  cursor.at += operator.length
  return modified(cursor, name, value, operator, depth)
}

function modified(
  cursor: Cursor,
  name: string,
  value: Maybe<string> | undefined,
  operator: string,
  depth: number,
): Maybe<string> {
  const replacing = operator.startsWith('/')
  const patterned = replacing || /[#%]/.test(operator)
  const word = expandUntil(cursor, replacing ? '/' : '}', depth + 1, patterned)
  if (isUnknown(word) && cursor.at >= cursor.text.length) return word
  cursor.at += 1
  let to: Maybe<string> = ''
  if (replacing) {
    to = expandUntil(cursor, '}', depth + 1, true)
    if (isUnknown(to) && cursor.at >= cursor.text.length) return to
    cursor.at += 1
  }
  if (isUnknown(value)) return value
  const set = value !== undefined && (!operator.startsWith(':') || value !== '')
  if (operator.endsWith('-')) return set ? value : word
  if (operator.endsWith('+')) return set ? word : ''
  if (operator.endsWith('?')) return set ? value : unknown(`${name} must be set`)
  if (value === undefined) return ''
  if (isUnknown(word)) return word
  const pattern = buildKitPattern(word)
  if (isUnknown(pattern)) return pattern
  if (replacing) return isUnknown(to) ? to : replaced(value, pattern, to, operator === '//')
  if (value.length > MAX_PATTERN_VALUE) return unknown('the value is too long for a pattern')
  return stripPattern(value, operator as '#' | '##' | '%' | '%%', pattern)
}

/** BuildKit's patterns know `*` and `?`, no classes; `\\` stands before these, itself, `/` and `}` alone. */
function buildKitPattern(word: string): Maybe<string> {
  let out = ''
  for (let at = 0; at < word.length; at += 1) {
    const char = word[at]!
    const next = word[at + 1] ?? ''
    if (char === '[') out += '\\['
    else if (char !== '\\') out += char
    else if (!'*?\\/}'.includes(next) || next === '')
      return unknown('BuildKit knows no such escape in a pattern')
    else {
      out += next === '/' || next === '}' ? next : char + next
      at += 1
    }
  }
  return out
}

/** `${value/pattern/to}`: the longest match at the leftmost place, once or everywhere. */
export function replaced(value: string, pattern: string, to: string, all: boolean): Maybe<string> {
  if (!hasGlob(pattern) && !pattern.includes('\\')) {
    if (pattern === '') return value
    return all ? value.split(pattern).join(to) : value.replace(pattern, () => to)
  }
  if (value.length > 256) return unknown('the value is too long for a pattern')
  let out = ''
  let at = 0
  let done = false
  while (at < value.length) {
    let end = -1
    if (!done || all) {
      for (let length = value.length - at; length > 0 && end < 0; length -= 1) {
        if (globMatches(pattern, value.slice(at, at + length))) end = at + length
      }
    }
    if (end < 0) {
      out += value[at]
      at += 1
    } else {
      out += to
      at = end
      done = true
    }
  }
  return out
}
