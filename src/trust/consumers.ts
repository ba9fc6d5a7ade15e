import type { ImageTree } from '../image/facts.ts'
import type { TrustStore } from '../model.ts'
import type { ReadingClient } from './clients.ts'
import { javaVariable, type StoreVariable, storeVariables } from './environment.ts'
import { javaTrustStores } from './java-options.ts'

/** A store that the image's environment names. */
export interface ConfiguredStore {
  readonly variable: StoreVariable
  /** Real path; null where nothing is there, or the place is relative: then nothing is read in its stead. */
  readonly path: string | null
}

const foldersRead = 100

/** The places that variables of the image's environment point TLS programs at. */
export function configuredStores(
  tree: ImageTree,
  env: Readonly<Record<string, string>>,
): readonly ConfiguredStore[] {
  const place = (path: string) => (path.startsWith('/') ? tree.resolve(path) : null)
  const java = javaTrustStores(env).map(({ variable, path, replaces }) => ({
    variable: javaVariable(variable, replaces),
    path: place(path),
  }))
  const named = storeVariables.flatMap(variable => {
    const value = env[variable.name]
    // SSL_CERT_DIR takes several folders.
    const values = variable.kind === 'folder' ? value?.split(':').slice(0, foldersRead) : value ? [value] : []
    return (values ?? []).map(each => ({ variable, path: place(each) }))
  })
  return [...named, ...java]
}

/** The programs that read the store at a real path: by default, or because the environment says so. */
export function consumersOf(
  store: string,
  tree: ImageTree,
  clients: readonly ReadingClient[],
  configured: readonly ConfiguredStore[],
): readonly string[] {
  const readers: string[] = []
  for (const reading of clients) {
    if (placesOf(reading, tree, configured).some(place => reads(reading, place, store)))
      readers.push(reading.client.program)
  }
  for (const { variable, path } of configured) if (path === store) readers.push(...variable.readers)
  return readers
}

/** Real paths of the stores that one client reads; null where that can't be told. */
export type ClientStores = readonly string[] | null

/**
 * The stores that a client reads, in the order in which it names them.
 * @returns empty where surely nothing is at any of its places; null where its places are not known, or something is at
 * one of them that was not read
 */
export function storesOf(
  reading: ReadingClient,
  stores: readonly TrustStore[],
  tree: ImageTree,
  configured: readonly ConfiguredStore[],
): ClientStores {
  const places = placesOf(reading, tree, configured)
  if (places.length === 0) return null
  const read = new Set<string>()
  for (const place of places) {
    const found = stores.filter(store => reads(reading, place, store.path))
    for (const { path } of found) read.add(path)
    const file = place === null ? null : tree.file(place)
    if (found.length === 0 && file !== null && (file.size > 0 || reading.ownRoots)) return null
  }
  return [...read]
}

/** Where a client looks, by real path (null: nothing is there): what the environment names, then its own places. */
function placesOf(
  reading: ReadingClient,
  tree: ImageTree,
  configured: readonly ConfiguredStore[],
): readonly (string | null)[] {
  const concerning = configured.filter(({ variable }) => concerns(variable, reading))
  const replaced = new Set(
    concerning.filter(({ variable }) => variable.replaces).map(({ variable }) => variable.kind),
  )
  const defaults = reading.stores.filter(path => !replaced.has(path.endsWith('/certs') ? 'folder' : 'file'))
  return [...concerning.map(({ path }) => path), ...defaults.map(path => tree.resolve(path))]
}

/** Does a client that is pointed at real path `place` read `store`? */
function reads({ client }: ReadingClient, place: string | null, store: string): boolean {
  // GnuTLS takes a folder as all files in it, the bundle among them (seen with Debian's git).
  const folder = store.slice(0, store.lastIndexOf('/'))
  return place === store || (client.library === 'GnuTLS' && place === folder)
}

function concerns(variable: StoreVariable, { client, stores, ownRoots }: ReadingClient): boolean {
  if (variable.programs.includes(client.program)) return true
  if (ownRoots || stores.length === 0 || variable.except.includes(client.program)) return false
  return client.library !== null && variable.libraries.includes(client.library)
}
