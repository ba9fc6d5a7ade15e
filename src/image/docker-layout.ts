import { JobError } from '../errors.ts'
import { limits } from '../limits.ts'
import type { Archive } from './archive.ts'
import { noImageArchive } from './archive.ts'
import { isDigest, verify } from './digest.ts'
import type { Layer, OpenedImage } from './facts.ts'
import { formatPlatform, parseConfig, parseJson } from './manifest.ts'
import type { OciOptions } from './oci-image.ts'
import { openOciLayout } from './oci-layout.ts'
import { printable } from './path.ts'
import { fits } from './platform.ts'

/** One image of `manifest.json`, as `docker save` writes it (moby, image/spec/v1.2, "Combined Image JSON + …"). */
interface SavedImage {
  readonly config: string
  readonly tags: readonly string[]
  readonly layers: readonly string[]
}

/**
 * Opens the images of what `docker save` writes: `manifest.json` names configuration and layers, in the old layout as
 * `<id>.json` and `<id>/layer.tar`, in that of newer engines as `blobs/sha256/…`. An archive that has only an OCI
 * `index.json` is opened as OCI layout.
 * @throws JobError `unsupported` where it is no image archive, `malformed`, `not-found` (no such platform)
 */
export async function openDockerLayout(archive: Archive, options: OciOptions): Promise<OpenedImage[]> {
  const bytes = await archive.document('manifest.json')
  if (!bytes) {
    if (await archive.document('index.json')) return openOciLayout(archive, options)
    throw noImageArchive(archive.name)
  }
  const saved = parseSaved(bytes, `manifest.json of ${archive.name}`)
  const images: OpenedImage[] = []
  for (const one of saved) images.push(await openSaved(archive, one, saved.length > 1, options))
  return choose(images, options)
}

async function openSaved(
  archive: Archive,
  saved: SavedImage,
  several: boolean,
  options: OciOptions,
): Promise<OpenedImage> {
  const tag = saved.tags[0]
  const reference = several && tag ? `${options.reference}:${printable(tag)}` : options.reference
  const what = `the configuration of ${reference}`
  const bytes = await archive.document(saved.config)
  if (!bytes) {
    throw new JobError(
      'malformed',
      `${archive.name} does not hold ${printable(saved.config)}, ${what}; save the image again`,
    )
  }
  // Both layouts name the configuration by its digest; other writers need not.
  verify(bytes, what, { size: null, digest: digestInName(saved.config) })
  const config = parseConfig(bytes, what)
  if (config.diffIds.length !== saved.layers.length) {
    throw new JobError(
      'malformed',
      `${reference}: manifest.json names ${saved.layers.length} layers, the configuration ${config.diffIds.length}; save the image again`,
    )
  }
  const layers = saved.layers.map((path, number): Layer => {
    const diffId = config.diffIds[number]!
    const digest = path.startsWith('blobs/') ? digestInName(path) : null
    const name = `layer ${number} of ${reference}`
    return {
      digest,
      diffId,
      mediaType: null,
      size: archive.size(path),
      createdBy: config.createdBy[number] ?? null,
      facts: (reader, read) => archive.layer(path, { digest, size: null, diffId }, name, reader, read),
    }
  })
  return {
    kind: 'image',
    source: options.source,
    reference,
    digest: null,
    platform: formatPlatform(config.platform),
    config: config.run,
    layers,
    unknowns: [],
    close: async () => {},
  }
}

/** `blobs/sha256/<hex>` or `<hex>.json`: the digest that the name says; null where it says none. */
function digestInName(path: string): string | null {
  const hex = /(?:^|\/)([0-9a-f]{64})(?:\.json)?$/.exec(path)?.[1]
  const digest = `sha256:${hex}`
  return isDigest(digest) ? digest : null
}

function choose(images: readonly OpenedImage[], options: OciOptions): OpenedImage[] {
  if (!options.wanted.strict) return [...images]
  const { os, architecture, variant } = options.wanted
  const fitting = images.filter(image => {
    const [has, architecture, variant] = (image.platform ?? '').split('/')
    return fits({ os: has ?? '', architecture: architecture ?? '', variant: variant ?? null }, options.wanted)
  })
  if (fitting.length > 0) return fitting
  const there = [...new Set(images.map(image => image.platform))].join(', ')
  const asked = [os, architecture, variant].filter(Boolean).join('/')
  throw new JobError('not-found', `${options.reference} has no image for ${asked}; it has ${there}`)
}

function parseSaved(bytes: Uint8Array, what: string): readonly SavedImage[] {
  const json = parseJson(bytes, what)
  const bad = () => new JobError('malformed', `${what} does not list images as docker save does`)
  if (!Array.isArray(json) || json.length === 0) throw bad()
  return json.map((one: unknown): SavedImage => {
    const { Config, RepoTags, Layers } = (one ?? {}) as Record<string, unknown>
    if (typeof Config !== 'string' || !isStrings(Layers)) throw bad()
    if (Layers.length > limits.layers) {
      throw new JobError('limit', `${what} names ${Layers.length} layers, more than ${limits.layers}`)
    }
    return { config: Config, tags: isStrings(RepoTags) ? RepoTags : [], layers: Layers }
  })
}

function isStrings(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(one => typeof one === 'string')
}
