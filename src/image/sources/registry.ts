import { readFile } from 'node:fs/promises'
import { JobError, oneLine } from '../../errors.ts'
import { limits } from '../../limits.ts'
import { isDigest, sha256, verify } from '../digest.ts'
import type { DocumentCache } from '../facts.ts'
import { readLayer } from '../layer-facts.ts'
import { type Descriptor, parseManifest } from '../manifest.ts'
import { type BlobStore, openOciImages } from '../oci-image.ts'
import { printable } from '../path.ts'
import { wantedPlatform } from '../platform.ts'
import { type ImageReference, parseReference } from '../reference.ts'
import { RegistryClient } from '../registry/client.ts'
import type { OpenOptions, Source } from '../source.ts'

/** A registry that speaks the OCI distribution API. */
export const registry: Source = {
  id: 'registry',
  open: async (name, options) => {
    const reference = parseReference(name)
    const { documents } = options
    const pinned = reference.digest === null ? null : (documents?.read(reference.digest) ?? null)
    if (options.offline && pinned === null) throw notAsked(reference.canonical)
    const wanted = wantedPlatform(options.platform)
    const client = await registryClient(reference, options)
    try {
      const what = `the manifest of ${reference.canonical}`
      const { bytes, digest: stated } =
        pinned === null
          ? await client.manifest(reference.digest ?? reference.tag!, what)
          : { bytes: pinned, digest: null }
      const digest = reference.digest ?? (isDigest(stated) ? stated : sha256(bytes))
      verify(bytes, what, { digest, size: null })
      if (documents && pinned === null && documents.read(digest) === null) documents.write(digest, bytes)
      const root: Descriptor = {
        mediaType: null,
        digest,
        size: bytes.length,
        platform: null,
        annotations: {},
        foreign: false,
      }
      const named = {
        source: 'registry',
        reference: reference.canonical,
        wanted,
        allPlatforms: options.allPlatforms ?? false,
      }
      const blobs = options.offline ? unasked(reference.canonical) : store(client)
      const known = documents ? remembered(blobs, documents) : blobs
      return await openOciImages(known, root, named, parseManifest(bytes, what))
    } catch (error) {
      client.close()
      throw error
    }
  },
}

/** A client for one repository. @param scope as {@link RegistryClient} takes it */
export async function registryClient(
  reference: ImageReference,
  options: Omit<OpenOptions, 'reader'>,
  scope?: string,
): Promise<RegistryClient> {
  const { authfile, signal, connections } = options
  return new RegistryClient(reference, {
    plainHttp: options.plainHttp ?? [],
    ca: options.caFile ? await readCa(options.caFile) : null,
    env: options.env ?? {},
    idleMs: options.idleMs ?? limits.idleMs,
    strangers: options.strangers ?? false,
    ...(authfile && { authfile }),
    ...(signal && { signal }),
    ...(connections && { connections }),
    ...(scope && { scope }),
  })
}

function notAsked(name: string): JobError {
  return new JobError(
    'unreachable',
    `${name} is not asked for: --offline allows no registry; save it to a file and scan that`,
  )
}

/** Where nothing may be asked for: all that is wanted must be known. */
function unasked(name: string): BlobStore {
  const refuse = async () => {
    throw notAsked(name)
  }
  return { manifest: refuse, document: refuse, layer: refuse, close: async () => {} }
}

/** Documents that are known by their digest are not asked for again. */
function remembered(store: BlobStore, known: DocumentCache): BlobStore {
  const through =
    (ask: BlobStore['manifest']): BlobStore['manifest'] =>
    async (descriptor, what) => {
      const { digest, size } = descriptor
      const kept = known.read(digest)
      if (kept) {
        verify(kept, what, { digest, size })
        return kept
      }
      const bytes = await ask(descriptor, what)
      known.write(digest, bytes)
      return bytes
    }
  return { ...store, manifest: through(store.manifest), document: through(store.document) }
}

function store(client: RegistryClient): BlobStore {
  return {
    async manifest({ digest, size }, what) {
      const { bytes } = await client.manifest(digest, what)
      verify(bytes, what, { digest, size })
      return bytes
    },
    async document({ digest, size }, what) {
      if (size !== null && size > limits.manifestBytes) {
        throw new JobError('limit', `${what} has ${size} bytes, more than ${limits.manifestBytes}`)
      }
      const chunks: Uint8Array[] = []
      let bytes = 0
      for await (const chunk of client.blob(digest, what)) {
        bytes += chunk.length
        if (bytes > limits.manifestBytes) {
          throw new JobError('limit', `${what} has more than ${limits.manifestBytes} bytes`)
        }
        chunks.push(chunk)
      }
      const whole = Buffer.concat(chunks)
      verify(whole, what, { digest, size })
      return whole
    },
    layer: ({ digest, size }, diffId, what, reader, options) =>
      readLayer(what, client.blob(digest, what, options.signal), { digest, size, diffId }, reader, options),
    close: async () => client.close(),
  }
}

async function readCa(path: string): Promise<string> {
  try {
    const text = await readFile(path, 'utf8')
    if (text.includes('-----BEGIN CERTIFICATE-----')) return text
  } catch (error) {
    throw new JobError('unreadable', `--ca-file ${printable(path)} can't be read: ${oneLine(error)}`)
  }
  throw new JobError('usage', `--ca-file ${printable(path)} holds no PEM certificate`)
}
