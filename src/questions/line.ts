/** What the newest release of an image's own line offers for a store. */
import { newestRelease } from '../knowledge/releases.ts'
import { storeLayout } from '../knowledge/store-layouts.ts'
import type { StoreLayout } from '../knowledge/types.ts'
import type { ImageModel, Root, TrustStore } from '../model.ts'
import { rootsOf } from './roots.ts'

/** The paths of the stores that the distribution's own package brings and its tool makes. */
export function systemStorePaths(layout: StoreLayout): readonly string[] {
  const { bundle, aliases, tool } = layout
  // update-ca-certificates also fills the folder around its bundle with a hashed link for each root.
  const folder = tool === 'update-ca-certificates' ? [bundle.slice(0, bundle.lastIndexOf('/'))] : []
  return [bundle, ...aliases, ...folder]
}

/** Is this the store that the distribution's own package brings? */
export function isSystemStore(model: ImageModel, store: Pick<TrustStore, 'path' | 'aliases'>): boolean {
  const layout = model.distribution === null ? null : storeLayout(model.distribution.id)
  if (layout === null) return false
  const own = systemStorePaths(layout)
  return [store.path, ...store.aliases].some(path => own.includes(path))
}

/** `ca-certificates`, and the packages that it is split into: `ca-certificates-cacert`, `-bundle`, `-mozilla`. */
const storePackage = /^ca-certificates(?:-|$)/

/**
 * Is its file of the distribution's store package, as far as anybody can tell? Alpine's cert.pem was a file of LibreSSL's
 * up to 3.8: no release of ca-certificates touches that.
 */
export function isOfStorePackage({ package: owner }: Pick<TrustStore, 'package'>): boolean {
  return owner === undefined || storePackage.test(owner.name)
}

/**
 * Do these packages, brought to their newest release, bring this store of the distribution's? Where the tool makes it,
 * the package that has the tool does, whoever else owns the file; a plain file comes with its own package alone.
 */
export function isBroughtBy(names: readonly string[], layout: StoreLayout, store: TrustStore): boolean {
  const isMade = !layout.aliases.includes(store.path)
  if (store.package === undefined || names.includes(store.package.name)) return true
  return isMade && names.includes(layout.package)
}

/** The roots that the newest release of the line puts into this store; null where that is not its package's, or unknown. */
export function newestOfLine(model: ImageModel, store: TrustStore): readonly Root[] | null {
  const { distribution } = model
  if (distribution === null || distribution.version === null) return null
  if (!isSystemStore(model, store) || !isOfStorePackage(store)) return null
  const newest = newestRelease(distribution.id, distribution.version)
  return newest === null ? null : rootsOf(newest)
}
