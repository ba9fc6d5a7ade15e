import type { ImageFile, ImageTree } from '../../image/facts.ts'
import { isUnknown, type UnknownEntry } from '../../model.ts'
import { brokenEntry } from '../broken.ts'
import { containerOf } from '../containers/index.ts'
import { PathPatterns } from '../path-patterns.ts'
import { anchorSourceOf, keystorePlaces } from '../store-paths.ts'
import type { FormatContext, StoreDraft, StoreFormatReader } from './index.ts'
import { bundleSize } from './pem-bundle.ts'

const places = new PathPatterns(keystorePlaces.map(({ pattern }) => pattern))

/**
 * Stores that are files of their own form (see containers/): Java's keystores, NSS's databases and built-in roots,
 * p11-kit's files. Those at a known place, those that the environment names, and any other with enough anchors.
 */
export const keystores: StoreFormatReader = {
  id: 'keystores',
  keep: path => places.test(path),
  read(tree, context) {
    const stores: StoreDraft[] = []
    const claimed: string[] = []
    const unknowns: UnknownEntry[] = []
    for (const file of tree.files()) {
      if (!file.content) continue
      const place = keystorePlaces.find(({ pattern }) => pattern.test(file.path.slice(1)))
      const contents = context.contentsOf(file)
      if (!contents) {
        if (place && file.found.length === 0) unknowns.push(entry(place.name, file, place.otherwise))
        continue
      }
      const container = containerOf(file.path.slice(1), file.content)!
      for (const why of contents.problems) unknowns.push(entry(container.name, file, why))
      if (!container.format || feedsAnother(tree, file.path)) continue
      const { roots, broken } = rootsOf(file, context)
      const authorities = [...roots.values()].filter(({ certificate }) => certificate.ca).length
      const isKnown = place !== undefined || context.configured.has(file.path)
      if (roots.size === 0 || (!isKnown && authorities < bundleSize)) {
        // Of a store the rule unparsable-certificate tells them.
        if (broken.length > 0) unknowns.push(brokenEntry(file, broken))
        if (
          isKnown &&
          roots.size === 0 &&
          contents.problems.length === 0 &&
          broken.length === 0 &&
          !place?.mayBeEmpty
        )
          unknowns.push(entry(container.name, file, 'no certificate in it is marked as trusted'))
        continue
      }
      claimed.push(file.path)
      stores.push({
        path: file.path,
        format: container.format,
        consumers: place?.consumers ?? [],
        layer: file.layer,
        roots: [...roots.values()].map(root => ({ ...root, layer: file.layer })),
        broken,
      })
    }
    return { stores, claimed, unknowns }
  },
}

type DraftRoot = Omit<StoreDraft['roots'][number], 'layer'>

function rootsOf(
  file: ImageFile,
  context: FormatContext,
): { readonly roots: ReadonlyMap<string, DraftRoot>; readonly broken: readonly string[] } {
  const roots = new Map<string, DraftRoot>()
  const broken: string[] = []
  for (const found of context.contentsOf(file)!.certificates) {
    if (!found.anchor) continue
    const certificate = context.certificateOf(found)
    if (isUnknown(certificate)) broken.push(certificate.unknown)
    else if (!roots.has(certificate.sha256))
      roots.set(
        certificate.sha256,
        found.alias === undefined ? { certificate } : { certificate, alias: found.alias },
      )
  }
  return { roots, broken }
}

/** Does it lie among the sources of a store that is there? Then that one tells its roots. */
function feedsAnother(tree: ImageTree, path: string): boolean {
  return anchorSourceOf(path)?.feeds.some(store => tree.exists(store)) ?? false
}

function entry(name: string, { path, layer }: ImageFile, why: string): UnknownEntry {
  return { what: `${name} ${path}`, why, location: { path, layer } }
}
