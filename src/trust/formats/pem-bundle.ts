import type { ImageFile } from '../../image/facts.ts'
import { isUnknown, type UnknownEntry } from '../../model.ts'
import type { Certificate } from '../certificate.ts'
import { PathPatterns } from '../path-patterns.ts'
import { anchorSourceOf, knownStorePatterns, knownStores, notForServers } from '../store-paths.ts'
import type { FormatContext, StoreDraft, StoreFormatReader } from './index.ts'

/** From so many on, a file of CA certificates is a store wherever it lies. */
export const bundleSize = 5
const fileBytes = 8 << 20

const known = knownStores.filter(({ kind }) => kind === 'file').map(({ path }) => path)
const brought = new PathPatterns(knownStorePatterns.map(({ pattern }) => pattern))
const relative: ReadonlySet<string> = new Set(known.map(path => path.slice(1)))

/** PEM certificates one after the other in a file, also those inside a program (format `embedded`). */
export const pemBundle: StoreFormatReader = {
  id: 'pem-bundle',
  keep: (path, size) => size <= fileBytes && (relative.has(path) || brought.test(path)),
  read(tree, context, claimedBefore) {
    const stores: StoreDraft[] = []
    const unknowns: UnknownEntry[] = []
    const real = new Set<string>(context.configured)
    for (const path of known) real.add(tree.resolve(path) ?? path)
    for (const file of tree.files()) {
      const isKnown = real.has(file.path) || brought.test(file.path)
      // A file of another form is told by that form.
      if (context.contentsOf(file)) continue
      if (file.found.length === 0) {
        if (isKnown && file.size > 0) unknowns.push(emptyEntry(file))
        continue
      }
      if (!isKnown && (claimedBefore.has(file.path) || anchorSourceOf(file.path))) continue
      if (notForServers.some(pattern => pattern.test(file.path))) continue
      const store = readFile(file, context, isKnown)
      if (store) stores.push(store)
    }
    return { stores, claimed: stores.map(({ path }) => path), unknowns }
  },
}

function readFile(file: ImageFile, context: FormatContext, isKnown: boolean): StoreDraft | null {
  const roots = new Map<string, Certificate>()
  const broken: string[] = []
  let authorities = 0
  for (const found of file.found) {
    if (found.rejected !== undefined) continue
    const certificate = context.certificateOf(found)
    if (isUnknown(certificate)) {
      // In a program a first line alone is a string that it prints, not a certificate.
      if (!found.embedded || found.der) broken.push(certificate.unknown)
    } else if (!roots.has(certificate.sha256)) {
      roots.set(certificate.sha256, certificate)
      if (certificate.ca) authorities++
    }
  }
  if (roots.size === 0 && broken.length === 0) return null
  if (!isKnown && authorities < bundleSize) return null
  const consumers = knownStorePatterns.find(({ pattern }) => pattern.test(file.path))?.consumers ?? []
  return {
    path: file.path,
    format: file.found.some(({ embedded }) => embedded) ? 'embedded' : 'pem-bundle',
    consumers,
    layer: file.layer,
    roots: [...roots.values()].map(certificate => ({ certificate, layer: file.layer })),
    broken,
  }
}

function emptyEntry({ path, layer }: ImageFile): UnknownEntry {
  return { what: `the trust store ${path}`, why: 'no PEM certificate is in it', location: { path, layer } }
}
