import type { FoundCertificate, ImageFile, ImageTree } from '../image/facts.ts'
import { limits } from '../limits.ts'
import {
  type Day,
  type Distribution,
  type FileAccess,
  isUnknown,
  type Match,
  type Maybe,
  type PlainCertificate,
  type Root,
  type StoreDifference,
  type TrustStore,
  type UnknownEntry,
  unknown,
} from '../model.ts'
import { accessTo } from './access.ts'
import { brokenEntry } from './broken.ts'
import { type Certificate, readCertificate } from './certificate.ts'
import type { ReadingClient } from './clients.ts'
import { type ClientStores, configuredStores, consumersOf, storesOf } from './consumers.ts'
import type { ContainedCertificate, Contents } from './containers/container.ts'
import { containerOf } from './containers/index.ts'
import { type FormatContext, type StoreDraft, storeFormats } from './formats/index.ts'
import { passwordsOf } from './java-options.ts'
import { commonName } from './names.ts'
import type { InstalledPackage, InstalledPackages } from './packages/index.ts'
import { rootLayers } from './root-layers.ts'
import { anchorSourceOf, anchorSources, knownStores } from './store-paths.ts'

/** What only the built-in facts can tell, handed in: trust/ does not import them. */
export interface TrustNaming {
  /** The newest public name of a root, or null. */
  rootName(sha256: string): string | null
  /** The last day of public updates of a distribution's line, or null. */
  endOfLife(id: string, version: string | null): Day | null
  /** The release that a set of roots is, or is nearest to. */
  match(fingerprints: ReadonlySet<string>, hints: ReleaseHints): NamedRelease
}

export interface NamedRelease {
  readonly release: string | null
  readonly match: Match
  /** Fingerprints of the release's roots that are not in the set; where it is `nearest`. */
  readonly missing?: readonly string[]
  /** Fingerprints of the set that the release lacks; where it is `nearest`. */
  readonly extra?: readonly string[]
}

export interface ReleaseHints {
  /** Real path of the store. */
  readonly path: string
  /** The distribution's id. */
  readonly distribution: string | undefined
  /** The distribution's version. */
  readonly version: string | null
  /** Full version of the package that owns the store, or that its tool made it from. */
  readonly packageVersion: string | null
}

export interface StoreContext {
  readonly naming: TrustNaming
  readonly clients: readonly ReadingClient[]
  readonly distribution: Distribution | null
  readonly packages: InstalledPackages
  readonly env: Readonly<Record<string, string>>
  /** `created_by` of each layer, the lowest first; null where layers mean nothing (a folder, a host). */
  readonly layers: readonly { readonly createdBy: string | null }[] | null
}

export interface FoundStores {
  /** Sorted by path. */
  readonly stores: readonly TrustStore[]
  /** What is neither in a store nor in an anchor source, sorted by path. */
  readonly certificates: readonly PlainCertificate[]
  readonly unknowns: readonly UnknownEntry[]
  /** Which stores each of the context's clients reads, in their order. */
  readonly read: readonly ClientStores[]
}

