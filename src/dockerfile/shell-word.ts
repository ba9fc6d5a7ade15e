/** Words of the shell: quotes, variables, substitutions and word splitting. */
import type { AssignmentPrefix, ParameterExpansionPart, ParsedScript, Word, WordPart } from 'unbash'
import { isUnknown, type Maybe, unknown } from '../model.ts'
import { replaced } from './expand.ts'
import { stripPattern } from './glob.ts'
import { MappedText, type Piece } from './mapped-text.ts'
import { isText, type ShellWord, type Stream } from './shell-types.ts'

/** What a word may ask of the shell around it. */
export interface WordScope {
  readonly source: MappedText
  /** Braces in words are expanded by bash alone. */
  readonly bash: boolean
  variable(name: string): Maybe<string> | undefined
  set(name: string, value: Maybe<string>): void
  /** The parameters `$1 …`; null where they aren't known. */
  readonly parameters: readonly string[] | null
  /** Runs a substitution and gives what it prints. */
  substitute(script: ParsedScript, source: MappedText): Stream
}

/** Longest value that is followed. */
const MAX_VALUE = 64 * 1024
const MAX_WORDS = 5_000
const MAX_DEPTH = 30

interface Building {
  pieces: Piece[]
  why: string | null
  /** Known text before the first and after the last unknown part. */
  prefix: string | null
  many: boolean
  glob: boolean
  /** Something is there, even where it is empty (`""`). */
  begun: boolean
}

/** All words that one word of the source turns into. */
export function resolveWord(word: Word, scope: WordScope): ShellWord[] {
  return new WordBuilder(word, scope).fields()
}

/** The value of an assignment: no word splitting. */
export function resolveValue(assignment: AssignmentPrefix, scope: WordScope): Maybe<string> {
  const { value } = assignment
  if (value.type === 'ArrayValue') return unknown('it is an array')
  return resolveText(value, scope)
}

/** A word as one text: no word splitting. */
export function resolveText(word: Word, scope: WordScope, depth = 0): Maybe<string> {
  const single = new WordBuilder(word, scope, depth).single()
  return single.value ?? unknown(single.why ?? 'it is not known')
}

/** The text of a here-document's body. */
export function resolveParts(parts: readonly WordPart[], scope: WordScope): Maybe<string> {
  let out = ''
  for (const part of parts) {
    const piece: Maybe<string> = part.type === 'Literal' ? part.value : partValue(part, scope, 0)
    if (isUnknown(piece)) return piece
    out += piece
    if (out.length > MAX_VALUE * 16) return unknown('the text grows too long')
  }
  return out
}

class WordBuilder {
  readonly #word: Word
  readonly #scope: WordScope
  readonly #depth: number
  #splitting = true
  #current: Building = fresh()
  #done: Building[] = []

  constructor(word: Word, scope: WordScope, depth = 0) {
    this.#word = word
    this.#scope = scope
    this.#depth = depth
  }

  fields(): ShellWord[] {
    this.#read()
    return this.#done.map(building => this.#finish(building))
  }

  single(): ShellWord {
    this.#splitting = false
    this.#read()
    return this.#finish(this.#done[0] ?? fresh())
  }

  #read(): void {
    const { parts } = this.#word
    if (this.#depth > MAX_DEPTH) this.#unknown('words are nested too deep', false)
    else if (!parts) this.#literal(this.#word.text, this.#word.value, this.#word.pos, false)
    else for (const part of parts) this.#part(part, false)
    this.#close()
  }

  #close(): void {
    if (this.#current.begun && this.#done.length < MAX_WORDS) this.#done.push(this.#current)
    this.#current = fresh()
  }

  #finish(building: Building): ShellWord {
    const { source } = this.#scope
    const range = source.range(this.#word.pos, this.#word.end)
    const joined = MappedText.of(building.pieces)
    const known = building.why === null
    // A field of a split variable stands where the variable stands.
    return {
      value: known ? joined.text : null,
      why: building.why,
      prefix: known ? joined.text : (building.prefix ?? ''),
      suffix: joined.text,
      start: range.start,
      end: range.end,
      raw: this.#word.text,
      many: building.many,
      glob: building.glob,
      mapped: known
        ? building.pieces.length > 0
          ? joined
          : MappedText.of([{ text: '', file: range.start }])
        : null,
    }
  }

