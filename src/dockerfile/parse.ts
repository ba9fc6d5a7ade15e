/**
 * A Dockerfile's text as instructions, as BuildKit's parser takes them. dockerfile-ast finds directives and
 * instructions; bodies are read here: continuations joined, comments between them dropped, here-documents taken
 * off. Where the two disagree about the end of an instruction (`3<<EOF`, `\\` at the end of a line), this reader wins.
 */
import { DockerfileParser } from 'dockerfile-ast'
import { JobError } from '../errors.ts'
import { limits } from '../limits.ts'
import { type LineIndex, lineIndex } from './lines.ts'
import { MappedText, type Piece } from './mapped-text.ts'

export interface Heredoc {
  readonly name: string
  /** Is the name unquoted, so that variables in the content are expanded? */
  readonly expands: boolean
  readonly content: MappedText
}

export interface Instruction {
  /** Upper case. */
  readonly keyword: string
  /** Offsets in the file, from the keyword to the end of the last line or here-document. */
  readonly start: number
  readonly end: number
  /** What follows the keyword, continuations joined, without the here-documents' bodies. */
  readonly body: MappedText
  readonly heredocs: readonly Heredoc[]
  /** The body with the here-documents as the shell is given them. */
  readonly script: MappedText
  /** The instruction inside ONBUILD. */
  readonly trigger: Instruction | null
}

export interface ParsedDockerfile {
  readonly file: string
  readonly text: string
  readonly lines: LineIndex
  readonly escapeMark: string
  readonly instructions: readonly Instruction[]
}

const KEYWORDS = new Set(
  (
    'ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL MAINTAINER ONBUILD RUN SHELL ' +
    'STOPSIGNAL USER VOLUME WORKDIR'
  ).split(' '),
)
const WITH_HEREDOCS = new Set(['ADD', 'COPY', 'RUN'])

/** @throws JobError `malformed` where BuildKit would refuse the file's syntax, `limit` where it is too large */
export function parseDockerfile(source: string, file: string): ParsedDockerfile {
  if (source.length > limits.dockerfileBytes) {
    throw new JobError('limit', `${file}: more than ${limits.dockerfileBytes} bytes; is it a Dockerfile?`)
  }
  if (source.includes('\0')) {
    throw new JobError('malformed', `${file}: holds binary data; expected the text of a Dockerfile`)
  }
  // A byte order mark is dropped by BuildKit; as a blank it keeps every offset.
  const text = source.startsWith('\uFEFF') ? ` ${source.slice(1)}` : source
  const lines = lineIndex(text)
  const tree = syntaxTree(text, lines)
  const escapeMark = tree?.escapeMark === '`' ? '`' : '\\'
  const instructions: Instruction[] = []
  const read = (at: number): number => {
    const instruction = readInstruction(text, at, escapeMark, file, lines)
    instructions.push(instruction)
    return instruction.end
  }
  let from = 0
  for (const found of [...(tree?.starts ?? []), text.length]) {
    // What the tree has not seen as an instruction.
    for (let at = nextInstruction(text, from, lines); at < found; at = nextInstruction(text, from, lines))
      from = read(at)
    if (found >= from && found < text.length) from = read(found)
  }
  if (instructions.length === 0) {
    throw new JobError('malformed', `${file}: holds no instruction; a Dockerfile begins with FROM`)
  }
  return { file, text: source, lines, escapeMark, instructions }
}

/** dockerfile-ast's view; null where it fails, then this file's reader does all the work. */
function syntaxTree(text: string, lines: LineIndex): { escapeMark: string; starts: number[] } | null {
  try {
    const tree = DockerfileParser.parse(text)
    const escapeMark = tree.getEscapeCharacter()
    // To BuildKit a carriage return alone ends no line: the tree counts other lines than this reader.
    if (/\r(?!\n)/.test(text)) return { escapeMark, starts: [] }
    const starts = tree.getInstructions().map(instruction => {
      const { line, character } = instruction.getRange().start
      return lines.start(line) + character
    })
    return { escapeMark, starts }
  } catch {
    return null
  }
}

/** The offset of the next text that is neither blank nor a comment line, at or after `from`. */
function nextInstruction(text: string, from: number, lines: LineIndex): number {
  let at = from
  while (at < text.length) {
    const end = lines.endOfLine(at)
    const line = text.slice(at, end)
    const blank = line.length - line.trimStart().length
    const first = line[blank]
    if (first !== undefined && first !== '#') return at + blank
    at = lines.nextLine(at)
  }
  return text.length
}