/** Tells the stores of an image from anchor sources and from certificates that merely lie there. */
export function findStores(tree: ImageTree, context: StoreContext): FoundStores {
  const unknowns: UnknownEntry[] = []
  const claimed = new Set<string>()
  const drafts: StoreDraft[] = []
  const configured = configuredStores(tree, context.env)
  const contentsOf = contentsCache(passwordsOf(context.env))
  const formatContext: FormatContext = {
    certificateOf: certificateCache(),
    contentsOf,
    foundIn: file => contentsOf(file)?.certificates ?? file.found,
    configured: new Set(configured.flatMap(({ path }) => path ?? [])),
  }
  for (const format of storeFormats) {
    const reading = format.read(tree, formatContext, claimed)
    drafts.push(...reading.stores)
    unknowns.push(...reading.unknowns)
    for (const path of reading.claimed) claimed.add(path)
  }
  const anchors = anchorFolders(tree, formatContext)
  const aliases = aliasesOf(tree, new Set(drafts.map(({ path }) => path)))
  const stores = drafts
    .map(draft =>
      finish(
        draft,
        context,
        aliases(draft),
        anchors,
        consumersOf(draft.path, tree, context.clients, configured),
        rootLayers(tree, draft.path, formatContext),
        accessTo(tree, draft.path),
      ),
    )
    .sort((a, b) => compare(a.path, b.path))
  const fed = new Set(stores.flatMap(({ sources }) => sources))
  const certificates: PlainCertificate[] = []
  for (const file of tree.files()) {
    const anchor = anchorSourceOf(file.path)
    const broken: string[] = []
    if (anchor && isNoCertificate(file, formatContext)) broken.push('it is neither PEM nor DER')
    for (const [found, certificate] of distinct(file, formatContext)) {
      // A store tells its own, but for those that it says are no anchors.
      if (claimed.has(file.path) && isTold(found)) continue
      if (isUnknown(certificate)) {
        if (anchor || (found.der && !found.embedded)) broken.push(certificate.unknown)
      } else if (!anchor || !fed.has(anchor.folder)) certificates.push(plain(certificate, file, context))
    }
    if (broken.length > 0) unknowns.push(brokenEntry(file, broken))
    if (certificates.length > limits.certificatesPerImage) {
      const why = `there are more than ${limits.certificatesPerImage}`
      unknowns.push({ what: 'the other certificates of the image', why, location: {} })
      break
    }
  }
  const read = context.clients.map(client => storesOf(client, stores, tree, configured))
  return { stores, certificates, unknowns, read }
}

/** Is it one of the roots of the store that its file is? */
function isTold(found: FoundCertificate): boolean {
  return found.rejected === undefined && (found as Partial<ContainedCertificate>).anchor !== false
}

/** A file that an anchor folder's tool takes by its name, and finds nothing in. */
function isNoCertificate(file: ImageFile, context: FormatContext): boolean {
  if (!file.content || file.size === 0 || !/\.(?:crt|cer|der|pem)$/.test(file.path)) return false
  return context.foundIn(file).length === 0
}

function finish(
  draft: StoreDraft,
  context: StoreContext,
  aliases: readonly string[],
  anchors: ReadonlySet<string>,
  readers: readonly string[],
  layerOf: (sha256: string, layer: number) => number,
  access: readonly FileAccess[],
): TrustStore {
  const { path, format, layer, broken = [] } = draft
  const paths = [path, ...aliases]
  const sources = anchorSources
    .filter(({ folder, feeds }) => anchors.has(folder) && feeds.some(store => paths.includes(store)))
    .map(({ folder }) => folder)
    .sort()
  const owner = packageOf(path, format === 'hashed-dir', sources.length > 0 || systemPaths.has(path), context)
  const roots = draft.roots.map(({ certificate, layer, alias }) => ({
    ...rootOf(certificate, context, layerOf(certificate.sha256, layer)),
    ...(alias !== undefined && { alias }),
  }))
  const named = context.naming.match(new Set(draft.roots.map(({ certificate }) => certificate.sha256)), {
    path,
    distribution: context.distribution?.id,
    version: context.distribution?.version ?? null,
    packageVersion: owner?.version ?? null,
  })
  const differs = differenceOf(named, roots, context.naming)
  return {
    path,
    aliases,
    sources,
    format,
    consumers: [...new Set([...draft.consumers, ...readers])].sort(),
    layer: context.layers ? layer : null,
    createdBy: context.layers?.[layer]?.createdBy ?? null,
    release: named.release,
    match: named.match,
    ...(differs && { differs }),
    roots,
    ...(owner && { package: { name: owner.name, version: owner.version, manager: owner.manager } }),
    ...(broken.length > 0 && { broken }),
    ...(access.length > 0 && { access }),
  }
}

function differenceOf(
  { match, missing = [], extra = [] }: NamedRelease,
  roots: readonly Root[],
  naming: TrustNaming,
): StoreDifference | null {
  if (match !== 'nearest') return null
  const own = new Map(roots.map(({ sha256, name }) => [sha256, name]))
  const named = (fingerprints: readonly string[]) =>
    fingerprints
      .map(sha256 => ({ sha256, name: own.get(sha256) ?? naming.rootName(sha256) ?? sha256 }))
      .sort((a, b) => compare(a.name, b.name) || compare(a.sha256, b.sha256))
  return { missing: named(missing), extra: named(extra) }
}

const systemPaths: ReadonlySet<string> = new Set(knownStores.map(({ path }) => path))

