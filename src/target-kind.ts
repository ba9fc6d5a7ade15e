/** What a TARGET is that either lint or scan may take. */
import { lstatSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { sources } from './image/sources/index.ts'

/** Names of archives that need no prefix. */
const ARCHIVE = /\.(?:tar|tgz|tar\.(?:gz|zst))$/i

/**
 * Is it linted (an existing file or folder), or scanned (an archive, an OCI layout, a name with a source's prefix,
 * `host`, `-`, and everything that is not there: an image reference)?
 */
export function isDockerfileTarget(target: string): boolean {
  if (target === '-' || target === 'host') return false
  const prefix = target.slice(0, Math.max(0, target.indexOf(':')))
  if (Object.hasOwn(sources, prefix)) return false
  const info = statSync(target, { throwIfNoEntry: false })
  if (info?.isDirectory()) return !lstatSync(join(target, 'oci-layout'), { throwIfNoEntry: false })
  return info?.isFile() === true && !ARCHIVE.test(target)
}
