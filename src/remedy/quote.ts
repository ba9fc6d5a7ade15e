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
/** The name of a keystore's entry: what a file may be called, with what Debian's hook and the JDK's build put around it. */
const safeAlias = /^(?:debian:)?[A-Za-z0-9][A-Za-z0-9._+=@-]*(?: \[jdk\])?$/
/** A line of PEM (RFC 7468, section 2): base64 of at most 64 columns, or the two lines around it. */
const pemLine = /^(?:[A-Za-z0-9+/]{1,64}={0,2}|-----(?:BEGIN|END) CERTIFICATE-----)$/

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

export function isSafeAlias(alias: string): boolean {
  return alias.length <= 255 && safeAlias.test(alias)
}

export function isPemLine(line: string): boolean {
  return pemLine.test(line)
}

/** An absolute path, normalised, each segment a safe name. */
export function isSafePath(path: string): boolean {
  return path.length <= 4096 && path.startsWith('/') && path.slice(1).split('/').every(isSafeName)
}

/** A word of a shell command and how it is written. */
export interface Word {
  readonly text: string
  /**
   * `glob`: as it is, with a `*` for the shell. `to`: the file that the command writes, `> file`. `or`: no word, but that
   * the next command runs where this one fails (once, at the head of a line: `a || b && c` is `(a || b) && c`).
   */
  readonly quote: 'bare' | 'single' | 'double' | 'glob' | 'to' | 'or'
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

/** That the command after this one runs only where this one fails. */
export const orElse: Word = { text: '', quote: 'or' }

export function writingTo(path: string): Word {
  return { text: path, quote: 'to' }
}

/** A command as the parser sees it: its words, and the file that it writes. */
interface ReadCommand {
  readonly words: readonly string[]
  readonly to: string | null
}

/**
 * Joins commands by `&&` on one line.
 * @throws Error where the line, parsed back, does not hold exactly these words: then it must not be shown
 */
export function shellLine(commands: readonly (readonly Word[])[]): string {
  const last = commands.length - 1
  const line = commands
    .map((command, index) => {
      const text = command
        .filter(({ quote }) => quote !== 'or')
        .map(write)
        .join(' ')
      return index === last ? text : `${text} ${endsInOr(command) ? '||' : '&&'} `
    })
    .join('')
  const meant = commands.map(meaning)
  const operators = commands.slice(0, last).map(command => (endsInOr(command) ? '||' : '&&'))
  const globs = commands.flat().filter(({ quote }) => quote === 'glob').length
  const tame =
    commands.flat().every(({ text, quote }) => (quote !== 'bare' && quote !== 'to') || bareWord.test(text)) &&
    commands.every(
      (command, index) => !command.some(({ quote }) => quote === 'or') || (index === 0 && last > 0),
    )
  const read = tame ? readBack(line, globs) : null
  if (
    read === null ||
    JSON.stringify(read.commands) !== JSON.stringify(meant) ||
    JSON.stringify(read.operators) !== JSON.stringify(operators)
  ) {
    throw new Error(`a remedy does not parse back to the words meant: ${JSON.stringify(line)}`)
  }
  return line
}

function endsInOr(command: readonly Word[]): boolean {
  return command.at(-1)?.quote === 'or'
}

function meaning(command: readonly Word[]): ReadCommand {
  const spoken = command.filter(({ quote }) => quote !== 'to' && quote !== 'or')
  return {
    words: spoken.map(({ text }) => text),
    to: command.find(({ quote }) => quote === 'to')?.text ?? null,
  }
}

function write({ text, quote }: Word): string {
  if (quote === 'single') return `'${text.replaceAll("'", `'\\''`)}'`
  if (quote === 'double') return `"${text}"`
  if (quote === 'to') return `> ${text}`
  return text
}

/** The only parts that a word of a remedy may be made of: no expansion, no substitution. */
const plainParts = new Set(['Literal', 'SingleQuoted', 'DoubleQuoted'])

/** The commands of `a && b > file && c` and what joins them; null where the line is anything else. */
function readBack(
  line: string,
  globs: number,
): { readonly commands: readonly ReadCommand[]; readonly operators: readonly string[] } | null {
  if (/[\r\n\0]/.test(line)) return null
  const script = parse(line)
  if (script.errors !== undefined && script.errors.length > 0) return null
  if (script.commands.length !== 1) return null
  const top = script.commands[0]!.command
  if (top.type !== 'Command' && top.type !== 'AndOr') return null
  const commands: ReadCommand[] = []
  let globsLeft = globs
  for (const command of top.type === 'AndOr' ? top.commands : [top]) {
    if (command.type !== 'Command' || command.name === undefined || command.prefix.length > 0) return null
    const words: string[] = []
    let to: string | null = null
    for (const item of [command.name, ...command.suffix]) {
      // `of=x` after a command's name is a word like any other, only told apart by the parser.
      if (item.type === 'Assignment') {
        words.push(item.text)
        continue
      }
      if (item.type === 'Redirect') {
        if (to !== null || item.operator !== '>' || item.descriptor !== undefined) return null
        if (item.target === undefined || item.target.parts !== undefined) return null
        to = item.target.value
        continue
      }
      if (item.type !== 'Word') return null
      for (const part of item.parts ?? []) {
        if (part.type === 'Glob' && globsLeft-- > 0) continue
        if (!plainParts.has(part.type)) return null
        if (part.type === 'DoubleQuoted' && part.parts.some(({ type }) => type !== 'Literal')) return null
      }
      words.push(item.value)
    }
    commands.push({ words, to })
  }
  return { commands, operators: top.type === 'AndOr' ? top.operators : [] }
}
