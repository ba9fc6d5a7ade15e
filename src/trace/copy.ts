/** COPY and ADD. */

import { clampPath } from '../dockerfile/context.ts'
import { readIgnoreList } from '../dockerfile/dockerignore.ts'
import { expandBody, expandWord } from '../dockerfile/expand.ts'
import { globMatches, hasGlob } from '../dockerfile/glob.ts'
import type { Instruction } from '../dockerfile/parse.ts'
import { flagValue } from '../dockerfile/stages.ts'
import { type BodyWord, type Flag, jsonForm, splitWords, takeFlags } from '../dockerfile/words.ts'
import { isUnknown, type Maybe, unknown } from '../model.ts'
import { isAnchorPath, noteAnchor, overAnchors } from './anchors.ts'
import { FETCHED, isTextContent, textContent, unvouched } from './content.ts'
import { copyPath, isFolder } from './copy-path.ts'
import { certificateFetched } from './downloads.ts'
import type { Fields, Tree } from './fields.ts'
import { contextFile, filesUnder, put } from './files.ts'
import type { Machine } from './machine.ts'
import { absolutePath, BUNDLES, CONF, inTrustFolder, touchesTrust, within } from './paths.ts'

/** The state of the stage or image that `--from` names. */
export type FindSource = (reference: string) => Fields

const ARCHIVE = /\.(tar|tar\.gz|tgz|tar\.bz2|tbz2?|tar\.xz|txz|tar\.zst)$/
/** Names that a folder of files for the image is given. */
const LIKE_FOLDERS = /^(root|rootfs|root-?dir|overlay|files|fs|etc|usr|image|out|dist|build)$/

export function copy(machine: Machine, instruction: Instruction, find: FindSource): void {
  const { flags, rest } = takeFlags(instruction.body)
  const json = jsonForm(rest)
  const raw: readonly BodyWord[] = json
    ? json.map(word => ({ text: word.text, start: 0, end: 0 }))
    : splitWords(rest.text, machine.session.escapeMark)
  const lookup = (name: string): Maybe<string> | undefined => machine.environment(name)
  const words = raw.map(word => expandWord(word.text, lookup, machine.session.escapeMark))
  const target = words.pop()
  if (target === undefined) return
  const at = { start: instruction.start, end: instruction.end }
  const { workdir } = machine.fields
  const to = isUnknown(target) ? null : absolutePath(target, isUnknown(workdir) ? null : workdir)
  if (to === null) return
  const into = words.length > 1 || (!isUnknown(target) && /\/\.?$/.test(target))
  const excludes = excluded(flags)
  const parents = isOn(flagValue(flags, 'parents'), flags, 'parents')
  const from = flagValue(flags, 'from')
  if (from !== null && (parents || excludes !== null)) {
    if (touchesTrust(to) || to === '/') machine.storesUnknown('what is copied there is not known')
    return
  }
  if (from !== null) {
    const reference = expandWord(from, lookup, machine.session.escapeMark)
    const source = isUnknown(reference) ? null : find(reference)
    for (const word of words) {
      const path = isUnknown(word) ? null : absolutePath(word, '/')
      if (source === null || path === null || hasGlob(path)) {
        if (touchesTrust(to)) machine.storesUnknown('what is copied there is not known')
        continue
      }
      const name = isUnknown(reference) ? from : reference
      copyPath(machine, source, path, to, { into, intoIfFolder: false, origin: { from: name }, at })
    }
    return
  }
  const heredocs = [...instruction.heredocs]
  for (const [index, word] of words.entries()) {
    const heredoc = /^\d*<<-?/.test(raw[index]!.text) ? heredocs.shift() : undefined
    if (heredoc) {
      const text = heredoc.expands ? expandBody(heredoc.content.text, lookup) : heredoc.content.text
      const path = into || isFolder(machine.fields, to) ? joined(to, heredoc.name) : to
      const mapped = text === heredoc.content.text ? heredoc.content : null
      const content = isUnknown(text) ? text : { ...textContent(text, mapped), origin: copied(machine) }
      machine.writeFile(path, content, false, at)
    } else {
      const way = {
        adds: instruction.keyword === 'ADD',
        unpacks: flagValue(flags, 'unpack')?.toLowerCase() !== 'false',
        parents,
        excludes,
      }
      fromContext(machine, way, word, to, into)
    }
  }
}

/** How COPY or ADD takes what is in the context. */
interface Way {
  readonly adds: boolean
  /** Archives of the context, where it is ADD. */
  readonly unpacks: boolean
  /** `--parents`: the folders over a file come along. */
  readonly parents: boolean
  /** Null where nothing is left out. */
  readonly excludes: Tree['excludes'] | null
}

function isOn(value: string | null, flags: readonly Flag[], name: string): boolean {
  return flags.some(flag => flag.name === name) && value?.toLowerCase() !== 'false'
}

/** `--exclude`, as often as it is given: patterns such as those of .dockerignore, from the copied folder on. */
function excluded(flags: readonly Flag[]): Way['excludes'] {
  const patterns = flags.flatMap(({ name, value }) => (name === 'exclude' && value ? [value] : []))
  if (patterns.length === 0) return null
  const list = readIgnoreList(patterns.join('\n'))
  return list === null ? () => true : path => list.excludes(path)
}

function copied(machine: Machine): { kind: 'copy'; from: null; line: number; was: null } {
  return { kind: 'copy', from: null, line: machine.line, was: null }
}

function joined(folder: string, name: string): string {
  if (name === '') return folder
  return folder === '/' ? `/${name}` : `${folder}/${name}`
}

