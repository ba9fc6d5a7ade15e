import { JobError } from '../../errors.ts'
import { printable } from '../path.ts'
import { parseReference } from '../reference.ts'

/** Several repositories or tags of one registry, as a user names them: `HOST/team/*:v*`. */
export interface Pattern {
  readonly registry: string
  /** `*` is any part of a segment, `**` any number of segments. */
  readonly repository: string
  /** `*` is any part of a tag. */
  readonly tag: string
}

/**
 * @param text what stands behind `registry:`
 * @returns null where it names one image
 * @throws JobError `usage` where no registry can have what it names
 */
export function parsePattern(text: string): Pattern | null {
  if (!text.includes('*')) return null
  const bad = (why: string) => new JobError('usage', `registry:${printable(text)} names no images: ${why}`)
  if (text.includes('@')) throw bad('a digest names one image; leave out either * or @')
  const colon = text.indexOf(':', text.lastIndexOf('/') + 1)
  const tag = colon < 0 ? '*' : text.slice(colon + 1)
  const name = colon < 0 ? text : text.slice(0, colon)
  if (!/^[A-Za-z0-9_.*-]+$/.test(tag)) throw bad('a tag has letters, digits, _ . - and *')
  // Where every * stands for a name, it must be a reference.
  const { registry, repository } = parseReference(name.replaceAll('**', 'x').replaceAll('*', 'x'))
  const segments = name.split('/')
  const implied = repository.startsWith('library/') && !segments.includes('library')
  const pattern = implied
    ? `library/${segments.at(-1)}`
    : segments.slice(-repository.split('/').length).join('/')
  if (registry.includes('x') && name.slice(0, name.length - pattern.length).includes('*'))
    throw bad('the registry’s own name can’t be left open')
  return { registry, repository: pattern, tag }
}

/** Does a name fit? In time of the product of both lengths, whatever they are. */
export function matches(pattern: string, name: string): boolean {
  // How much of the name the pattern up to here may have taken.
  let ends = new Set([0])
  for (let at = 0; at < pattern.length && ends.size > 0; at++) {
    const next = new Set<number>()
    if (pattern[at] === '*') {
      const deep = pattern[at + 1] === '*'
      if (deep) at++
      for (const end of ends)
        for (let to = end; to <= name.length && !next.has(to); to++) {
          next.add(to)
          if (name[to] === '/' && !deep) break
        }
    } else {
      for (const end of ends) if (name[end] === pattern[at]) next.add(end + 1)
    }
    ends = next
  }
  return ends.has(name.length)
}
