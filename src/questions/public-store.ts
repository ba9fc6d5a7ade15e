/** Which stores hold the roots of a public program that the built-in facts know, and which are somebody's own. */
import { addDays, dayStart } from '../clock.ts'
import { newestRelease, releaseById, releasesOf } from '../knowledge/releases.ts'
import { rootByFingerprint } from '../knowledge/roots.ts'
import { knowledgeDate } from '../knowledge/status.ts'
import { compareApk, compareDebian, compareRpm } from '../knowledge/versions.ts'
import type { ImageModel, Instant, Package, Root, TrustStore } from '../model.ts'
import { isSystemStore } from './line.ts'

/** Programs that bring Mozilla's roots in a file of their own: certifi, NSS, Node.js. */
const mozillas = [/\/certifi\/cacert\.pem$/, /\/libnssckbi(?:-[a-z]+)?\.so$/, /\/bin\/node$/]

/**
 * Does the store hold the roots of a root program that the built-in facts know? That of a distribution whose releases
 * are known, a set that is a known one or near it, certifi's, NSS's, Node.js' own. Not so Microsoft's, Oracle's and
 * Apple's programs, nor what somebody gathered.
 */
export function isPublicStore(model: ImageModel, store: TrustStore): boolean {
  if (store.match !== 'unknown' || mozillas.some(pattern => pattern.test(store.path))) return true
  const { distribution } = model
  if (distribution === null || !isSystemStore(model, store)) return false
  return newestRelease(distribution.id, distribution.version)?.roots != null
}

const orders = { apk: compareApk, dpkg: compareDebian, rpm: compareRpm }

/** Packages that bring a distribution's store, or a part of it. */
const storePackages = [
  'ca-certificates',
  'ca-certificates-bundle',
  'ca-certificates-cacert',
  'ca-certificates-mozilla',
]

/** The package whose version is that of the system's store; null where none is known to be installed. */
export function storePackage(model: ImageModel, store: TrustStore): Package | null {
  const own = store.package
  if (own !== undefined && storePackages.includes(own.name)) return own
  return storePackages.flatMap(name => model.packages.find(each => each.name === name) ?? [])[0] ?? null
}

/** Negative where the installed package is older than this version. */
export function compareToPackage(installed: Package, version: string): number {
  return orders[installed.manager](installed.version, version)
}

/** So long after their own date the built-in facts surely know what is in use. */
const FRESH_DAYS = 90

/**
 * May the store be newer than the built-in facts? Then a root that they don't know is perhaps a public one: nobody can
 * tell. By its package's version where there is one; else by the age of the facts and what the set is nearest to.
 */
export function mayBeNewerThanFacts(model: ImageModel, store: TrustStore, at: Instant): boolean {
  const { distribution } = model
  const installed = isSystemStore(model, store) ? storePackage(model, store) : null
  const newest = distribution === null ? null : newestRelease(distribution.id, distribution.version)
  if (installed !== null && newest !== null) return compareToPackage(installed, newest.version) > 0
  if (at <= addDays(dayStart(knowledgeDate()), FRESH_DAYS)) return false
  const release = store.release === null ? null : releaseById(store.release)
  if (release === null) return true
  return release.id === newest?.id || releasesOf(release.family).at(-1)?.id === release.id
}

/** The layer that brought the first of the store's roots; null where layers mean nothing. */
export function firstLayer(store: TrustStore): number | null {
  const layers = store.roots.flatMap(({ layer }) => layer ?? [])
  return layers.length === 0 ? null : Math.min(...layers)
}

/** Did a later layer than that of the store itself put the root in? */
export function wasAdded(root: Root, store: TrustStore): boolean {
  const first = firstLayer(store)
  return first !== null && root.layer !== undefined && root.layer > first
}

/** Roots that no public program known here ever held, but for those that are no authorities at all. */
export function strangersIn(store: TrustStore): Root[] {
  return store.roots.filter(
    ({ sha256, certificate }) => rootByFingerprint(sha256) === null && certificate?.ca !== false,
  )
}

export interface Strangers {
  /** A corporate authority, or an intruder. */
  readonly found: readonly Root[]
  /** Perhaps a public root that the facts don't know. */
  readonly doubtful: readonly Root[]
}

/** The roots of a store that are in no public program, apart by what can be said of them. */
export function strangers(model: ImageModel, store: TrustStore, at: Instant): Strangers {
  const all = strangersIn(store)
  if (all.length === 0) return { found: [], doubtful: [] }
  // A store of strangers alone is somebody's own: nobody hid a root among public ones.
  const own = !isPublicStore(model, store)
  const unsure = own || mayBeNewerThanFacts(model, store, at)
  const found = all.filter(root => !unsure || wasAdded(root, store))
  return { found, doubtful: all.filter(root => !found.includes(root)) }
}
