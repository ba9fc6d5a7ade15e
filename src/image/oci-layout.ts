import { JobError } from '../errors.ts'
import type { Archive } from './archive.ts'
import { verify } from './digest.ts'
import type { OpenedImage } from './facts.ts'
import { type Descriptor, parseManifest } from './manifest.ts'
import { type BlobStore, type OciOptions, openOciImages } from './oci-image.ts'
import { printable } from './path.ts'

/** OCI image layout spec, "Blobs": `blobs/sha256/<hex>`. */
function blobPath(digest: string): string {
  return `blobs/${digest.replace(':', '/')}`
}

/** The blobs of an OCI image layout, whatever holds it. */
export function layoutStore(archive: Archive): BlobStore {
  const document = async (descriptor: Descriptor, what: string) => {
    const bytes = await archive.document(blobPath(descriptor.digest))
    if (!bytes) {
      throw new JobError(
        'malformed',
        `${archive.name} does not hold ${what} (${descriptor.digest}); copy the image again, whole`,
      )
    }
    verify(bytes, what, descriptor)
    return bytes
  }
  return {
    manifest: document,
    document,
    layer: ({ digest, size }, diffId, what, reader, options) =>
      archive.layer(blobPath(digest), { digest, size, diffId }, what, reader, options),
    close: async () => {},
  }
}

/** `skopeo` and `buildah` write what an image is called here (OCI image spec, "Pre-Defined Annotation Keys"). */
const NAME = 'org.opencontainers.image.ref.name'

/**
 * Opens the images of an OCI image layout: the entries of `index.json` that bear one name are one image for several
 * platforms, entries of different names are different images.
 * @throws JobError `malformed` where it is no layout, and as {@link openOciImages}
 */
export async function openOciLayout(archive: Archive, options: OciOptions): Promise<OpenedImage[]> {
  const what = `index.json of ${archive.name}`
  const bytes = await archive.document('index.json')
  if (!bytes) {
    throw new JobError('malformed', `${archive.name} is no OCI image layout: it holds no index.json`)
  }
  const index = parseManifest(bytes, what)
  if (index.kind !== 'index' || index.manifests.length === 0) {
    throw new JobError('malformed', `${what} names no image`)
  }
  const groups = new Map<string, Descriptor[]>()
  for (const one of index.manifests) {
    const name = one.annotations[NAME] ?? ''
    groups.set(name, [...(groups.get(name) ?? []), one])
  }
  const store = layoutStore(archive)
  const images: OpenedImage[] = []
  for (const [name, manifests] of groups) {
    const reference = groups.size > 1 && name ? `${options.reference}:${printable(name)}` : options.reference
    const known = manifests.length > 1 ? { kind: 'index' as const, manifests } : undefined
    images.push(...(await openOciImages(store, manifests[0]!, { ...options, reference }, known)))
  }
  return images
}
