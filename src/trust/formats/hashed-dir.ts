import type { ImageTree } from '../../image/facts.ts'
import { isUnknown, type UnknownEntry } from '../../model.ts'
import { brokenEntry } from '../broken.ts'
import type { Certificate } from '../certificate.ts'
import { beginningWith } from '../path-patterns.ts'
import { anchorSourceOf, knownStores } from '../store-paths.ts'
import type { FormatContext, StoreDraft, StoreFormatReader } from './index.ts'

/** Names that OpenSSL looks for: the hash of the subject, and a number (openssl-rehash(1)); `.r0` are revocation lists. */
const hashName = /^[0-9a-f]{8}\.\d{1,5}$/
const fileBytes = 1 << 20

const folders = knownStores.filter(({ kind }) => kind === 'folder').map(({ path }) => path)
const inFolder = beginningWith(folders.map(folder => `${folder.slice(1)}/`))

/**
 * A folder in which OpenSSL looks certificates up by the hash of their subject. Its roots are those that such names
 * lead to; files without one are not read from it.
 */
export const hashedDirectory: StoreFormatReader = {
  id: 'hashed-dir',
  keep: (path, size) => size <= fileBytes && inFolder.test(path),
  read(tree, context) {
    const stores: StoreDraft[] = []
    const claimed: string[] = []
    const unknowns: UnknownEntry[] = []
    const seen = new Set<string>()
    for (const folder of [...folders, ...context.configured]) {
      const path = tree.resolve(folder)
      if (!path || seen.has(path)) continue
      seen.add(path)
      const store = readFolder(tree, path, context, claimed, unknowns)
      if (store) stores.push(store)
    }
    return { stores, claimed, unknowns }
  },
}

function readFolder(
  tree: ImageTree,
  path: string,
  context: FormatContext,
  claimed: string[],
  unknowns: UnknownEntry[],
): StoreDraft | null {
  const members = new Set<string>()
  for (const name of tree.list(path) ?? []) {
    const member = hashName.test(name) ? tree.resolve(`${path}/${name}`) : null
    if (member) members.add(member)
  }
  const roots = new Map<string, { certificate: Certificate; layer: number }>()
  const allBroken: string[] = []
  const untold: UnknownEntry[] = []
  let layer = 0
  for (const member of members) {
    const file = tree.file(member)
    if (!file || file.found.length === 0) continue
    layer = Math.max(layer, file.layer)
    const broken: string[] = []
    for (const found of file.found) {
      if (found.rejected !== undefined) continue
      const certificate = context.certificateOf(found)
      if (isUnknown(certificate)) broken.push(certificate.unknown)
      else if (!roots.has(certificate.sha256))
        roots.set(certificate.sha256, { certificate, layer: file.layer })
    }
    if (broken.length > 0) untold.push(brokenEntry(file, broken))
    allBroken.push(...broken.map(problem => `${member.slice(member.lastIndexOf('/') + 1)}: ${problem}`))
    if (!anchorSourceOf(member)) claimed.push(member)
  }
  if (roots.size === 0) {
    // Of a store the rule unparsable-certificate tells them.
    unknowns.push(...untold)
    return null
  }
  return { path, format: 'hashed-dir', consumers: [], layer, roots: [...roots.values()], broken: allBroken }
}
