/** What a remedy needs to know of the thing that it mends, whether it was read (image) or foretold (Dockerfile). */
import { rootByFingerprint, rootDer } from '../knowledge/roots.ts'
import { storeLayout } from '../knowledge/store-layouts.ts'
import type { StoreLayout } from '../knowledge/types.ts'
import { type Distribution, type ImageModel, isUnknown, type Root, type StoreFormat } from '../model.ts'
import type { DockerfileModel, TracedStage } from '../trace/state.ts'
import { type BundleEntry, bundleEntries, entryOf } from './bundle.ts'

export interface TargetStore {
  readonly path: string
  readonly aliases: readonly string[]
  readonly format: StoreFormat
  readonly roots: readonly Root[]
}

export interface Target {
  readonly kind: 'dockerfile' | 'image' | 'host'
  readonly distribution: Distribution | null
  readonly layout: StoreLayout | null
  /** Null where there is no such store, or its roots can't be told. */
  store(path: string): TargetStore | null
  /** The lines of ca-certificates.conf; null where there is none or it can't be told. */
  readonly conf: readonly string[] | null
  /** Is the tool that makes the bundle surely there? */
  readonly tool: boolean
  /** The certificates of the bundle as their text stands there; null where that can't be told. */
  bundle(store: TargetStore): readonly BundleEntry[] | null
  /** Is there surely no shell to run anything with? */
  readonly bare: boolean
  /** Apple's system, whose sed is BSD's. */
  readonly darwin: boolean
  /** Is this file, folder or link surely there? */
  exists(path: string): boolean
  /** The version of an installed package; null where it is not there, or nobody can tell. */
  packageVersion(name: string): string | null
}

export function targetOf(model: DockerfileModel | ImageModel): Target | null {
  return model.kind === 'dockerfile' ? ofDockerfile(model) : ofImage(model)
}

function ofImage(model: ImageModel): Target {
  const layout = layoutOf(model.distribution)
  const conf = layout?.conf == null ? null : model.files.read(layout.conf)
  return {
    kind: model.kind === 'host' ? 'host' : 'image',
    distribution: model.distribution,
    layout,
    store: path => model.stores.find(store => store.path === path) ?? null,
    conf: conf === null ? null : Buffer.from(conf).toString('utf8').split('\n'),
    tool: layout?.tool != null && toolFolders.some(folder => model.files.exists(`${folder}/${layout.tool}`)),
    bundle: ({ path }) => {
      const bytes = model.files.read(path)
      return bytes === null ? null : bundleEntries(bytes)
    },
    bare: false,
    darwin: isDarwin(model),
    exists: path => model.files.exists(path),
    packageVersion: name => model.packages.find(found => found.name === name)?.version ?? null,
  }
}

/** What every macOS has, and nothing else; a scan names no distribution there. */
const darwinMarker = '/System/Library/CoreServices/SystemVersion.plist'

function isDarwin({ platform, distribution, files }: ImageModel): boolean {
  return platform?.startsWith('darwin/') === true || (distribution === null && files.exists(darwinMarker))
}

const toolFolders = ['/usr/sbin', '/usr/bin', '/sbin', '/bin']

function ofDockerfile(model: DockerfileModel): Target | null {
  if (model.final === null) return null
  const { final: state, distribution } = model.final
  return {
    kind: 'dockerfile',
    distribution,
    layout: layoutOf(distribution),
    store: path => {
      const store = isUnknown(state.stores)
        ? undefined
        : state.stores.find(candidate => candidate.path === path)
      return store === undefined || isUnknown(store.roots) ? null : { ...store, roots: store.roots }
    },
    conf: isUnknown(state.conf) ? null : state.conf,
    tool: state.tool === true,
    bundle: ({ roots }) => {
      const entries: BundleEntry[] = []
      for (const { sha256 } of roots) {
        const known = rootByFingerprint(sha256)
        if (known === null) return null
        entries.push(entryOf(rootDer(known.index)))
      }
      return entries
    },
    // A root filesystem copied onto scratch brings its shell along.
    bare: distribution === null && isFromScratch(model, model.final),
    darwin: false,
    exists: () => false,
    packageVersion: () => null,
  }
}

/** Stages stand on earlier ones, so this ends. */
function isFromScratch(model: DockerfileModel, { base, index }: TracedStage): boolean {
  if (base.kind !== 'stage') return base.kind === 'scratch'
  const below = model.stages[base.index]
  return below !== undefined && below.index < index && isFromScratch(model, below)
}

function layoutOf(distribution: Distribution | null): StoreLayout | null {
  return distribution === null ? null : storeLayout(distribution.id)
}
