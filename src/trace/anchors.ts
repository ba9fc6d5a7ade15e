/** Certificates that a Dockerfile puts where anchors belong: which of them the tool reads, and what became of them. */
import { isUnknown } from '../model.ts'
import { type Content, isBundle, isTextContent, isUnvouched } from './content.ts'
import type { AnchorMark, Fields } from './fields.ts'
import type { Machine } from './machine.ts'
import { absolutePath, covers, within } from './paths.ts'

/** Every family's folders of anchors: man pages of update-ca-certificates(8), update-ca-trust(8) and p11-kit's trust(1). */
const FOLDERS: readonly string[] = [
  '/usr/local/share/ca-certificates',
  '/etc/pki/ca-trust/source/anchors',
  '/usr/share/pki/ca-trust-source/anchors',
  '/etc/pki/trust/anchors',
  '/usr/share/pki/trust/anchors',
  '/etc/ca-certificates/trust-source/anchors',
  '/usr/share/ca-certificates/trust-source/anchors',
]

/** Folders that no tool reads, and that people mean one of the above by. */
const MISSPELT: readonly string[] = [
  '/etc/pki/ca-trust/anchors',
  '/etc/pki/ca-trust/source/anchor',
  '/etc/pki/ca-trust-source/anchors',
  '/etc/pki/source/anchors',
  '/usr/local/ca-certificates',
  '/usr/local/share/ca-cert',
  '/usr/local/share/ca-certs',
  '/usr/local/share/ca-certificate',
  '/usr/local/share/ca_certificates',
  '/usr/local/share/cacertificates',
  '/usr/local/shared/ca-certificates',
  '/usr/share/local/ca-certificates',
]

/** Where packages lay certificates of which the tools of Debian and Alpine read those that conf names. */
export const BY_NAME = '/usr/share/ca-certificates'

const ALL = [...FOLDERS, ...MISSPELT, BY_NAME]

/** Is it a certificate that is read only where `/etc/ca-certificates.conf` names it? */
export function readByName(path: string): boolean {
  return within(path, BY_NAME) && !FOLDERS.some(folder => within(path, folder))
}
const NAMED = /\.(crt|cer|cert|pem|der|cacert)$/i

/** Is it a file in a folder of anchors, of whatever family? */
export function isAnchorPath(path: string): boolean {
  return ALL.some(folder => path !== folder && within(path, folder))
}

/** Folders of anchors in this one, this one among them. */
export function overAnchors(path: string): boolean {
  return ALL.some(folder => within(folder, path) || within(path, folder))
}

/** A file was put at `path`: where it is a certificate in a folder of anchors, that is remembered. */
export function noteAnchor(machine: Machine, path: string, content: Content | null): void {
  if (!isAnchorPath(path)) return
  const known = content !== null && !isUnknown(content)
  const text = known && isTextContent(content) ? content.text : null
  const holds = text !== null && (text.includes('-----BEGIN CERTIFICATE') || text.charCodeAt(0) === 0x30)
  const kept = content !== null && isUnvouched(content)
  if (!NAMED.test(path) && !holds && !kept && !(known && isBundle(content))) return
  const { anchors } = machine.fields
  const before = anchors.get(path)
  // Put there a second time, as far as is known the same: what the tool took of it still holds.
  if (before?.refreshed && !known) return
  const mark: AnchorMark = { location: machine.place(), refreshed: false, doubtful: false }
  machine.set({ anchors: anchors.with(path, mark) })
}

/** They came with a copy of a folder, as they were there. */
export function copyAnchors(
  machine: Machine,
  source: Fields,
  from: string,
  moved: (path: string) => string,
): void {
  let { anchors } = machine.fields
  for (const [path, mark] of source.anchors) {
    if (!within(path, from) || path === from) continue
    const to = moved(path)
    if (!isAnchorPath(to)) continue
    // What names it may have been copied along, or the store that it is in.
    const doubtful = mark.doubtful || readByName(to)
    anchors = anchors.with(to, { ...mark, doubtful, location: machine.place() })
  }
  machine.set({ anchors })
}

export function dropAnchors(machine: Machine, pattern: string): void {
  let { anchors } = machine.fields
  for (const [path] of anchors) if (covers(pattern, path)) anchors = anchors.without(path)
  if (anchors !== machine.fields.anchors) machine.set({ anchors })
}

/** The tool took what it reads. */
export function refreshedAnchors(machine: Machine): void {
  change(machine, mark => (mark.refreshed ? mark : { ...mark, refreshed: true }))
}

/** Something may have been done with all of them. */
export function doubtAnchors(machine: Machine, folder = '/'): void {
  change(machine, (mark, path) => (within(path, folder) ? { ...mark, doubtful: true } : mark))
}

function change(machine: Machine, to: (mark: AnchorMark, path: string) => AnchorMark): void {
  let { anchors } = machine.fields
  for (const [path, mark] of anchors) {
    const next = to(mark, path)
    if (next !== mark) anchors = anchors.with(path, next)
  }
  if (anchors !== machine.fields.anchors) machine.set({ anchors })
}

/** Programs that may be given an anchor and leave it as it is. */
const HARMLESS = new Set(
  (
    'chmod chown chgrp ls mkdir touch test [ [[ stat file update-ca-certificates update-ca-trust echo printf rm ' +
    'cat curl wget sha256sum md5sum du find-nothing'
  ).split(' '),
)
/** Their last word is where something goes. */
const PLACING = new Set(['cp', 'mv', 'install', 'ln', 'tee'])

/** A program that is given an anchor may read it, rename it, or put it where it belongs. */
export function anchorsGiven(
  machine: Machine,
  program: string,
  words: readonly { readonly value: string | null; readonly prefix: string }[],
  cwd: string | null,
): void {
  const { anchors } = machine.fields
  if (anchors.size === 0) return
  if (
    HARMLESS.has(program) &&
    !words.some(word => /^--?(cacert|ca-certificate|capath)/.test(word.value ?? ''))
  )
    return
  const looked = PLACING.has(program) ? words.slice(0, -1) : words
  for (const word of looked) {
    const text = (word.value ?? word.prefix).replace(/^--?[A-Za-z0-9-]+=/, '').replace(/^@/, '')
    if (word.value === null && text === '') {
      if (PLACING.has(program) || program === 'openssl' || program === 'keytool') doubtAnchors(machine)
      continue
    }
    const path = absolutePath(text, cwd)
    if (path === null || path === '/') continue
    change(machine, (mark, at) =>
      within(at, path) || covers(path, at) || (word.value === null && at.startsWith(path))
        ? { ...mark, doubtful: true }
        : mark,
    )
  }
}
