/**
 * The only way by which a name gets into a remedy. What comes from an image or a Dockerfile is a stranger's: it
 * enters only where it matches a narrow pattern, and every line that was put together is parsed back by a shell
 * parser and must hold exactly the words that were meant.
 */
import { parse } from 'unbash'

/** A file or package name that may stand in a remedy. */
const safeName = /^[A-Za-z0-9][A-Za-z0-9._+=@-]*$/
/** The name of a certificate as Debian's package writes it: in a sed pattern only its dot is special. */
const seedName = /^[A-Za-z0-9_=-]+\.crt$/
/** A user, or user and group, by name or number. */
const safeUser = /^[A-Za-z0-9_][A-Za-z0-9._-]*(:[A-Za-z0-9_][A-Za-z0-9._-]*)?$/
/** An image reference, by the grammar of the distribution project (with a port, a tag, a digest). */
const safeReference =
  /^[a-z0-9]+(?:[.-][a-z0-9]+)*(?::\d{1,5})?(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*(?::[A-Za-z0-9_][A-Za-z0-9._-]{0,127})?(?:@sha256:[0-9a-f]{64})?$/

/** Base64 text without the signs that a pattern or a shell could take for its own. */
const plainFragment = /^[A-Za-z0-9]{16,64}$/

export function isSafeName(name: string): boolean {
  return name.length <= 255 && safeName.test(name)
}

export function isSeedName(name: string): boolean {
  return name.length <= 255 && seedName.test(name)
}

export function isSafeUser(user: string): boolean {
  return user.length <= 64 && safeUser.test(user)
}

export function isSafeReference(reference: string): boolean {
  return reference.length <= 512 && safeReference.test(reference)
}

export function isFragment(text: string): boolean {
  return plainFragment.test(text)
}

/** An absolute path, normalised, each segment a safe name. */
export function isSafePath(path: string): boolean {
  return path.length <= 4096 && path.startsWith('/') && path.slice(1).split('/').every(isSafeName)
}

/** A word of a shell command and how it is written. */
export interface Word {
  readonly text: string
  /** `glob`: as it is, with a `*` for the shell. */
  readonly quote: 'bare' | 'single' | 'double' | 'glob'
}

const bareWord = /^[A-Za-z0-9_/.,:=@%+-]+$/

/** Written bare where that is safe, else in single quotes. */
export function word(text: string): Word {
  return { text, quote: bareWord.test(text) ? 'bare' : 'single' }
}

export function words(...texts: string[]): Word[] {
  return texts.map(word)
}

/** Escapes what is special in a POSIX basic regular expression between `delimiter`s. */
export function escapePattern(text: string, delimiter = '/'): string {
  return text.replace(/[\\.*[\]^$]/g, '\\$&').replaceAll(delimiter, `\\${delimiter}`)
}

/**
 * Joins commands by `&&` on one line.
 * @throws Error where the line, parsed back, does not hold exactly these words: then it must not be shown
 */
export function shellLine(commands: readonly (readonly Word[])[]): string {
  const line = commands.map(command => command.map(write).join(' ')).join(' && ')
  const meant = commands.map(command => command.map(({ text }) => text))
  const globs = commands.flat().filter(({ quote }) => quote === 'glob').length
  const tame = commands.flat().every(({ text, quote }) => quote !== 'bare' || bareWord.test(text))
  const read = tame ? readBack(line, globs) : null
  if (read === null || JSON.stringify(read) !== JSON.stringify(meant)) {
    throw new Error(`a remedy does not parse back to the words meant: ${JSON.stringify(line)}`)
  }
  return line
}

function write({ text, quote }: Word): string {
  if (quote === 'single') return `'${text.replaceAll("'", `'\\''`)}'`
  if (quote === 'double') return `"${text}"`
  return text
}

/** The only parts that a word of a remedy may be made of: no expansion, no substitution, no redirect. */
const plainParts = new Set(['Literal', 'SingleQuoted', 'DoubleQuoted'])

/** The words of each command of `a && b && c`; null where the line is anything else. */
function readBack(line: string, globs: number): string[][] | null {
  if (/[\r\n\0]/.test(line)) return null
  const script = parse(line)
  if (script.errors !== undefined && script.errors.length > 0) return null
  if (script.commands.length !== 1) return null
  const top = script.commands[0]!.command
  if (top.type !== 'Command' && top.type !== 'AndOr') return null
  if (top.type === 'AndOr' && top.operators.some(operator => operator !== '&&')) return null
  const read: string[][] = []
  let globsLeft = globs
  for (const command of top.type === 'AndOr' ? top.commands : [top]) {
    if (command.type !== 'Command' || command.name === undefined || command.prefix.length > 0) return null
    const texts: string[] = []
    for (const item of [command.name, ...command.suffix]) {
      // `of=x` after a command's name is a word like any other, only told apart by the parser.
      if (item.type === 'Assignment') {
        texts.push(item.text)
        continue
      }
      if (item.type !== 'Word') return null
      for (const part of item.parts ?? []) {
        if (part.type === 'Glob' && globsLeft-- > 0) continue
        if (!plainParts.has(part.type)) return null
        if (part.type === 'DoubleQuoted' && part.parts.some(({ type }) => type !== 'Literal')) return null
      }
      texts.push(item.value)
    }
    read.push(texts)
  }
  return read
}
