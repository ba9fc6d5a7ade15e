/** Small facts that commands leave behind for the rules: what was appended, opened, configured. */
import { isUnknown } from '../model.ts'
import { overAnchors } from './anchors.ts'
import { type Content, rootsOf } from './content.ts'
import { realPath } from './files.ts'
import type { Machine } from './machine.ts'
import { absolutePath, BUNDLES, within } from './paths.ts'

/** Something is put behind a bundle that the distribution's tool makes. */
export function appended(
  machine: Machine,
  path: string,
  before: Content,
  content: Content,
  at: { readonly start: number; readonly end: number },
): void {
  const { layout, stores } = machine.fields
  if (!layout || isUnknown(stores) || isUnknown(before)) return
  const real = realPath(machine.fields, path)
  const store = stores.find(one => one.path === real)
  if (!store || !(real === layout.bundle || store.aliases.includes(layout.bundle))) return
  machine.emit({
    kind: 'bundle-append',
    program: machine.program,
    path: real,
    roots: rootsOf(content, machine.catalogue),
    location: machine.location(at.start, at.end),
  })
}

interface Word {
  readonly value: string | null
  readonly prefix: string
  readonly suffix: string
}

/** What a command's words tell: a keystore of Java, a store's folder given to others, a file named in a configuration. */
export function noteWords(machine: Machine, program: string, words: readonly Word[]): void {
  const texts = words.map(word => word.value ?? `${word.prefix}\0${word.suffix}`)
  if (texts.some(text => /cacerts$|-cacerts$|\.jks$|ca-certificates-java/.test(text)) && program !== 'ls')
    machine.note('keystore')
  if (program === 'chmod' || program === 'chown' || program === 'chgrp') {
    const opened = texts.some(text => {
      const path = absolutePath(text, null)
      return path !== null && (BUNDLES.has(path) || within('/etc/ssl/certs', path) || overAnchors(path))
    })
    if (opened) machine.note('opened')
  }
  const all = texts.join(' ')
  if (/\b(cafile|ca=|httpsCaFilePath|extra-?ca)/i.test(all)) machine.note('configured:node')
  if (/\b(global|install|user|site)\.cert\b|truststore|pip_system_certs|pip-system-certs/.test(all))
    machine.note('configured:python')
  if (/\.pem$|\.crt$/.test(texts.at(-1) ?? '') && /sslCAInfo/i.test(all)) machine.note('configured:git')
}
