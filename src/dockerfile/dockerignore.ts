/**
 * `.dockerignore`: which files of a folder are no part of the build context. As BuildKit reads it: the reader and the
 * matcher of github.com/moby/patternmatcher, whose rules are those of https://docs.docker.com/build/concepts/context/.
 */
import { posix } from 'node:path'
import type { BuildContext } from './context.ts'

/** Characters of the file: what is longer is no list that a person keeps. */
const MOST_TEXT = 64 * 1024

export interface IgnoreList {
  /** Is the file or folder kept out of the context? The path is relative to it, with `/`. */
  excludes(path: string): boolean
  /** May something in an excluded folder come back (`!`)? */
  readonly hasExceptions: boolean
}

interface Pattern {
  readonly exception: boolean
  /** Does it fit the path, or a folder over it? */
  matches(path: string): boolean
}

/** @returns null where it is too long to be followed, or a builder would refuse it */
export function readIgnoreList(text: string): IgnoreList | null {
  if (text.length > MOST_TEXT) return null
  const patterns: Pattern[] = []
  for (const line of text.replace(/^\ufeff/, '').split('\n')) {
    if (line.startsWith('#') || line.trim() === '') continue
    const trimmed = line.trim()
    const exception = trimmed.startsWith('!')
    const written = exception ? trimmed.slice(1).trim() : trimmed
    if (written === '') return null
    const matches = compile(cleaned(written))
    if (matches === null) return null
    patterns.push({ exception, matches })
  }
  return {
    hasExceptions: patterns.some(({ exception }) => exception),
    excludes(path) {
      let excluded = false
      // What already holds need not be asked again.
      for (const { exception, matches } of patterns)
        if (exception === excluded && matches(path)) excluded = !exception
      return excluded
    },
  }
}

/** Go's filepath.Clean, and no `/` in front. */
function cleaned(pattern: string): string {
  const clean = posix.normalize(pattern)
  const short = clean.length > 1 ? clean.replace(/\/+$/, '') : clean
  return short.length > 1 && short.startsWith('/') ? short.slice(1) : short
}

type Token =
  | { readonly kind: 'one'; fits(char: string): boolean }
  /** `*`: any number of characters but `/`. */
  | { readonly kind: 'star' }
  /** `**` at the end: anything. */
  | { readonly kind: 'rest' }
  /** `**` elsewhere: nothing, or anything that ends in `/`. */
  | { readonly kind: 'folders' }

/** @returns null where Go's filepath.Match refuses the pattern */
function compile(pattern: string): Pattern['matches'] | null {
  const suffix = /^\*\*([^*?[\]\\]*)$/.exec(pattern)?.[1]
  if (suffix !== undefined)
    return path =>
      endsOf(path).some(
        end =>
          (end >= suffix.length && path.startsWith(suffix, end - suffix.length)) || isAll(path, end, suffix),
      )
  if (!/[*?[\]\\]/.test(pattern)) return path => path === pattern || path.startsWith(`${pattern}/`)
  const tokens = tokensOf(pattern)
  return tokens && (path => fits(tokens, path))
}

/** Where the path and each folder over it ends. */
function endsOf(path: string): number[] {
  const ends = [path.length]
  for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) ends.push(at)
  return ends
}

/** `**` and `/foo` behind it fits `foo` itself too. */
function isAll(path: string, end: number, suffix: string): boolean {
  return suffix.startsWith('/') && end === suffix.length - 1 && path.startsWith(suffix.slice(1))
}

function tokensOf(pattern: string): Token[] | null {
  const tokens: Token[] = []
  for (let at = 0; at < pattern.length; ) {
    const char = pattern[at]!
    if (char === '*' && pattern[at + 1] === '*') {
      at += pattern[at + 2] === '/' ? 3 : 2
      const kind = at >= pattern.length ? 'rest' : 'folders'
      if (tokens.at(-1)?.kind !== kind) tokens.push({ kind })
    } else if (char === '*') {
      tokens.push({ kind: 'star' })
      at += 1
    } else if (char === '?') {
      tokens.push({ kind: 'one', fits: other => other !== '/' })
      at += 1
    } else if (char === '[') {
      const set = classAt(pattern, at)
      if (set === null) return null
      tokens.push({ kind: 'one', fits: set.fits })
      at = set.end
    } else {
      const literal = char === '\\' ? pattern[at + 1] : char
      // A lone backslash at the end.
      if (literal === undefined) return null
      tokens.push({ kind: 'one', fits: other => other === literal })
      at += char === '\\' ? 2 : 1
    }
  }
  return tokens
}

/** `[a-z]`, `[^a-z]`: at least one character or range, a backslash takes the next one as it is. */
function classAt(pattern: string, start: number): { fits(char: string): boolean; end: number } | null {
  let at = start + 1
  const negated = pattern[at] === '^'
  if (negated) at += 1
  const ranges: (readonly [string, string])[] = []
  const one = (): string | null => {
    if (pattern[at] === '\\') at += 1
    const char = pattern[at]
    at += 1
    return char ?? null
  }
  while (pattern[at] !== ']' || ranges.length === 0) {
    if (at >= pattern.length || pattern[at] === '-' || pattern[at] === ']') return null
    const low = one()
    let high = low
    if (pattern[at] === '-') {
      at += 1
      if (pattern[at] === ']') return null
      high = one()
    }
    if (low === null || high === null) return null
    ranges.push([low, high])
  }
  return {
    end: at + 1,
    fits: char => ranges.some(([low, high]) => char >= low && char <= high) !== negated,
  }
}

/** Follows all ways through the pattern side by side: no pattern makes it slow. A folder over the path will do. */
function fits(tokens: readonly Token[], path: string): boolean {
  let here = new Set<number>()
  /** `folders` may be nothing at all, or go on to the next `/`. */
  const add = (states: Set<number>, state: number): void => {
    for (let at = state; !states.has(at); at += 1) {
      states.add(at)
      const kind = tokens[at]?.kind
      if (kind !== 'star' && kind !== 'rest' && kind !== 'folders') return
    }
  }
  add(here, 0)
  for (const char of path) {
    if (char === '/' && here.has(tokens.length)) return true
    const next = new Set<number>()
    for (const state of here) {
      const inFolders = state < 0
      const token = tokens[inFolders ? -state - 1 : state]
      if (!token) continue
      if (token.kind === 'one') {
        if (token.fits(char)) add(next, state + 1)
      } else if (token.kind === 'star') {
        if (char !== '/') add(next, state)
      } else if (token.kind === 'rest') add(next, state)
      else {
        const index = inFolders ? -state - 1 : state
        next.add(-index - 1)
        if (char === '/') add(next, index + 1)
      }
    }
    here = next
  }
  return here.has(tokens.length)
}

/** The context without what the list keeps out of it. */
export function withoutIgnored(context: BuildContext, list: IgnoreList, name: string): BuildContext {
  const why = `${name} keeps it out of the build context`
  return {
    read(path) {
      if (path === '' || !list.excludes(path)) return context.read(path)
      const { kind } = list.hasExceptions ? context.read(path) : { kind: null }
      return kind === 'folder' ? { kind } : { kind: 'absent', why }
    },
    list(path) {
      const names = context.list(path)
      if (names === null) return null
      const inside = path === '' ? '' : `${path}/`
      return names.filter(
        each =>
          !list.excludes(inside + each) ||
          (list.hasExceptions && context.read(inside + each).kind === 'folder'),
      )
    },
  }
}