  #push(piece: Piece): void {
    this.#current.begun = true
    if (piece.text !== '') this.#current.pieces.push(piece)
  }

  #unknown(why: string, many: boolean): void {
    const { pieces, prefix } = this.#current
    this.#current = {
      pieces: [],
      why,
      prefix: prefix ?? pieces.map(piece => piece.text).join(''),
      many: this.#current.many || many,
      glob: this.#current.glob,
      begun: true,
    }
  }

  /** Text as written, and its value after escapes; linear where both are equal. */
  #literal(text: string, value: string, pos: number, quoted: boolean): void {
    this.#current.begun = true
    const { source } = this.#scope
    if (text === value) {
      for (const piece of source.slice(pos, pos + text.length).pieces()) this.#push(piece)
      return
    }
    const pieces: Piece[] = []
    for (let at = 0; at < text.length; ) {
      const escaped = text[at] === '\\' && (!quoted || '"\\$`\n'.includes(text[at + 1] ?? ''))
      if (escaped) {
        const next = text[at + 1] ?? ''
        if (next !== '\n' && next !== '')
          pieces.push({ text: next, file: source.offset(pos + at), fixed: true })
        at += 2
        continue
      }
      let end = at + 1
      while (end < text.length && text[end] !== '\\') end += 1
      pieces.push(...source.slice(pos + at, pos + end).pieces())
      at = end
    }
    if (pieces.map(piece => piece.text).join('') === value) for (const piece of pieces) this.#push(piece)
    else this.#push({ text: value, file: source.offset(pos), fixed: true })
  }

  #part(part: WordPart, quoted: boolean): void {
    const { source } = this.#scope
    switch (part.type) {
      case 'Literal':
        this.#literal(part.text, part.value, part.pos, quoted)
        return
      case 'SingleQuoted': {
        this.#literal(part.value, part.value, part.pos + 1, true)
        return
      }
      case 'AnsiCQuoted':
        this.#push({ text: part.value, file: source.offset(part.pos), fixed: true })
        return
      case 'Glob':
      case 'ExtendedGlob':
        this.#current.glob = true
        this.#push({ text: part.text, file: source.offset(part.pos) })
        return
      case 'BraceExpansion':
        this.#braces(part.text, part.pos)
        return
      case 'DoubleQuoted':
      case 'LocaleString':
        this.#current.begun = true
        for (const child of part.parts) this.#part(child, true)
        return
      default:
        this.#expansion(part, quoted)
    }
  }

  #braces(text: string, pos: number): void {
    const { source, bash } = this.#scope
    const inner = /^\{([^{}"'$`\\]*,[^{}"'$`\\]*)\}$/.exec(text)?.[1]
    if (!bash || !this.#splitting) this.#push({ text, file: source.offset(pos) })
    else if (inner === undefined || this.#done.length > 0) this.#unknown('braces are expanded by bash', true)
    else {
      const stem = this.#current
      const choices = inner.split(',')
      for (const [index, choice] of choices.entries()) {
        const piece = { text: choice, file: source.offset(pos), fixed: true }
        const field = { ...stem, pieces: [...stem.pieces, piece], begun: true }
        if (index === choices.length - 1) this.#current = field
        else if (this.#word.end === pos + text.length) this.#done.push(field)
        else this.#unknown('braces are expanded by bash', true)
      }
    }
  }

  #expansion(part: WordPart, quoted: boolean): void {
    const at = this.#scope.source.offset(part.pos)
    const list = /^\$(@|\*|\{@\}|\{\*\})$/.test(part.text) ? this.#scope.parameters : undefined
    if (list) {
      for (const [index, value] of list.entries()) {
        if (index > 0 && this.#splitting) this.#close()
        this.#push({ text: value, file: at, fixed: true })
      }
      return
    }
    const value = partValue(part, this.#scope, this.#depth)
    if (isUnknown(value)) {
      this.#unknown(value.unknown, !quoted && this.#splitting)
      return
    }
    if (quoted || !this.#splitting) {
      this.#push({ text: value, file: at, fixed: true })
      return
    }
    const words = value.split(/[ \t\n]+/)
    for (const [index, word] of words.entries()) {
      if (index > 0) this.#close()
      if (word === '') continue
      if (/[*?[]/.test(word)) this.#current.glob = true
      this.#push({ text: word, file: at, fixed: true })
    }
  }
}

function fresh(): Building {
  return { pieces: [], why: null, prefix: null, many: false, glob: false, begun: false }
}

/** The value of an expansion. */
function partValue(part: WordPart, scope: WordScope, depth: number): Maybe<string> {
  switch (part.type) {
    case 'SimpleExpansion':
      return variableValue(part.text.slice(1), scope)
    case 'ParameterExpansion':
      return parameterValue(part, scope, depth)
    case 'CommandExpansion':
    case 'ProcessSubstitution': {
      const { script } = part
      if (!script) return unknown('a substitution that is not understood')
      const source = script.source
        ? MappedText.of([{ text: script.source, file: scope.source.offset(part.pos), fixed: true }])
        : scope.source
      const printed = scope.substitute(script, source)
      if (part.type === 'ProcessSubstitution') return unknown('a process substitution')
      if (!isText(printed)) return unknown('unknown' in printed ? printed.unknown : "a file's content")
      return printed.text.replace(/\n+$/, '')
    }
    case 'ArithmeticExpansion':
      return unknown('arithmetic')
    default:
      return unknown(`the shell computes ${part.text.slice(0, 20)}`)
  }
}

function variableValue(name: string, scope: WordScope): Maybe<string> {
  const { parameters } = scope
  if (/^[1-9]\d*$/.test(name)) {
    return parameters ? (parameters[Number(name) - 1] ?? '') : unknown(`the parameter $${name} is not known`)
  }
  if (name === '@' || name === '*')
    return parameters ? parameters.join(' ') : unknown('parameters are not known')
  if (name === '#') return parameters ? String(parameters.length) : unknown('parameters are not known')
  if (/^[?$!0-]$/.test(name)) return unknown(`$${name} is set by the shell`)
  return scope.variable(name) ?? unknown(`$${name} is not set in this file`)
}

function parameterValue(part: ParameterExpansionPart, scope: WordScope, depth: number): Maybe<string> {
  if (part.prefix || part.index) return unknown('a computed parameter')
  const { operation, parameter } = part
  const value = variableValue(parameter, scope)
  if (!operation) return value
  if (depth > MAX_DEPTH) return unknown('words are nested too deep')
  if (operation.type === 'Default') {
    const sign = operation.operator.at(-1)
    if (isUnknown(value)) return value
    const set = operation.operator.startsWith(':') ? value !== '' : true
    if (sign === '+') return set ? resolveText(operation.operand, scope, depth + 1) : ''
    if (set || sign === '?') return value
    const word = resolveText(operation.operand, scope, depth + 1)
    if (sign === '=') scope.set(parameter, word)
    return word
  }
  if (isUnknown(value)) return value
  if (operation.type === 'Remove') {
    const pattern = resolveText(operation.operand, scope, depth + 1)
    if (isUnknown(pattern)) return pattern
    return value.length > 1024
      ? unknown('the value is too long')
      : stripPattern(value, operation.operator, pattern)
  }
  if (operation.type === 'Replace' && (operation.operator === '/' || operation.operator === '//')) {
    const pattern = resolveText(operation.pattern, scope, depth + 1)
    const to = resolveText(operation.replacement, scope, depth + 1)
    if (isUnknown(pattern)) return pattern
    return isUnknown(to) ? to : replaced(value, pattern, to, operation.operator === '//')
  }
  return unknown(`the shell computes ${part.text.slice(0, 20)}`)
}
