import type { ImageFile } from '../image/facts.ts'
import type { UnknownEntry } from '../model.ts'

/** One entry for all certificates of a file that can't be read: how many, and what is wrong with the first. */
export function brokenEntry({ path, layer }: ImageFile, problems: readonly string[]): UnknownEntry {
  const what =
    problems.length === 1 ? `a certificate in ${path}` : `${problems.length} certificates in ${path}`
  const why = problems.length === 1 ? problems[0]! : `the first: ${problems[0]}`
  return { what, why, location: { path, layer } }
}
