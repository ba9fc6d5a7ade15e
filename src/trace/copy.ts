/** COPY and ADD. */

import { clampPath } from '../dockerfile/context.ts'
import { expandBody, expandWord } from '../dockerfile/expand.ts'
import { globMatches, hasGlob } from '../dockerfile/glob.ts'
import type { Instruction } from '../dockerfile/parse.ts'
import { flagValue } from '../dockerfile/stages.ts'
import { type BodyWord, jsonForm, splitWords, takeFlags } from '../dockerfile/words.ts'
import { isUnknown, type Maybe, unknown } from '../model.ts'
import { isAnchorPath, noteAnchor, overAnchors } from './anchors.ts'
import { FETCHED, isTextContent, textContent, unvouched } from './content.ts'
import { copyPath, isFolder } from './copy-path.ts'
import { certificateFetched } from './downloads.ts'
import type { Fields } from './fields.ts'
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
  const from = flagValue(flags, 'from')
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
    } else fromContext(machine, instruction.keyword === 'ADD', word, to, into)
  }
}

function copied(machine: Machine): { kind: 'copy'; from: null; line: number; was: null } {
  return { kind: 'copy', from: null, line: machine.line, was: null }
}

function joined(folder: string, name: string): string {
  return folder === '/' ? `/${name}` : `${folder}/${name}`
}

function fromContext(machine: Machine, adds: boolean, word: Maybe<string>, to: string, into: boolean): void {
  if (isUnknown(word)) {
    if (inTrustFolder(to))
      put(machine, into ? joined(to, '?') : to, unknown(`what is copied there is not known: ${word.unknown}`))
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
  if (adds && /^(git@|git:\/\/|ssh:\/\/)|\.git(#|$)/.test(word)) return
  if (adds && ARCHIVE.test(word)) {
    unpack(machine, word, to)
    return
  }
  if (hasGlob(word)) globbed(machine, word, to)
  else one(machine, clampPath(word), to, into)
}

/** An archive of the context is unpacked: over a bare image it is a root filesystem. */
function unpack(machine: Machine, archive: string, to: string): void {
  if (to !== '/' && !inTrustFolder(to) && to !== '/etc' && to !== '/usr') return
  machine.storesUnknown(`the archive ${archive.replace(/[^\x20-\x7e]/g, '?').slice(0, 80)} is unpacked there`)
  if (to === '/') machine.set({ bare: false })
}

function globbed(machine: Machine, pattern: string, to: string): void {
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
  for (const name of names)
    if (globMatches(last, name, true)) one(machine, folder === '' ? name : `${folder}/${name}`, to, true)
}

function one(machine: Machine, source: string, to: string, into: boolean): void {
  const { context } = machine.session
  const file = context ? context.read(source) : ({ kind: 'absent' } as const)
  const { kind } = file
  if (kind === 'folder' || source === '') {
    tree(machine, source, to)
    return
  }
  const name = source.slice(source.lastIndexOf('/') + 1)
  const path = into || isFolder(machine.fields, to) ? joined(to, name) : to
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

/** A folder: its files are looked up when they are asked for, those that are stores now. */
function tree(machine: Machine, source: string, to: string): void {
  const { context } = machine.session
  machine.set({ trees: [...machine.fields.trees, { at: to, source }] })
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
    const content = contextFile(machine, inner)
    if (content !== null)
      put(machine, path, isTextContent(content) ? { ...content, origin: copied(machine) } : content)
  }
  for (const [path] of machine.fields.files) {
    if (!within(path, to)) continue
    const inner = joined(source, path.slice(to === '/' ? 1 : to.length + 1))
    if (contextFile(machine, inner) !== null) machine.set({ files: machine.fields.files.without(path) })
  }
}