/** The package that brought a store: its owner, or the distribution's where a tool generates it. */
function packageOf(
  path: string,
  isFolder: boolean,
  generated: boolean,
  { packages }: StoreContext,
): InstalledPackage | null {
  const made = generated ? packages.byName('ca-certificates') : null
  // A folder belongs to every package that puts something into it.
  return isFolder ? made : (packages.ownerOf(path) ?? made)
}

function rootOf(certificate: Certificate, { naming, layers }: StoreContext, layer: number): Root {
  return {
    sha256: certificate.sha256,
    name: naming.rootName(certificate.sha256) ?? commonName(certificate.subject),
    notBefore: certificate.notBefore,
    notAfter: certificate.notAfter,
    der: certificate.der,
    ...(layers ? { layer } : {}),
    certificate: {
      subject: certificate.subject.text,
      key: certificate.key.text,
      ca: certificate.ca,
    },
  }
}

function plain(certificate: Certificate, file: ImageFile, { layers }: StoreContext): PlainCertificate {
  return {
    path: file.path,
    sha256: certificate.sha256,
    subject: certificate.subject.text,
    notAfter: certificate.notAfter,
    layer: layers ? file.layer : null,
  }
}

/** Most images hold the same roots several times: each is read once. */
function certificateCache(): FormatContext['certificateOf'] {
  const cache = new Map<string, Maybe<Certificate>>()
  return found => {
    if (!found.der || !found.sha256) return unknown(found.problem ?? 'it can not be read')
    let certificate = cache.get(found.sha256)
    if (!certificate) {
      certificate = readCertificate(found.der)
      cache.set(found.sha256, certificate)
    }
    return certificate
  }
}

/** Rounds of key derivation for all keystores of an image: some seconds. */
const keyDerivations = 16_000_000
/** Certificates of all files of an image that are no PEM: each of many keystores may hold the most that one may. */
const containedCertificates = 20_000

const tooManyContained: Contents = {
  certificates: [],
  problems: [
    `the keystores of this image hold more than ${containedCertificates} certificates: it was not read`,
  ],
}

function contentsCache(passwords: readonly string[]): FormatContext['contentsOf'] {
  const cache = new WeakMap<Uint8Array, Contents | null>()
  const work = { left: keyDerivations }
  let held = 0
  return ({ path, content }) => {
    if (!content) return null
    let contents = cache.get(content)
    if (contents === undefined) {
      const container = containerOf(path.slice(1), content)
      contents = container?.read(content, { passwords, work }) ?? null
      held += contents?.certificates.length ?? 0
      if (contents && held > containedCertificates) contents = tooManyContained
      cache.set(content, contents)
    }
    return contents
  }
}

/** The certificates of a file, each once. */
function* distinct(
  file: ImageFile,
  context: FormatContext,
): Iterable<[FoundCertificate, Maybe<Certificate>]> {
  const seen = new Set<string>()
  for (const found of context.foundIn(file)) {
    if (found.sha256 && seen.has(found.sha256)) continue
    if (found.sha256) seen.add(found.sha256)
    yield [found, context.certificateOf(found)]
  }
}

/** The anchor sources in which a certificate lies. */
function anchorFolders(tree: ImageTree, context: FormatContext): ReadonlySet<string> {
  const folders = new Set<string>()
  for (const file of tree.files()) {
    const source = anchorSourceOf(file.path)
    if (source && context.foundIn(file).length > 0) folders.add(source.folder)
  }
  return folders
}

/** The paths that lead to a store by links: every link to it, and the known places that a linked folder leads to. */
/** Links that lead nowhere near a store are passed over: an image may be made of them. */
function aliasesOf(tree: ImageTree, stores: ReadonlySet<string>): (store: StoreDraft) => readonly string[] {
  const leading = new Map<string, Set<string>>()
  const add = (path: string, target: string | null) => {
    if (!target || target === path || !stores.has(target)) return
    const paths = leading.get(target) ?? new Set()
    leading.set(target, paths.add(path))
  }
  // Each link of the image is followed: not for nothing.
  if (stores.size > 0) for (const { path, target } of tree.links()) add(path, target)
  for (const { path } of knownStores) add(path, tree.resolve(path))
  return ({ path }) => [...(leading.get(path) ?? [])].sort()
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