function fromContext(machine: Machine, way: Way, word: Maybe<string>, to: string, into: boolean): void {
  const { adds } = way
  if (isUnknown(word)) {
    if (inTrustFolder(to))
      put(machine, into ? joined(to, '?') : to, unknown(`what is copied there is not known: ${word.unknown}`))
    return
  }
  if (adds && /^(git@|git:\/\/|ssh:\/\/)|^(https?:\/\/.*)?\.git([?#]|$)/.test(word)) {
    if (touchesTrust(to)) machine.storesUnknown('a repository is checked out there')
    return
  }
  if (adds && /^(https?|ftp):\/\//i.test(word)) {
    const name = word.replace(/[?#].*$/, '').replace(/^.*\//, '') || 'index.html'
    const path = into || isFolder(machine.fields, to) ? joined(to, name) : to
    const plain = /^http:/i.test(word)
    if (plain) certificateFetched(machine, path, unvouched('http', word, FETCHED), 'ADD', machine.at)
    put(machine, path, unknown(FETCHED))
    return
  }
  if (adds && way.unpacks && ARCHIVE.test(word)) {
    unpack(machine, word, to)
    return
  }
  if (hasGlob(word)) globbed(machine, way, word, to)
  else one(machine, way, word, to, into)
}

/** An archive of the context is unpacked: over a bare image it is a root filesystem. */
function unpack(machine: Machine, archive: string, to: string): void {
  if (to !== '/' && !inTrustFolder(to) && to !== '/etc' && to !== '/usr') return
  machine.storesUnknown(`the archive ${archive.replace(/[^\x20-\x7e]/g, '?').slice(0, 80)} is unpacked there`)
  if (to === '/') machine.set({ bare: false })
}

function globbed(machine: Machine, way: Way, pattern: string, to: string): void {
  const clean = clampPath(pattern)
  const slash = clean.lastIndexOf('/')
  const folder = clean.slice(0, Math.max(0, slash))
  const last = clean.slice(slash + 1)
  const names = hasGlob(folder) ? null : (machine.session.context?.list(folder) ?? null)
  if (names === null) {
    if (touchesTrust(to))
      put(machine, joined(to, last), unknown('files of the build context that match a pattern'))
    return
  }
  const pivot = /^(.*\/\.\/)?/.exec(pattern)![0]
  const over = pattern.slice(pivot.length, pattern.lastIndexOf('/') + 1)
  for (const name of names)
    if (globMatches(last, name, true)) one(machine, way, `${pivot}${over}${name}`, to, true)
}

function one(machine: Machine, way: Way, written: string, target: string, into: boolean): void {
  const { context } = machine.session
  const source = clampPath(written)
  const to = way.parents ? joined(target, overhead(written, context?.read(source).kind === 'folder')) : target
  const file = context ? context.read(source) : ({ kind: 'absent' } as const)
  const { kind } = file
  if (kind === 'folder' || source === '') {
    tree(machine, source, to, way.excludes ?? null)
    return
  }
  const name = source.slice(source.lastIndexOf('/') + 1)
  if (way.excludes?.(name)) return
  const path = into || way.parents || isFolder(machine.fields, to) ? joined(to, name) : to
  const content = kind === 'absent' ? null : contextFile(machine, source)
  if (content === null) {
    // The build would fail without it: it is there, and not here.
    const hidden = file.kind === 'absent' ? file.why : undefined
    const why = `${source} is not in the build context at hand${hidden ? `: ${hidden}` : ''}`
    put(machine, path, unknown(why))
    if ((to === '/' || to === '/etc') && LIKE_FOLDERS.test(name)) machine.storesUnknown(why)
    return
  }
  // What a file of the context holds is never told: its text has no place in the Dockerfile.
  put(machine, path, isTextContent(content) ? { ...content, origin: copied(machine) } : content)
}

/** `--parents`: the folders that come along, those before `/./` left out; a folder itself is one of them. */
function overhead(written: string, folder: boolean): string {
  const pivot = written.lastIndexOf('/./')
  const kept = clampPath(pivot < 0 ? written : written.slice(pivot + 3))
  return folder ? kept : kept.slice(0, Math.max(0, kept.lastIndexOf('/')))
}

function relative(folder: string, path: string): string {
  return clampPath(path.slice(folder.length))
}

/** A folder: its files are looked up when they are asked for, those that are stores now. */
function tree(machine: Machine, source: string, to: string, excludes: Way['excludes']): void {
  const { context } = machine.session
  const kept = excludes ? { excludes } : {}
  machine.set({ trees: [...machine.fields.trees, { at: to, source, ...kept }] })
  if (context === null) {
    if (inTrustFolder(to))
      machine.storesUnknown('a folder of the build context that is not at hand is copied there')
    return
  }
  if (overAnchors(to)) {
    for (const [path, content] of filesUnder(machine, to, true))
      if (isAnchorPath(path)) noteAnchor(machine, path, content)
  }
  for (const path of [...BUNDLES, CONF]) {
    if (!within(path, to)) continue
    const inner = joined(source, path.slice(to === '/' ? 1 : to.length + 1))
    if (excludes?.(relative(source, inner))) continue
    const content = contextFile(machine, inner)
    if (content !== null)
      put(machine, path, isTextContent(content) ? { ...content, origin: copied(machine) } : content)
  }
  for (const [path] of machine.fields.files) {
    if (!within(path, to)) continue
    const inner = joined(source, path.slice(to === '/' ? 1 : to.length + 1))
    if (excludes?.(relative(source, inner))) continue
    if (contextFile(machine, inner) !== null) machine.set({ files: machine.fields.files.without(path) })
  }
}