function readInstruction(
  text: string,
  start: number,
  escapeMark: string,
  file: string,
  lines: LineIndex,
): Instruction {
  const pieces: Piece[] = []
  let at = start
  let end = start
  for (;;) {
    const lineEnd = lines.endOfLine(at)
    const line = text.slice(at, lineEnd)
    const next = lines.nextLine(at)
    const trimmed = line.trimStart()
    if (at !== start && (trimmed === '' || trimmed.startsWith('#'))) {
      at = next
      if (at >= text.length) break
      continue
    }
    const cut = continuation(line, escapeMark)
    pieces.push({ text: cut === null ? line : line.slice(0, cut), file: at })
    end = at + line.trimEnd().length
    at = next
    if (cut === null || at >= text.length) break
  }
  const logical = MappedText.of(pieces).trim()
  const keyword = /^\S+/.exec(logical.text)?.[0] ?? ''
  const upper = keyword.toUpperCase()
  if (!KEYWORDS.has(upper)) {
    const shown = keyword.replace(/[^\x20-\x7e]/g, '?').slice(0, 40)
    throw new JobError('malformed', `${file}:${lines.line(start)}: unknown instruction ${shown}`)
  }
  const body = logical.slice(keyword.length).trim()
  const inner = upper === 'ONBUILD' ? (/^\S+/.exec(body.text)?.[0] ?? '').toUpperCase() : upper
  const heredocs: Heredoc[] = []
  const scripts: MappedText[] = [body]
  if (WITH_HEREDOCS.has(inner)) {
    for (const opened of heredocOpenings(body.text)) {
      const read = readHeredoc(text, at, opened, lines)
      if (!read) {
        throw new JobError(
          'malformed',
          `${file}:${lines.line(start)}: here-document ${opened.name} has no end; add a line ${opened.name}`,
        )
      }
      heredocs.push({ name: opened.name, expands: opened.expands, content: read.content })
      scripts.push(MappedText.of([{ text: '\n', file: end, fixed: true }]), read.raw)
      at = read.next
      end = read.end
    }
  }
  const script = scripts.length === 1 ? body : MappedText.join(scripts)
  const plain = { start, end, body, heredocs, script }
  if (upper !== 'ONBUILD') return { keyword: upper, ...plain, trigger: null }
  return { keyword: upper, ...plain, trigger: triggerOf(plain, file, lines) }
}

function triggerOf(
  onbuild: Omit<Instruction, 'keyword' | 'trigger'>,
  file: string,
  lines: LineIndex,
): Instruction {
  const word = /^\S+/.exec(onbuild.body.text)?.[0] ?? ''
  const keyword = word.toUpperCase()
  const line = lines.line(onbuild.start)
  if (keyword === '') throw new JobError('malformed', `${file}:${line}: ONBUILD needs an instruction`)
  if (keyword === 'ONBUILD' || keyword === 'FROM' || keyword === 'MAINTAINER') {
    throw new JobError('malformed', `${file}:${line}: ${keyword} isn't allowed as an ONBUILD trigger`)
  }
  if (!KEYWORDS.has(keyword)) {
    const shown = word.replace(/[^\x20-\x7e]/g, '?').slice(0, 40)
    throw new JobError('malformed', `${file}:${line}: unknown instruction ${shown}`)
  }
  return {
    keyword,
    start: onbuild.body.offset(0),
    end: onbuild.end,
    body: onbuild.body.slice(word.length).trim(),
    heredocs: onbuild.heredocs,
    script: onbuild.script.slice(word.length).trim(),
    trigger: null,
  }
}

/** Where the line's continuation mark begins, or null: one escape character, not two, and blanks after it. */
function continuation(line: string, escapeMark: string): number | null {
  const end = line.trimEnd().length
  if (line[end - 1] !== escapeMark) return null
  return line[end - 2] === escapeMark ? null : end - 1
}

interface Opening {
  readonly name: string
  readonly expands: boolean
  readonly chomp: boolean
}

/** BuildKit's `^(\d*)<<(-?)([^<]*)$` on each word of the line, quotes kept. */
function heredocOpenings(body: string): Opening[] {
  if (!body.includes('<<')) return []
  const openings: Opening[] = []
  for (const word of rawWords(body)) {
    const match = /^\d*<<(-?)([^<]+)$/.exec(word)
    if (!match) continue
    const raw = match[2]!
    const name = raw.replace(/^(['"])(.*)\1$/, '$2').replace(/\\(.)/g, '$1')
    if (name === '' || /["']/.test(name)) continue
    openings.push({ name, expands: name === raw, chomp: match[1] === '-' })
  }
  return openings
}

/** Words of a line, split at blanks outside quotes, quotes kept. */
function rawWords(body: string): string[] {
  const words: string[] = []
  let word = ''
  let quote = ''
  for (let at = 0; at < body.length; at += 1) {
    const char = body[at]!
    if (quote === '' && /\s/.test(char)) {
      if (word !== '') words.push(word)
      word = ''
      continue
    }
    if (char === '\\' && quote !== "'" && at + 1 < body.length) {
      word += char + body[at + 1]
      at += 1
      continue
    }
    if (quote === '' && (char === '"' || char === "'")) quote = char
    else if (char === quote) quote = ''
    word += char
  }
  if (word !== '') words.push(word)
  return words
}

function readHeredoc(
  text: string,
  from: number,
  opening: Opening,
  lines: LineIndex,
): { content: MappedText; raw: MappedText; end: number; next: number } | null {
  const content: Piece[] = []
  const raw: Piece[] = []
  let at = from
  while (at < text.length) {
    const lineEnd = lines.endOfLine(at)
    const line = text.slice(at, lineEnd)
    const next = lines.nextLine(at)
    const indent = opening.chomp ? line.length - line.replace(/^\t+/, '').length : 0
    if (line.slice(indent) === opening.name) {
      raw.push({ text: line, file: at })
      return { content: MappedText.of(content), raw: MappedText.of(raw), end: lineEnd, next }
    }
    const newline = { text: '\n', file: lineEnd, fixed: true }
    content.push({ text: line.slice(indent), file: at + indent }, newline)
    raw.push({ text: line, file: at }, newline)
    at = next
  }
  return null
}
