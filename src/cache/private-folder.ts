import { lstatSync, mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'

/**
 * Where the user's caches lie: `$XDG_CACHE_HOME/imgtrust`, else `~/.cache/imgtrust` (XDG Base Directory Specification;
 * on other systems too, as other linters do).
 */
export function userCacheFolder(env: Readonly<Record<string, string | undefined>>): string {
  // The specification: a relative path is to be ignored.
  const base = env.XDG_CACHE_HOME?.startsWith('/') ? env.XDG_CACHE_HOME : join(homedir(), '.cache')
  return join(base, 'imgtrust')
}

/**
 * Makes a folder of the user's own, and up to two above it: a home that is not there is not made.
 * @returns whether it is there and nobody else may write it
 */
export function makePrivate(folder: string): boolean {
  try {
    // Step by step: Node.js's `recursive` never ends under /proc.
    const parent = dirname(folder)
    for (const step of [dirname(parent), parent, folder]) makeFolder(step)
    const status = lstatSync(folder)
    if (!status.isDirectory()) return false
    return process.getuid === undefined || (status.uid === process.getuid() && (status.mode & 0o022) === 0)
  } catch {
    return false
  }
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    // A root folder that can't be written says EISDIR or EROFS where it is there.
    if (code !== 'EEXIST' && code !== 'EISDIR' && code !== 'EROFS') throw error
  }
}
