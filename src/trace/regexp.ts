/** POSIX regular expressions, basic and extended, as JavaScript's; what can't be said alike is refused. */
import { type Maybe, unknown } from '../model.ts'

export interface PosixRegExp {
  readonly regexp: RegExp
  /** Unbounded repetitions: the power of the line's length that a match may cost. */
  readonly repeats: number
  readonly alternation: boolean
}

const CLASSES: Readonly<Record<string, string>> = {
  alpha: 'A-Za-z',
  digit: '0-9',
  alnum: 'A-Za-z0-9',
  upper: 'A-Z',
  lower: 'a-z',
  space: '\\s',
  blank: ' \\t',
  punct: '!-\\/:-@\\[-`{-~',
  xdigit: '0-9A-Fa-f',
  print: '\\x20-\\x7e',
  graph: '\\x21-\\x7e',
  cntrl: '\\x00-\\x1f\\x7f',
}

const MAX_LENGTH = 2_000

/** @param flags `i` for no case, `m` for GNU's M; never `g` */
export function posixRegExp(source: string, extended: boolean, flags = ''): Maybe<PosixRegExp> {
  if (source.length > MAX_LENGTH) return unknown('a regular expression that is too long')
  let out = ''
  let repeats = 0
  let alternation = false
  /** Whether a group, open or just closed, holds a repetition: repeated again it could take for ever. */
  const groups: boolean[] = []
  let closed: boolean | null = null
  let start = true
  const repeat = (operator: string, unbounded: boolean): boolean => {
    if (closed && operator !== '?') return false
    if (unbounded) {
      repeats += 1
      groups.fill(true)
    }
    out += operator
    closed = null
    return true
  }
  for (let at = 0; at < source.length; at += 1) {
    let char = source[at]!
    let special = extended
    if (char === '\\') {
      at += 1
      const next = source[at]
      if (next === undefined) return unknown('a regular expression that ends in \\')
      if (/[1-9]/.test(next)) return unknown('a regular expression with a back-reference')
      if (!extended && '(){}|+?'.includes(next)) {
        char = next
        special = true
      } else {
        const kept: Record<string, string> = {
          n: '\\n',
          t: '\\t',
          s: '\\s',
          S: '\\S',
          w: '\\w',
          W: '\\W',
          b: '\\b',
          '<': '\\b',
          '>': '\\b',
        }
        out += kept[next] ?? (/[A-Za-z0-9]/.test(next) ? next : `\\${next}`)
        closed = null
        start = false
        continue
      }
    } else if ('(){}|+?'.includes(char)) special = extended
    if (char === '[') {
      const set = bracket(source, at)
      if (!set) return unknown('a regular expression with an open bracket')
      out += set.out
      at = set.end
      closed = null
    } else if (special && char === '(') {
      groups.push(false)
      out += '('
      start = true
      continue
    } else if (special && char === ')' && groups.length > 0) {
      closed = groups.pop() ?? false
      if (closed && groups.length > 0) groups[groups.length - 1] = true
      out += ')'
      start = false
      continue
    } else if (special && char === '|') {
      alternation = true
      groups.fill(true)
      out += '|'
      start = true
      continue
    } else if (char === '*' && !start) {
      if (!repeat('*', true)) return unknown('a regular expression with repetitions inside repetitions')
    } else if (special && (char === '+' || char === '?') && !start) {
      if (!repeat(char, char === '+'))
        return unknown('a regular expression with repetitions inside repetitions')
    } else if (special && char === '{' && !start) {
      const interval = /^\{(\d{1,3})(,(\d{0,3}))?(\\?)\}/.exec(source.slice(at))
      if (!interval) return unknown('a regular expression with a bad interval')
      const [whole, least = '', comma, most = ''] = interval
      if (!repeat(`{${least}${comma === undefined ? '' : `,${most}`}}`, true)) {
        return unknown('a regular expression with repetitions inside repetitions')
      }
      at += whole.length - 1
    } else if (char === '^' && (extended || start)) {
      out += '^'
      continue
    } else if (char === '$' && (extended || at === source.length - 1 || source.startsWith('\\)', at + 1))) {
      out += '$'
    } else if (char === '.') {
      out += '[^]'
      closed = null
    } else {
      out += /[\\^$.*+?()[\]{}|/]/.test(char) ? `\\${char}` : char
      closed = null
    }
    start = false
  }
  if (groups.length > 0) return unknown('a regular expression with an open group')
  try {
    return { regexp: new RegExp(out, flags), repeats, alternation }
  } catch {
    return unknown('a regular expression that is not understood')
  }
}

function bracket(source: string, at: number): { out: string; end: number } | null {
  let index = at + 1
  let out = '['
  if (source[index] === '^') {
    out += '^'
    index += 1
  }
  let first = true
  for (; index < source.length; index += 1, first = false) {
    const char = source[index]!
    if (char === ']' && !first) return { out: `${out}]`, end: index }
    const named = /^\[:(\w+):\]/.exec(source.slice(index, index + 12))
    if (named) {
      const set = CLASSES[named[1]!]
      if (!set) return null
      out += set
      index += named[0].length - 1
    } else if (char === '\\' && source[index + 1] === 'n') {
      out += '\\n'
      index += 1
    } else out += /[\\[\]^]/.test(char) ? `\\${char}` : char
  }
  return null
}

/** Steps that all matching of one text may cost. */
const BUDGET = 200_000_000
/** Steps of one match. */
const ONE = 20_000_000

/** Counts what matching may cost at worst, and says when it is too much. */
export class MatchBudget {
  #left = BUDGET

  affords(pattern: PosixRegExp, length: number): boolean {
    const cost = (length + 1) ** (1 + pattern.repeats)
    this.#left -= Math.min(cost, BUDGET)
    return cost <= ONE && this.#left > 0
  }
}
