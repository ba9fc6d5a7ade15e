/** What a stage begins with where its base image was really read. */
import { formatDay } from '../clock.ts'
import { PersistentMap } from '../dockerfile/persistent-map.ts'
import type { BaseImage, Release } from '../knowledge/types.ts'
import type { ImageModel, Maybe, Root, TrustStore } from '../model.ts'
import { isUnknown, unknown } from '../model.ts'
import { imageFields } from './base.ts'
import type { Content } from './content.ts'
import { distinct, rootsOf, textContent } from './content.ts'
import { emptyFields, type Fields, type FileNode } from './fields.ts'
import type { Session } from './machine.ts'
import { BUNDLES } from './paths.ts'
import type { StoreOrigin, TracedStore } from './state.ts'

/** An image that was read, as the trace needs it. */
export interface ScannedImage extends Pick<ImageModel, 'distribution' | 'stores' | 'config'> {
  readonly packages: readonly string[]
  /** Its lines; null: not there. */
  readonly conf: Maybe<readonly string[] | null>
  /** `update-ca-certificates` or `update-ca-trust`. */
  readonly tool: boolean
  /** The packaged certificates, by the names that conf has for them, as their files hold them (null: too large to be one). */
  readonly packaged: ReadonlyMap<string, Uint8Array | null>
  /** The release of the packaged certificates; null: none that knowledge has. */
  readonly release: Release | null
  /** The administrators' own anchors by path. */
  readonly anchors: ReadonlyMap<string, Uint8Array | null>
  /** Something of its layers could not be read: why. */
  readonly partial: string | null
}

/**
 * @param official what knowledge has of the tag; it tells since when the tag is frozen
 * @param line the line of FROM (or COPY) that names it
 */
export function scannedFields(
  session: Session,
  reference: string,
  image: ScannedImage,
  official: BaseImage | null,
  line: number,
): Fields {
  const told = official ? imageFields(session, reference, official, line) : null
  const { distribution, config } = image
  const layout = distribution ? session.knowledge.storeLayout(distribution.id) : null
  const frozen = frozenSince(reference, image, official)
  const twins = new Map(told && !isUnknown(told.stores) ? told.stores.map(store => [store.path, store]) : [])
  const origin: StoreOrigin = { kind: 'base', reference, frozen, line }
  const systems = image.stores.filter(store => isSystemStore(store))
  const stores = systems.map(store => tracedStore(session, store, twins.get(store.path), origin))
  const files = filesOf(session, image, systems)
  const main = layout && stores.find(({ path, aliases }) => [path, ...aliases].includes(layout.bundle))
  return {
    ...emptyFields(),
    stores: image.partial === null ? stores : unknown(image.partial),
    conf: image.conf,
    tool: image.tool,
    env: PersistentMap.from(Object.entries(config.env)),
    user: config.user,
    packages: PersistentMap.from(image.packages.map(name => [name, true] as const)),
    layout,
    distribution: distribution && lineOf(distribution, told?.distribution ?? null),
    packaged: packagedOf(session, image, layout?.conf === null ? (main ?? null) : null),
    files,
    workdir: config.workdir ?? '/',
    bare: false,
  }
}

/** `3.11` rather than `3.11.13` where knowledge counts so: one Dockerfile is told in the same words either way. */
function lineOf(
  { id, version }: NonNullable<ScannedImage['distribution']>,
  told: Fields['distribution'],
): Fields['distribution'] {
  const same = told?.id === id && told.version !== null && `${version}.`.startsWith(`${told.version}.`)
  return same ? told : { id, version }
}

/** A tag that was dropped is frozen since then, a digest since it was built; a tag of others may move tomorrow. */
function frozenSince(reference: string, image: ScannedImage, official: BaseImage | null): string | null {
  if (reference.includes('@')) {
    const { created } = image.config
    // Builders that repeat themselves write the epoch, or the year 1980.
    return created === undefined || created < Date.UTC(2000, 0) ? null : formatDay(created)
  }
  const days = [official?.until, official?.baseUntil].filter(day => typeof day === 'string').sort()
  return days[0] ?? null
}

/** A bundle that the system's TLS libraries read: what the trace follows. Folders of links are made together with it. */
function isSystemStore({ path, aliases, format }: TrustStore): boolean {
  return format === 'pem-bundle' && [path, ...aliases].some(name => BUNDLES.has(name))
}

function tracedStore(
  session: Session,
  store: TrustStore,
  twin: TracedStore | undefined,
  origin: StoreOrigin,
): TracedStore {
  const roots = distinct(store.roots.map(root => rootOf(session, root)))
  const { path, aliases, sources, format, release, match } = store
  // Where knowledge says the same, its words (the order of the roots, the release) are kept.
  if (twin && sameRoots(twin.roots, roots)) return { ...twin, aliases, sources, origin }
  return { path, aliases, sources, format, release, match, roots, origin }
}

function sameRoots(told: TracedStore['roots'], roots: readonly Root[]): boolean {
  if (isUnknown(told) || told.length !== roots.length) return false
  const here = new Set(roots.map(({ sha256 }) => sha256))
  return told.every(({ sha256 }) => here.has(sha256))
}

function rootOf(session: Session, { sha256, name, notBefore, notAfter }: Root): Root {
  const known = session.knowledge.rootBySha256(sha256)
  return known ? session.catalogue.byIndex(known.index) : { sha256, name, notBefore, notAfter }
}

/** Bundles that are no store of the system, and anchors: what may be copied from here, and what a refresh takes. */
function filesOf(session: Session, image: ScannedImage, systems: readonly TrustStore[]): Fields['files'] {
  const files: [string, FileNode][] = []
  for (const store of image.stores) {
    if (systems.includes(store) || store.format !== 'pem-bundle') continue
    const roots = store.roots.map(root => rootOf(session, root))
    const { release, match } = store
    const content: Content = { kind: 'bundle', roots, release, match, origin: null }
    for (const path of [store.path, ...store.aliases]) files.push([path, { kind: 'file', content }])
  }
  for (const [path, bytes] of image.anchors) files.push([path, { kind: 'file', content: contentOf(bytes) }])
  return PersistentMap.from(files)
}

/**
 * What the tool makes the store of beside the anchors: the packaged files; where the family keeps them in another form,
 * what the store holds and no anchor brought.
 * @param made the store, where the tool makes it of such another form
 */
function packagedOf(session: Session, image: ScannedImage, made: TracedStore | null): Fields['packaged'] {
  const files = new Map<string, readonly Root[]>()
  for (const [name, bytes] of image.packaged) {
    const roots = rootsOf(contentOf(bytes), session.catalogue)
    if (isUnknown(roots)) return unknown(`a packaged certificate of the base image: ${roots.unknown}`)
    files.set(name, roots)
  }
  if (made) {
    if (isUnknown(made.roots)) return unknown(made.roots.unknown)
    const own = new Set<string>()
    for (const bytes of image.anchors.values()) {
      const roots = rootsOf(contentOf(bytes), session.catalogue)
      if (isUnknown(roots)) return unknown(`an anchor of the base image: ${roots.unknown}`)
      for (const { sha256 } of roots) own.add(sha256)
    }
    files.set(
      made.path,
      made.roots.filter(({ sha256 }) => !own.has(sha256)),
    )
  }
  return files.size > 0 ? { release: image.release, files } : null
}

function contentOf(bytes: Uint8Array | null): Content {
  return bytes === null
    ? unknown('it was not read in the base image')
    : textContent(Buffer.from(bytes).toString('latin1'))
}
