/** Where configuration is looked for: never inside a target. */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { JobError, oneLine } from '../errors.ts'

export const CONFIG_NAMES = ['.imgtrust.yaml', '.imgtrust.yml'] as const
/** More than this is no configuration. */
const MOST_BYTES = 1024 * 1024

/**
 * The nearest configuration file at or above a folder, not above the root of its git repository; outside a repository
 * only the folder itself is looked at, so that no file of a stranger further up counts.
 * @returns its path, or null
 */
export function findConfig(folder: string): string | null {
  const start = resolve(folder)
  const trail = [start]
  for (let at = start; !existsSync(join(at, '.git')); ) {
    const parent = dirname(at)
    if (parent === at) return inFolder(start)
    at = parent
    trail.push(at)
  }
  for (const at of trail) {
    const found = inFolder(at)
    if (found !== null) return found
  }
  return null
}

function inFolder(folder: string): string | null {
  for (const name of CONFIG_NAMES) {
    const path = join(folder, name)
    if (statSync(path, { throwIfNoEntry: false })?.isFile()) return path
  }
  return null
}

/**
 * The user's own configuration, `imgtrust/config.yaml` in `$XDG_CONFIG_HOME` (else `~/.config`): XDG Base Directory
 * Specification, which has paths that are not absolute passed over.
 * @returns its path; null where it is not there
 */
export function findOwnConfig(env: Readonly<Record<string, string | undefined>>): string | null {
  const { XDG_CONFIG_HOME: said, HOME: home } = env
  const folder = said && isAbsolute(said) ? said : home && isAbsolute(home) ? join(home, '.config') : null
  if (folder === null) return null
  const path = join(folder, 'imgtrust', 'config.yaml')
  return statSync(path, { throwIfNoEntry: false })?.isFile() ? path : null
}

/** @throws JobError `not-found`, `unreadable`, `limit` */
export function readConfigText(path: string): string {
  const info = statSync(path, { throwIfNoEntry: false })
  if (!info) throw new JobError('not-found', `${path}: no such configuration file`)
  if (!info.isFile()) throw new JobError('unreadable', `${path}: not a file; name an .imgtrust.yaml`)
  if (info.size > MOST_BYTES)
    throw new JobError('limit', `${path}: a configuration of more than ${MOST_BYTES} bytes is not read`)
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new JobError('unreadable', `${path}: can't be read (${oneLine(error)})`)
  }
}
