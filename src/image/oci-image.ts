import { JobError } from '../errors.ts'
import { limits } from '../limits.ts'
import type { ContentReader, Layer, LayerFacts, LayerUnknown, OpenedImage, ReadOptions } from './facts.ts'
import {
  type Descriptor,
  formatPlatform,
  type ImageConfig,
  type Index,
  type Manifest,
  noImage,
  parseConfig,
  parseManifest,
} from './manifest.ts'
import { choosePlatform, fits, type WantedPlatform } from './platform.ts'

/** Where the blobs of images lie: a registry, a folder, an archive. */
export interface BlobStore {
  /** The bytes of an index or a manifest, verified. */
  manifest(descriptor: Descriptor, what: string): Promise<Uint8Array>
  /** The bytes of a small blob (a configuration), verified. */
  document(descriptor: Descriptor, what: string): Promise<Uint8Array>
  /** The facts of a layer, verified. */
  layer(
    descriptor: Descriptor,
    diffId: string,
    what: string,
    reader: ContentReader,
    options: ReadOptions,
  ): Promise<LayerFacts>
  close(): Promise<void>
}

/** Which of several images is meant, and what they are called. */
export interface OciOptions {
  /** The source's id. */
  readonly source: string
  /** Canonical reference, or path as typed. */
  readonly reference: string
  readonly wanted: WantedPlatform
  readonly allPlatforms: boolean
}

/**
 * Opens what a descriptor names: one image, or of an index (nested ones too) the image for the platform that is
 * wanted, or all of them.
 * @param known the first document, where the caller has read it already
 * @throws JobError `not-found` (no such platform), `unsupported` (no container image), `malformed`, `limit`, and what
 *   the store throws
 */
export async function openOciImages(
  store: BlobStore,
  descriptor: Descriptor,
  options: OciOptions,
  known?: Index | Manifest,
): Promise<OpenedImage[]> {
  const what = options.reference
  const budget = { documents: limits.documentBytes }
  const found = await resolve(store, descriptor, options, 0, budget, known)
  const all = options.allPlatforms ? found : found.filter(one => fits(one.config.platform, options.wanted))
  if (all.length > 0) {
    const meant = options.allPlatforms ? all : all.slice(0, 1)
    const shared = closedWithTheLast(store, meant.length)
    return meant.map(one => openManifest(shared, one, options))
  }
  const other = found.find(one => one.config.platform.os !== 'windows') ?? found[0]
  if (!other) throw new JobError('not-found', `${what} names no image at all; build or push it again`)
  const { os, architecture } = options.wanted
  const platform = formatPlatform(other.config.platform) ?? 'an unknown platform'
  if (options.wanted.strict) {
    throw new JobError('not-found', `${what} has no image for ${os}/${architecture}; it is for ${platform}`)
  }
  if (other.config.platform.os === 'windows') {
    throw new JobError('unsupported', `${what} is a Windows image (${platform}); only others can be read`)
  }
  return [openManifest(store, other, options)]
}

/** Several images read from one store: it is closed when all of them are. */
function closedWithTheLast(store: BlobStore, images: number): BlobStore {
  let open = images
  const close = async () => {
    if (--open === 0) await store.close()
  }
  return { manifest: store.manifest, document: store.document, layer: store.layer, close }
}

interface Resolved {
  readonly digest: string
  readonly manifest: Manifest
  readonly config: ImageConfig
}

async function resolve(
  store: BlobStore,
  descriptor: Descriptor,
  options: OciOptions,
  depth: number,
  budget: { documents: number },
  known?: Index | Manifest,
): Promise<readonly Resolved[]> {
  const what = `${depth === 0 ? 'the manifest' : `manifest ${descriptor.digest}`} of ${options.reference}`
  if (depth > limits.indexDepth) {
    throw new JobError('limit', `${options.reference}: indexes nested more than ${limits.indexDepth} deep`)
  }
  const spend = (bytes: Uint8Array) => {
    budget.documents -= bytes.length
    if (budget.documents >= 0) return bytes
    throw new JobError(
      'limit',
      `${options.reference}: its manifests have more than ${limits.documentBytes} bytes together; choose one with --platform`,
    )
  }
  const document = known ?? parseManifest(spend(await store.manifest(descriptor, what)), what)
  if (document.kind === 'index') {
    const chosen = choosePlatform(document.manifests, options.wanted, options.allPlatforms, options.reference)
    const found: Resolved[] = []
    let other: unknown
    for (const one of chosen) {
      try {
        found.push(...(await resolve(store, one, options, depth + 1, budget)))
      } catch (error) {
        // Charts, signatures and the like may stand beside images.
        if (!(error instanceof JobError) || error.code !== 'unsupported') throw error
        other ??= error
      }
    }
    if (found.length === 0 && other) throw other
    return found
  }
  if (document.artifact !== null) throw noImage(what, document.artifact)
  const configName = `the configuration of ${options.reference}`
  const config = parseConfig(spend(await store.document(document.config, configName)), configName)
  if (config.diffIds.length !== document.layers.length) {
    throw new JobError(
      'malformed',
      `${options.reference}: the manifest names ${document.layers.length} layers, the configuration ${config.diffIds.length}; push the image again`,
    )
  }
  return [{ digest: descriptor.digest, manifest: document, config }]
}

function openManifest(
  store: BlobStore,
  { digest, manifest, config }: Resolved,
  options: OciOptions,
): OpenedImage {
  const unknowns: LayerUnknown[] = []
  const layers = manifest.layers.map((descriptor, number): Layer => {
    const what = `layer ${number} of ${options.reference}`
    const diffId = config.diffIds[number]!
    const common = {
      digest: descriptor.digest,
      diffId,
      mediaType: descriptor.mediaType,
      size: descriptor.size,
      createdBy: config.createdBy[number] ?? null,
    }
    if (descriptor.foreign) {
      const why = 'a foreign layer, which lies outside the registry, is not fetched'
      unknowns.push({ what, why, code: 'unsupported' })
      const facts = async () => ({ diffId: null, entries: [], whiteouts: [], opaque: [] })
      return { ...common, uncached: true, facts }
    }
    return { ...common, facts: (reader, read) => store.layer(descriptor, diffId, what, reader, read) }
  })
  return {
    kind: 'image',
    source: options.source,
    reference: options.reference,
    digest,
    platform: formatPlatform(config.platform),
    // The manifest is written last, and anew for each image: a label may come from the base itself.
    config: manifest.baseName === null ? config.run : { ...config.run, baseName: manifest.baseName },
    layers,
    unknowns,
    close: () => store.close(),
  }
}
