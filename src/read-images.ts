/** From a name as typed to the models of its images: opened, streamed, stacked, read. */
import { JobError } from './errors.ts'
import type { SharedLayers } from './fleet/shared-layers.ts'
import { readTree } from './image/read-image.ts'
import { type OpenOptions, openImages } from './image/source.ts'
import { endOfLife } from './knowledge/lifecycles.ts'
import { matchRelease } from './knowledge/releases.ts'
import { rootByFingerprint, rootByIndex } from './knowledge/roots.ts'
import type { ImageModel } from './model.ts'
import type { ScanProgress } from './progress.ts'
import { buildImageModel, type TrustNaming } from './trust/model.ts'
import { trustReader } from './trust/reader.ts'

export interface ReadSettings {
  readonly open: Omit<OpenOptions, 'reader'>
  /** Layers that this image has in common with others of the run; absent: it is the only one. */
  readonly shared?: SharedLayers
  readonly onProgress?: (state: ScanProgress) => void
}

/**
 * The images that one name stands for: one, or several with `allPlatforms`. One that can't be read is its error.
 * @param target what it is called in the progress
 * @param name what is opened
 * @throws JobError where the name leads to none; what is thrown for an abort
 */
export async function* readImages(
  target: string,
  { open, shared, onProgress }: ReadSettings,
  name = target,
): AsyncGenerator<ImageModel | JobError> {
  const images = await openImages(name, {
    ...open,
    reader: trustReader,
    onProgress: bytes => onProgress?.({ target, layers: 0, done: 0, bytes }),
  })
  for (const image of images) {
    try {
      const tree = await readTree(shared?.share(image) ?? image, trustReader, {
        ...(open.signal ? { signal: open.signal } : {}),
        ...(open.layers ? { layers: open.layers } : {}),
        ...(open.workers ? { workers: open.workers } : {}),
        onProgress: (bytes, done) => onProgress?.({ target, layers: image.layers.length, done, bytes }),
      })
      const layers = image.kind === 'image' ? { layers: image.layers.map(({ diffId }) => diffId) } : {}
      yield { ...buildImageModel(image, tree, naming), ...layers }
    } catch (error) {
      if (!(error instanceof JobError) || error.code === 'aborted') throw error
      yield error
    } finally {
      await image.close()
    }
  }
}

/** What trust/ needs of knowledge, handed in so that it need not import it. */
export const naming: TrustNaming = {
  rootName: sha256 => rootByFingerprint(sha256)?.name ?? null,
  endOfLife: (id, version) => (version === null ? null : endOfLife(id, version)),
  match(fingerprints, hints) {
    const { release, match, missing } = matchRelease(fingerprints, hints)
    if (match !== 'nearest' || release === null) return { release: release?.id ?? null, match }
    const own = new Set(release.roots?.map(index => rootByIndex(index).sha256))
    return {
      release: release.id,
      match,
      missing: missing.map(index => rootByIndex(index).sha256),
      // Its own list is of known roots alone; a stranger's matters more.
      extra: [...fingerprints].filter(sha256 => !own.has(sha256)),
    }
  },
}
