/**
 * Does `text` match a shell pattern of `*`, `?` and `[…]`? Linear in memory, quadratic in time at most.
 * @param path `*` and `?` don't match `/`
 */
export function globMatches(pattern: string, text: string, path = false): boolean {
  let at = 0
  let i = 0
  let star = -1
  let mark = 0
  while (i < text.length) {
    const token = tokenAt(pattern, at)
    if (token && token.kind === 'star') {
      star = at
      mark = i
      at = token.end
      continue
    }
    if (token?.matches(text[i]!) && !(path && text[i] === '/' && token.kind !== 'char')) {
      at = token.end
      i += 1
      continue
    }
    if (star >= 0 && !(path && text[mark] === '/')) {
      mark += 1
      i = mark
      at = star + 1
      continue
    }
    return false
  }
  while (pattern[at] === '*') at += 1
  return at >= pattern.length
}

interface Token {
  readonly kind: 'star' | 'char' | 'class'
  readonly end: number
  matches(char: string): boolean
}

function tokenAt(pattern: string, at: number): Token | null {
  const char = pattern[at]
  if (char === undefined) return null
  if (char === '*') return { kind: 'star', end: at + 1, matches: () => true }
  if (char === '?') return { kind: 'class', end: at + 1, matches: () => true }
  if (char === '\\' && at + 1 < pattern.length) {
    const literal = pattern[at + 1]
    return { kind: 'char', end: at + 2, matches: c => c === literal }
  }
  const close = char === '[' ? pattern.indexOf(']', at + 2) : -1
  if (close === -1) return { kind: 'char', end: at + 1, matches: c => c === char }
  const negated = pattern[at + 1] === '!' || pattern[at + 1] === '^'
  const set = pattern.slice(at + (negated ? 2 : 1), close)
  const inside = (c: string): boolean => {
    for (let index = 0; index < set.length; index += 1) {
      if (set[index + 1] === '-' && index + 2 < set.length) {
        if (c >= set[index]! && c <= set[index + 2]!) return true
        index += 2
      } else if (set[index] === c) return true
    }
    return false
  }
  return { kind: 'class', end: close + 1, matches: c => inside(c) !== negated }
}

export function hasGlob(text: string): boolean {
  return /[*?[]/.test(text)
}

/** `${value#pattern}` and its kin: the shortest or longest prefix or suffix that matches is taken away. */
export function stripPattern(value: string, operator: '#' | '##' | '%' | '%%', pattern: string): string {
  const lengths = Array.from({ length: value.length + 1 }, (_, index) => index)
  if (operator === '##' || operator === '%%') lengths.reverse()
  for (const length of lengths) {
    const prefix = operator.startsWith('#')
    const part = prefix ? value.slice(0, length) : value.slice(value.length - length)
    if (globMatches(pattern, part))
      return prefix ? value.slice(length) : value.slice(0, value.length - length)
  }
  return value
}
