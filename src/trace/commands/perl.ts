import type { ShellWord } from '../../dockerfile/shell-types.ts'
import { contentOf, isUnvouched } from '../content.ts'
import type { SedOptions } from '../sed.ts'
import { inPlace, plainPattern, printed } from './filter.ts'
import { other } from './other.ts'
import type { Handler } from './types.ts'

interface Call {
  readonly code: (string | null)[]
  readonly files: ShellWord[]
  /** `-p`, `-n`: the code runs for each line. */
  loop: 'p' | 'n' | null
  /** Null: not in place; else the suffix of the copy that is kept. */
  suffix: string | null
  /** Lines end as they do elsewhere. */
  plain: boolean
}

/** perl(1): `-i -pe 's/…/…/'` and lines that are left out are followed; a program of its own is not. */
export const perl: Handler = (command, machine) => {
  const call = readCall(command.args)
  if (call === null || call.loop === null) {
    const result = other(command, machine)
    const given = command.stdin === null ? null : contentOf(command.stdin)
    return given !== null && isUnvouched(given) ? { ...result, stdout: given } : result
  }
  const script = call.plain ? scriptOf(call) : null
  if (call.suffix !== null) {
    inPlace(command, machine, call.files, script, call.suffix)
    return { status: 'likely', stdout: { text: '', mapped: null } }
  }
  return printed(command, machine, call.files, script)
}

/** perlrun(1): switches in bundles; null where it runs a file or reads modules. */
function readCall(words: readonly ShellWord[]): Call | null {
  const call: Call = { code: [], files: [], loop: null, suffix: null, plain: true }
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index]!
    const text = word.value ?? word.prefix
    if (text === '--') {
      call.files.push(...words.slice(index + 1))
      break
    }
    if (!text.startsWith('-') || text === '-') {
      call.files.push(word)
      continue
    }
    for (let at = 1; at < text.length; at += 1) {
      const char = text[at]!
      if (char === 'p' || char === 'n') call.loop = char
      else if (char === 'i') {
        call.suffix = text.slice(at + 1)
        break
      } else if (char === 'e' || char === 'E') {
        if (at < text.length - 1) call.code.push(word.value === null ? null : text.slice(at + 1))
        else {
          index += 1
          call.code.push(words[index]?.value ?? null)
        }
        break
      } else if (char === '0' || char === 'l' || char === 'a' || char === 'F') {
        call.plain = false
        break
      } else if (char !== 'w' && char !== 's' && char !== 'C' && char !== 'S' && char !== 'D') return null
    }
  }
  return call.code.length === 0 ? null : call
}

/** The code in sed's words; null where sed has none. */
function scriptOf({ code, loop }: Call): SedOptions | null {
  const statements = code.flatMap(text => (text === null ? [null] : text.split(/;\s*(?=s\b|$)/)))
  const parts = statements.filter(text => text !== '')
  if (parts.length === 0 || parts.some(text => text === null)) return null
  if (loop === 'p') {
    const scripts = parts.map(text => substitution(text!.trim()))
    return scripts.every(script => script !== null)
      ? { scripts: scripts as string[], extended: true, quiet: false }
      : null
  }
  const [only, ...more] = parts
  const match = /^\s*print\s+(unless|if)\s+(!?)\s*m?\/((?:[^/\\\n]|\\.)+)\/(i?)\s*$/.exec(only!)
  const pattern = match && plainPattern(match[3]!)
  if (more.length > 0 || !match || !pattern) return null
  const kept = (match[1] === 'if') !== (match[2] === '!')
  const flag = match[4] ? 'I' : ''
  return { scripts: [kept ? `/${pattern}/${flag}p` : `/${pattern}/${flag}d`], extended: true, quiet: kept }
}

/** `s/a/b/g` with any delimiter that is no bracket. */
function substitution(text: string): string | null {
  const match = /^s([^\w\s{}()[\]<>'\\])((?:\\.|(?!\1)[^\\])*)\1((?:\\.|(?!\1)[^\\])*)\1([gi]*)$/.exec(text)
  if (!match) return null
  const [, delimiter = '', pattern = '', replacement = '', flags = ''] = match
  const plain = plainPattern(pattern)
  const words = plain === null ? null : replacementOf(replacement, delimiter)
  if (plain === null || words === null) return null
  return `s${delimiter}${plain}${delimiter}${words}${delimiter}${flags.replaceAll('i', 'I')}`
}

/** `$&` is `&`, `$1` is `\1`; null where it holds another variable or escape. */
function replacementOf(text: string, delimiter: string): string | null {
  const out: string[] = []
  for (const [part, group] of text.matchAll(/\$&|\$\{?(\d)\}?|\\.|[\s\S]/g)) {
    if (part === '$&') out.push('&')
    else if (group !== undefined) out.push(`\\${group}`)
    else if (part === '&') out.push('\\&')
    else if (part === '$' || part === '@' || (part.startsWith('\\') && part !== `\\${delimiter}`)) return null
    else out.push(part)
  }
  return out.join('')
}
