/** The whole of what the trace knows at one point, immutable, and how two ways of getting there are joined. */
import { PersistentMap } from '../dockerfile/persistent-map.ts'
import type { Release, StoreLayout } from '../knowledge/types.ts'
import { isUnknown, type Location, type Maybe, type Root, unknown } from '../model.ts'
import type { Content } from './content.ts'
import type { TracedStore, TrustState } from './state.ts'

/** A file, link or folder that the Dockerfile itself made. */
export type FileNode =
  | { readonly kind: 'file'; readonly content: Content }
  | { readonly kind: 'link'; readonly target: string }
  | { readonly kind: 'absent' }

/** A folder of the build context that was copied whole: its files are looked up when they are asked for. */
export interface Tree {
  readonly at: string
  /** The folder of the context. */
  readonly source: string
  /** What `--exclude` keeps out, by its path in that folder. */
  readonly excludes?: (path: string) => boolean
}

/** What the store's package laid down in the packaged folder. */
export interface Packaged {
  readonly release: Release | null
  /** Roots by the name that conf has for them: `mozilla/AddTrust_External_Root.crt`. */
  readonly files: ReadonlyMap<string, readonly Root[]>
}

export interface Fields {
  readonly stores: Maybe<readonly TracedStore[]>
  readonly conf: Maybe<readonly string[] | null>
  readonly tool: Maybe<boolean>
  readonly env: PersistentMap<string, Maybe<string>>
  readonly user: Maybe<string | null>
  readonly shell: readonly string[]
  readonly packages: Maybe<PersistentMap<string, true>>
  readonly layout: StoreLayout | null
  readonly distribution: { readonly id: string; readonly version: string | null } | null
  /** Null: surely none. */
  readonly packaged: Maybe<Packaged | null>
  readonly files: PersistentMap<string, FileNode>
  readonly trees: readonly Tree[]
  /** ARG values of the stage, which RUN sees beside ENV. */
  readonly args: PersistentMap<string, Maybe<string>>
  /** Absolute. */
  readonly workdir: Maybe<string>
  /** Packages of an `apk add --virtual NAME`. */
  readonly virtuals: PersistentMap<string, readonly string[]>
  /** Of a package that only virtual packages asked for: which. */
  readonly holders: PersistentMap<string, readonly string[]>
  /** Packages that came along with others, and go with an autoremove. */
  readonly automatic: PersistentMap<string, true>
  /** Surely nothing is installed or can be run: an image from scratch. */
  readonly bare: boolean
  /** apt is configured not to install what is merely recommended. */
  readonly noRecommends: boolean
  /** Certificates that the Dockerfile put into a folder of anchors, by their path. */
  readonly anchors: PersistentMap<string, AnchorMark>
  /** Facts that are true from some point on: `keystore`, `opened`, `configured:npm`. */
  readonly notes: PersistentMap<string, true>
}

export interface AnchorMark {
  readonly location: Location
  readonly refreshed: boolean
  readonly doubtful: boolean
}

export function emptyFields(): Fields {
  return {
    stores: [],
    conf: null,
    tool: false,
    env: PersistentMap.empty(),
    user: null,
    shell: ['/bin/sh', '-c'],
    packages: PersistentMap.empty(),
    layout: null,
    distribution: null,
    packaged: null,
    files: PersistentMap.empty(),
    trees: [],
    args: PersistentMap.empty(),
    workdir: '/',
    virtuals: PersistentMap.empty(),
    holders: PersistentMap.empty(),
    automatic: PersistentMap.empty(),
    bare: true,
    noRecommends: false,
    anchors: PersistentMap.empty(),
    notes: PersistentMap.empty(),
  }
}

const views = new WeakMap<Fields, TrustState>()

/** What the rules see of it. */
export function trustState(fields: Fields): TrustState {
  let view = views.get(fields)
  if (!view) {
    const { stores, conf, tool, env, user, shell, packages } = fields
    view = {
      stores,
      conf,
      tool,
      env,
      user,
      shell,
      packages: isUnknown(packages) ? packages : namesOf(packages),
    }
    views.set(fields, view)
  }
  return view
}

const sets = new WeakMap<PersistentMap<string, true>, ReadonlySet<string>>()

function namesOf(packages: PersistentMap<string, true>): ReadonlySet<string> {
  let set = sets.get(packages)
  if (!set) {
    set = new PackageNames(packages)
    sets.set(packages, set)
  }
  return set
}

