/** `--client NAME`: a client of an image, or one that is asked without any. */
import { JobError } from '../errors.ts'
import { clientNamed } from '../knowledge/client-names.ts'
import { libraryName } from '../knowledge/tls-libraries.ts'
import { type Client, isUnknown } from '../model.ts'
import type { SubjectClient } from './subject.ts'

/**
 * The client that a name means without an image.
 * @throws JobError `usage`
 */
export function namedClient(name: string): SubjectClient {
  const found = clientNamed(name)
  if (isUnknown(found)) throw new JobError('usage', `--client ${name}: ${found.unknown}`)
  return { client: found.client, known: found.known }
}

const versioned = /^([a-z]+)-(\d[0-9A-Za-z.]*)$/

/** Is it the client of an image that a name means: its program, or its library with a version that begins so? */
export function isNamed({ program, library, libraryVersion }: Client, name: string): boolean {
  const wanted = name.toLowerCase() === 'python' ? 'python3' : name.toLowerCase()
  if (program === wanted || program === `busybox ${wanted}`) return true
  const [, word = '', version = ''] = versioned.exec(wanted) ?? []
  if (version === '' || library === null || libraryVersion === null) return false
  if (libraryName(word) !== libraryName(library)) return false
  const rest = libraryVersion.startsWith(version) ? libraryVersion.slice(version.length) : null
  return rest !== null && !/^\d/.test(rest)
}
