/** Applies steps to the model of an image: what the image would be after them. */

import { lookupImage } from '../knowledge/base-images.ts'
import { endOfLife } from '../knowledge/lifecycles.ts'
import { releasesOf } from '../knowledge/release-list.ts'
import { newestRelease } from '../knowledge/releases.ts'
import { rootByFingerprint } from '../knowledge/roots.ts'
import { storeLayout } from '../knowledge/store-layouts.ts'
import { tlsLibrariesOf } from '../knowledge/tls-libraries.ts'
import type { StoreLayout } from '../knowledge/types.ts'
import {
  type Client,
  type Distribution,
  type ImageModel,
  isUnknown,
  type Root,
  type TrustStore,
} from '../model.ts'
import { isBroughtBy, systemStorePaths } from '../questions/line.ts'
import { rootsOf } from '../questions/roots.ts'
import { madeByTrust } from './blocklist.ts'
import { bundleEntries, holdersOf } from './bundle.ts'
import { aliasOf } from './keystore.ts'
import { takesNewest } from './pip.ts'
import type { Step } from './plan.ts'

/** The model after all steps; null where one of them leads to something that knowledge can't tell. */
export function applyToImage(model: ImageModel, steps: readonly Step[]): ImageModel | null {
  let now: ImageModel | null = model
  for (const step of steps) {
    if (now === null) return null
    now = applyStep(now, step)
  }
  return now
}

function applyStep(model: ImageModel, step: Step): ImageModel | null {
  switch (step.kind) {
    case 'set-base':
      return rebased(model, step.to)
    case 'conf-delete':
    case 'conf-deselect':
      return withoutNames(model, step.names)
    case 'run-tool':
      // The edit of the conf has been carried to the store already: the tool is what carries it.
      return model
    case 'bundle-delete':
      return withoutFragments(model, step.path, step.fragments)
    case 'backup':
      return model
    case 'write-certificate':
      return withoutCertificate(model, step.pem)
    case 'keystore-delete':
      return withoutAliases(model, step.path, step.aliases)
    case 'link':
      return linked(model, step.path, step.to)
    case 'pip-upgrade':
      return withNewestCertifi(model, step)
    case 'install-package':
      return withNewest(model, step.names)
    case 'copy-store':
    case 'edit-text':
      return null
  }
}

/** The tool makes the distribution's own stores anew: they alone lose the roots. */
function withoutNames(model: ImageModel, names: readonly string[]): ImageModel | null {
  const layout = layoutOf(model)
  if (layout === null) return null
  const gone = new Set(names)
  return withStores(
    model,
    path => madeByTool(layout, path),
    roots => roots.filter(({ sha256 }) => !gone.has(rootByFingerprint(sha256)?.file ?? '')),
  )
}

/** The RHEL family's tool makes all its stores anew: none of them holds what its folder forbids. */
function withoutCertificate(model: ImageModel, pem: readonly string[]): ImageModel | null {
  const layout = layoutOf(model)
  if (layout === null) return null
  const [entry] = bundleEntries(Buffer.from(pem.join('\n')))
  const own = systemStorePaths(layout)
  return withStores(
    model,
    path => own.includes(path) || madeByTrust([path]),
    roots => roots.filter(({ sha256 }) => sha256 !== entry?.sha256),
  )
}

function withoutAliases(model: ImageModel, path: string, aliases: readonly string[]): ImageModel | null {
  const store = model.stores.find(candidate => candidate.path === path)
  if (store === undefined) return null
  // Entries without a name were told by the file that they were made of.
  const gone = new Set(aliases)
  const named = (root: Root) => gone.has(aliasOf(path, root) ?? '')
  return withStores(
    model,
    at => at === path,
    roots => roots.filter(root => !named(root)),
  )
}

/** The file gives way to a link: its readers read the other store. */
function linked(model: ImageModel, path: string, to: string): ImageModel | null {
  const from = model.stores.find(store => store.path === path)
  const target = model.stores.find(store => [store.path, ...store.aliases].includes(to))
  if (from === undefined || target === undefined || from === target) return null
  const joined: TrustStore = {
    ...target,
    aliases: [...new Set([...target.aliases, ...from.aliases, path])].sort(),
    consumers: [...new Set([...target.consumers, ...from.consumers])].sort(),
  }
  return {
    ...model,
    stores: model.stores.flatMap(store => (store === from ? [] : [store === target ? joined : store])),
  }
}

function withNewestCertifi(
  model: ImageModel,
  { name, python, path }: Extract<Step, { kind: 'pip-upgrade' }>,
): ImageModel | null {
  // Which certifi the newest pip carries, nobody here knows.
  if (name !== 'certifi' || !takesNewest(python)) return null
  const newest = releasesOf('certifi').findLast(({ roots }) => roots !== null)
  const roots = newest === undefined ? null : rootsOf(newest)
  return roots === null
    ? null
    : withStores(
        model,
        at => at === path,
        () => roots,
      )
}

