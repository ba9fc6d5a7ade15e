/** The build context: the only files beside the Dockerfile that lint reads. */
import { lstatSync, readdirSync, readFileSync, realpathSync } from 'node:fs'
import { join, posix, sep } from 'node:path'

/** Bytes of one file of the context that are read at most. */
const MAX_FILE = 1024 * 1024
/** Names of one folder that are looked at. */
const MAX_NAMES = 10_000

export type ContextFile =
  | { readonly kind: 'file'; readonly bytes: Uint8Array }
  | { readonly kind: 'folder' }
  /** `why`: what keeps it away, where that is known. */
  | { readonly kind: 'absent'; readonly why?: string }
  | { readonly kind: 'refused'; readonly why: string }

/** Files by their path in the context, with `/` and without one in front. What they hold is never printed. */
export interface BuildContext {
  read(path: string): ContextFile
  /** Names in a folder, sorted; null where it is none, or it can't be listed. */
  list(path: string): readonly string[] | null
}

/** `../a` and `/a` both mean `a` of the context: BuildKit clamps them. */
export function clampPath(path: string): string {
  return posix.normalize(`/${path.replaceAll('\\', '/')}`).replace(/^\/+|\/+$/g, '')
}

/** A folder of the disk: regular files up to 1 MiB, no link out of it. */
export function diskContext(folder: string): BuildContext {
  let root: string | null = null
  try {
    root = realpathSync.native(folder)
  } catch {
    // A context that is not there holds nothing.
  }
  const locate = (path: string): { path: string } | ContextFile => {
    if (root === null || path.includes('\0')) return { kind: 'absent' }
    const joined = join(root, clampPath(path))
    try {
      // Most of what is asked for is not there: said without an error, which costs more than the look.
      if (!lstatSync(joined, { throwIfNoEntry: false })) return { kind: 'absent' }
      const real = realpathSync.native(joined)
      const inside = real === root || real.startsWith(root.endsWith(sep) ? root : root + sep)
      return inside ? { path: real } : { kind: 'refused', why: 'it is a link out of the build context' }
    } catch {
      return { kind: 'absent' }
    }
  }
  return {
    read(path) {
      const found = locate(path)
      if (!('path' in found)) return found
      try {
        const stat = lstatSync(found.path)
        if (stat.isDirectory()) return { kind: 'folder' }
        if (!stat.isFile()) return { kind: 'refused', why: 'it is no regular file' }
        if (stat.size > MAX_FILE) return { kind: 'refused', why: 'it is larger than 1 MiB' }
        return { kind: 'file', bytes: readFileSync(found.path) }
      } catch {
        return { kind: 'refused', why: "it can't be read" }
      }
    },
    list(path) {
      const found = locate(path)
      if (!('path' in found)) return null
      try {
        const names = readdirSync(found.path)
        return names.length > MAX_NAMES ? null : names.sort()
      } catch {
        return null
      }
    },
  }
}

/** Files given as a map from path to content. */
export function memoryContext(files: Readonly<Record<string, string | Uint8Array>>): BuildContext {
  const entries = new Map(Object.entries(files).map(([path, content]) => [clampPath(path), content]))
  const inside = (path: string): string => (path === '' ? '' : `${path}/`)
  return {
    read(path) {
      const clean = clampPath(path)
      const content = entries.get(clean)
      if (content !== undefined) {
        return {
          kind: 'file',
          bytes: typeof content === 'string' ? new TextEncoder().encode(content) : content,
        }
      }
      const folder = [...entries.keys()].some(key => key.startsWith(inside(clean)))
      return folder ? { kind: 'folder' } : { kind: 'absent' }
    },
    list(path) {
      const prefix = inside(clampPath(path))
      const names = new Set<string>()
      for (const key of entries.keys()) {
        if (key.startsWith(prefix)) names.add(key.slice(prefix.length).split('/')[0]!)
      }
      return names.size > 0 || prefix === '' ? [...names].sort() : null
    },
  }
}
