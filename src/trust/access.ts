import type { ImageTree } from '../image/facts.ts'
import type { FileAccess } from '../model.ts'

const membersRead = 2_000

/**
 * The files and folders by which a store's content can be changed: its file and the folder around it, or the folder and
 * the files in it. Of members with the same owner and the same permissions, the first.
 */
export function accessTo(tree: ImageTree, path: string): readonly FileAccess[] {
  const names = tree.list(path)?.slice(0, membersRead) ?? null
  const around = path.slice(0, path.lastIndexOf('/')) || '/'
  const paths = names === null ? [path, around] : [path, ...names.map(name => `${path}/${name}`)]
  const kinds = new Map<string, FileAccess>()
  for (const [index, each] of paths.entries()) {
    const access = tree.access(each)
    if (!access) continue
    // The store itself and the folder around it are never taken for one another.
    const kind = `${index === 0 || names === null ? index : 'member'} ${access.mode} ${access.uid} ${access.gid}`
    if (!kinds.has(kind)) kinds.set(kind, access)
  }
  return [...kinds.values()]
}
