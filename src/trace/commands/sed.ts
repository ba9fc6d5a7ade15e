import type { ShellWord } from '../../dockerfile/shell-types.ts'
import { isUnknown, type Maybe, unknown } from '../../model.ts'
import { type Content, contentOf, isBundle, textContent } from '../content.ts'
import { realPath } from '../files.ts'
import type { Machine } from '../machine.ts'
import { absolutePath, CONF, covers, inTrustFolder } from '../paths.ts'
import { type SedOptions, sed, usesLineNumbers } from '../sed.ts'
import { type Handler, silent } from './types.ts'

interface Call {
  readonly scripts: ShellWord[]
  readonly files: ShellWord[]
  extended: boolean
  quiet: boolean
  /** Null: not in place; else the suffix of the copy that is kept. */
  inPlace: string | null
}

/** sed(1), GNU's and busybox's: in place on files, or as a filter. */
export const sedCommand: Handler = (command, machine) => {
  const call = readCall(command.args)
  if (!call) {
    doubt(machine, command.args, command.cwd, 'sed is given options that are not understood')
    return { ...silent, stdout: unknown('sed') }
  }
  const scripts = call.scripts.map(word => word.value)
  const options: SedOptions | null = scripts.every(script => script !== null)
    ? { scripts: scripts as string[], extended: call.extended, quiet: call.quiet }
    : null
  if (call.inPlace === null) {
    const input =
      call.files.length > 0
        ? machine.concat(call.files.map(word => machine.read(word, command.cwd)))
        : command.stdin
    const content = input ? contentOf(input) : unknown('what is read from input')
    const result = edited(machine, content, options, false)
    return { status: 'likely', stdout: isUnknown(result) ? result : { text: result, mapped: null } }
  }
  const followed = call.files.map(word => editFile(machine, word, command.cwd, options, call.inPlace ?? ''))
  // What was followed to its end surely worked: a `|| true` behind it changes nothing.
  return followed.length > 0 && followed.every(Boolean) ? { ...silent, status: 'success' } : silent
}

/**
 * A file is edited in place by what sed (or a program whose script was put into sed's words) would do.
 * @returns was it followed to its end?
 */
export function editFile(
  machine: Machine,
  word: ShellWord,
  cwd: string | null,
  options: SedOptions | null,
  suffix: string,
): boolean {
  const path = word.value === null ? null : absolutePath(word.value, cwd)
  if (path === null || word.glob) {
    if (path !== null) doubt(machine, [word], cwd, 'sed edits files that match a pattern')
    return false
  }
  const before = machine.readFile(path)
  // Nothing is known of it, and it is no store: sed may or may not find it.
  if (before === null) return false
  if (suffix !== '') machine.writeFile(path + suffix, before, false, word)
  const conf = realPath(machine.fields, path) === CONF
  const result = edited(machine, before, options, conf)
  if (conf && result === textOf(machine, before)) idle(machine, options)
  if (!isUnknown(result) && isBundle(before)) {
    const roots = machine.catalogue.parse(result)
    const same = !isUnknown(roots) && !isUnknown(before.roots) && roots.length === before.roots.length
    if (same) return true
    machine.writeFile(
      path,
      { ...before, roots, match: 'nearest', origin: machine.edited(before.origin) },
      false,
      word,
    )
    return true
  }
  if (isUnknown(result) && isBundle(before)) {
    machine.writeFile(
      path,
      { ...before, roots: result, match: 'unknown', origin: machine.edited(before.origin) },
      false,
      word,
    )
    return false
  }
  machine.writeFile(path, isUnknown(result) ? result : textContent(result), false, word)
  return !isUnknown(result)
}

/** An edit of conf that is to take names out, and finds none: told where the list is known line by line. */
function idle(machine: Machine, options: SedOptions | null): void {
  const { packaged } = machine.fields
  if (isUnknown(packaged) || packaged?.release?.certainty !== 'exact') return
  if (!options?.scripts.some(script => /[/|#,!]d\s*;?\s*$|!/.test(script))) return
  machine.emit({
    kind: 'root-removal',
    program: 'sed',
    how: 'conf',
    names: [],
    roots: [],
    location: machine.place(),
  })
}

/** What sed makes of a content; null: a script that is not understood. The comment lines at the head of conf are not known: their number neither. */
export function edited(
  machine: Machine,
  content: Content,
  options: SedOptions | null,
  conf: boolean,
): Maybe<string> {
  if (options === null) return unknown('sed is given a script that is not known')
  const text = textOf(machine, content)
  if (isUnknown(text)) return text
  if ((conf || isBundle(content)) && usesLineNumbers(options))
    return unknown('sed counts lines of a file that is known but for its comments')
  return sed(text, options)
}

function textOf(machine: Machine, content: Content): Maybe<string> {
  if (isUnknown(content)) return content
  if (content.kind === 'text') return content.text
  if (isUnknown(content.roots)) return content.roots
  return machine.catalogue.pem(content.roots) ?? unknown('the bytes of its certificates are not at hand')
}

function doubt(machine: Machine, words: readonly ShellWord[], cwd: string | null, why: string): void {
  for (const word of words) {
    const path = word.value === null ? null : absolutePath(word.value, cwd)
    if (path === null || !inTrustFolder(path)) continue
    if (!word.glob) machine.writeFile(path, unknown(why), false, word)
    else if (covers(path, CONF)) machine.writeFile(CONF, unknown(why), false, word)
  }
}

function readCall(words: readonly ShellWord[]): Call | null {
  const call: Call = { scripts: [], files: [], extended: false, quiet: false, inPlace: null }
  let given = false
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index]!
    const text = word.value ?? word.prefix
    if (!text.startsWith('-') || text === '-') {
      call.files.push(word)
      continue
    }
    if (text === '-e' || text === '--expression') {
      index += 1
      if (words[index]) call.scripts.push(words[index]!)
      given = true
    } else if (text.startsWith('--expression=')) {
      call.scripts.push({ ...word, value: word.value?.slice('--expression='.length) ?? null })
      given = true
    } else if (text === '--in-place') call.inPlace = ''
    else if (text.startsWith('--in-place=')) call.inPlace = text.slice('--in-place='.length)
    else if (text === '--regexp-extended') call.extended = true
    else if (text === '--quiet' || text === '--silent') call.quiet = true
    else if (!shortOptions(text, call)) return null
    else if (/^-[nErsuz]*e$/.test(text)) {
      if (text.endsWith('e')) {
        index += 1
        if (words[index]) call.scripts.push(words[index]!)
        given = true
      }
    }
  }
  if (!given) {
    const script = call.files.shift()
    if (!script) return null
    call.scripts.push(script)
  }
  return call
}

/** `-n`, `-E`, `-r`, `-i[SUFFIX]`, and bundles of them. */
function shortOptions(text: string, call: Call): boolean {
  for (let at = 1; at < text.length; at += 1) {
    const char = text[at]
    if (char === 'n') call.quiet = true
    else if (char === 'E' || char === 'r') call.extended = true
    else if (char === 'i') {
      call.inPlace = text.slice(at + 1)
      return true
    } else if (char === 'e' && at === text.length - 1) return true
    else if (char !== 's' && char !== 'u') return false
  }
  return true
}