function withoutFragments(model: ImageModel, path: string, fragments: readonly string[]): ImageModel | null {
  const bytes = model.files.read(path)
  if (bytes === null) return null
  const entries = bundleEntries(bytes)
  const gone = new Set(fragments.flatMap(fragment => holdersOf(entries, fragment)))
  return withStores(
    model,
    at => at === path,
    roots => roots.filter(({ sha256 }) => !gone.has(sha256)),
  )
}

/** The newest packages of the line are in place: the stores that they bring hold their roots. */
function withNewest(model: ImageModel, names: readonly string[]): ImageModel | null {
  const layout = layoutOf(model)
  const { distribution } = model
  if (layout === null || distribution?.version == null) return null
  const newest = newestRelease(distribution.id, distribution.version)
  const roots = newest === null ? null : rootsOf(newest)
  if (newest === null || roots === null) return null
  const own = (path: string) => systemStorePaths(layout).includes(path)
  if (!model.stores.some(isStore(own))) {
    const store = storeOf(layout.bundle, layout.aliases, newest.id, roots)
    return {
      ...model,
      stores: [...model.stores, { ...store, consumers: model.clients.map(({ program }) => program) }],
    }
  }
  const brought = new Set(
    model.stores.filter(store => isStore(own)(store) && isBroughtBy(names, layout, store)),
  )
  return { ...model, stores: model.stores.map(store => (brought.has(store) ? { ...store, roots } : store)) }
}

/** The bundle and the folder around it; Alpine's plain cert.pem is no work of the tool. */
export function madeByTool(layout: StoreLayout, path: string): boolean {
  return systemStorePaths(layout).includes(path) && !layout.aliases.includes(path)
}

function withStores(
  model: ImageModel,
  which: (path: string) => boolean,
  change: (roots: readonly Root[]) => readonly Root[],
): ImageModel | null {
  const is = isStore(which)
  if (!model.stores.some(is)) return null
  return {
    ...model,
    stores: model.stores.map(store => (is(store) ? { ...store, roots: change(store.roots) } : store)),
  }
}

function isStore(which: (path: string) => boolean): (store: TrustStore) => boolean {
  return store => [store.path, ...store.aliases].some(which)
}

/**
 * The same image on another base: the base's stores and TLS libraries in place of the present ones. Stores at other
 * paths are the image's own and stay.
 */
function rebased(model: ImageModel, to: string): ImageModel | null {
  const base = lookupImage(to)
  if (isUnknown(base) || base.distribution === null || isUnknown(base.stores)) return null
  const distribution: Distribution = {
    id: base.distribution.id,
    version: base.distribution.version,
    endOfLife:
      base.distribution.version === null ? null : endOfLife(base.distribution.id, base.distribution.version),
  }
  const stores: TrustStore[] = []
  for (const { path, aliases, release } of base.stores) {
    const roots = release === null ? null : rootsOf(release)
    if (roots === null) return null
    const was = model.stores.find(store => store.path === path || store.aliases.includes(path))
    stores.push({ ...storeOf(path, aliases, release?.id ?? null, roots), consumers: was?.consumers ?? [] })
  }
  const layout = layoutOf(model)
  const replaced = new Set([
    ...(layout === null ? [] : systemStorePaths(layout)),
    ...stores.flatMap(store => [store.path, ...store.aliases]),
  ])
  const kept = model.stores.filter(store => ![store.path, ...store.aliases].some(path => replaced.has(path)))
  return {
    ...model,
    distribution,
    stores: [...stores, ...kept],
    clients: model.clients.map(onBase(distribution)),
  }
}

/** A client with the TLS library of the new base; unknown where knowledge has none of that name there. */
function onBase(distribution: Distribution): (client: Client) => Client {
  const facts = distribution.version === null ? [] : tlsLibrariesOf(distribution.id, distribution.version)
  return client => {
    const fact = facts.find(({ library }) => library === client.library)
    return {
      ...client,
      libraryVersion: fact?.version.split(' ')[0] ?? null,
      build: fact ? distribution.id : client.build,
    }
  }
}

function storeOf(
  path: string,
  aliases: readonly string[],
  release: string | null,
  roots: readonly Root[],
): TrustStore {
  return {
    path,
    aliases,
    sources: [],
    format: 'pem-bundle',
    consumers: [],
    layer: null,
    createdBy: null,
    release,
    match: release === null ? 'unknown' : 'exact',
    roots,
  }
}

function layoutOf(model: ImageModel): StoreLayout | null {
  return model.distribution === null ? null : storeLayout(model.distribution.id)
}