/** The keys of a persistent map as a set, not copied. */
class PackageNames implements ReadonlySet<string> {
  readonly #map: PersistentMap<string, true>
  constructor(map: PersistentMap<string, true>) {
    this.#map = map
  }
  get size(): number {
    return this.#map.size
  }
  has(name: string): boolean {
    return this.#map.has(name)
  }
  forEach(call: (value: string, key: string, set: ReadonlySet<string>) => void): void {
    for (const name of this.#map.keys()) call(name, name, this)
  }
  *entries(): SetIterator<[string, string]> {
    for (const name of this.#map.keys()) yield [name, name]
  }
  keys(): SetIterator<string> {
    return this.#map.keys()
  }
  values(): SetIterator<string> {
    return this.#map.keys()
  }
  [Symbol.iterator](): SetIterator<string> {
    return this.#map.keys()
  }
}

const WHY = 'it depends on a condition in the Dockerfile'

/** The state after one of two ways, it can't be told which: what differs is unknown. */
export function joinFields(a: Fields, b: Fields): Fields {
  if (a === b) return a
  return {
    ...a,
    stores: joinStores(a.stores, b.stores),
    conf: sameLines(a.conf, b.conf) ? a.conf : unknown(WHY),
    tool: sameOr(a.tool, b.tool),
    packages: joinPackages(a.packages, b.packages),
    packaged: samePackaged(a.packaged, b.packaged) ? a.packaged : unknown(WHY),
    files: joinFiles(a.files, b.files),
    virtuals: a.virtuals,
    holders: a.holders,
    automatic: a.automatic,
    noRecommends: a.noRecommends && b.noRecommends,
    anchors: joinAnchors(a.anchors, b.anchors),
    notes: joinNotes(a.notes, b.notes),
  }
}

function sameOr<T>(a: Maybe<T>, b: Maybe<T>): Maybe<T> {
  if (isUnknown(a)) return a
  if (isUnknown(b)) return b
  return a === b ? a : unknown(WHY)
}

function sameLines(a: Fields['conf'], b: Fields['conf']): boolean {
  if (a === b) return true
  if (isUnknown(a) || isUnknown(b) || a === null || b === null) return false
  return a.length === b.length && a.every((line, index) => line === b[index])
}

/** What is installed on both ways is; a package of the store that is on one alone leaves the whole unknown. */
function joinPackages(a: Fields['packages'], b: Fields['packages']): Fields['packages'] {
  if (a === b) return a
  if (isUnknown(a)) return a
  if (isUnknown(b)) return b
  const lost = [...[...a.keys()].filter(name => !b.has(name)), ...[...b.keys()].filter(name => !a.has(name))]
  if (lost.some(name => name.startsWith('ca-certificates'))) return unknown(WHY)
  let both = a
  for (const name of lost) if (a.has(name)) both = both.without(name)
  return both
}

function samePackaged(a: Fields['packaged'], b: Fields['packaged']): boolean {
  if (a === b) return true
  if (isUnknown(a) || isUnknown(b) || a === null || b === null) return false
  return a.release?.id === b.release?.id && a.files.size === b.files.size
}

function joinStores(a: Fields['stores'], b: Fields['stores']): Fields['stores'] {
  if (a === b || isUnknown(a)) return a
  if (isUnknown(b)) return b
  const other = new Map(b.map(store => [store.path, store]))
  if (a.length !== b.length || a.some(store => !other.has(store.path))) return unknown(WHY)
  return a.map(store => {
    const twin = other.get(store.path)!
    return store === twin || sameRoots(store, twin)
      ? store
      : { ...store, roots: unknown(WHY), match: 'unknown' }
  })
}

function sameRoots(a: TracedStore, b: TracedStore): boolean {
  if (a.roots === b.roots) return true
  if (isUnknown(a.roots) || isUnknown(b.roots) || a.roots.length !== b.roots.length) return false
  const other = new Set(b.roots.map(root => root.sha256))
  return a.roots.every(root => other.has(root.sha256))
}

/** What happened to an anchor on one way only is doubtful. */
function joinAnchors(a: Fields['anchors'], b: Fields['anchors']): Fields['anchors'] {
  if (a === b) return a
  let joined = a
  for (const [path, mark] of b) {
    const twin = a.get(path)
    if (twin === mark) continue
    const same = twin?.refreshed === mark.refreshed && twin.doubtful === mark.doubtful
    if (!same) joined = joined.with(path, { ...mark, doubtful: true })
  }
  for (const [path, mark] of a) if (!b.has(path)) joined = joined.with(path, { ...mark, doubtful: true })
  return joined
}

function joinNotes(a: Fields['notes'], b: Fields['notes']): Fields['notes'] {
  if (a === b) return a
  let joined = a
  for (const [name] of b) if (!joined.has(name)) joined = joined.with(name, true)
  return joined
}

function joinFiles(a: Fields['files'], b: Fields['files']): Fields['files'] {
  if (a === b) return a
  let joined = a
  for (const [path, node] of b) {
    const twin = a.get(path)
    if (twin !== node && !sameNode(twin, node))
      joined = joined.with(path, { kind: 'file', content: unknown(WHY) })
  }
  for (const [path] of a)
    if (!b.has(path)) joined = joined.with(path, { kind: 'file', content: unknown(WHY) })
  return joined
}

function sameNode(a: FileNode | undefined, b: FileNode): boolean {
  if (!a || a.kind !== b.kind) return false
  if (a.kind === 'absent') return true
  if (a.kind === 'link') return b.kind === 'link' && a.target === b.target
  if (b.kind !== 'file' || isUnknown(a.content) || isUnknown(b.content)) return false
  return a.content.kind === 'text' && b.content.kind === 'text' && a.content.text === b.content.text
}
