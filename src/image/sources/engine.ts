import { readFile } from 'node:fs/promises'
import type { DockerOptions } from 'dockerode'
import { JobError, oneLine } from '../../errors.ts'
import { limits } from '../../limits.ts'
import type { RunConfig } from '../../model.ts'
import { StreamArchive } from '../archive-stream.ts'
import { isDigest } from '../digest.ts'
import { openDockerLayout } from '../docker-layout.ts'
import {
  askForImage,
  dockerKind,
  type Endpoint,
  type EngineKind,
  endpointOf,
  explain,
  podmanKind,
} from '../engine-socket.ts'
import type { ContentReader, DocumentCache, Layer, OpenedImage, ReadOptions } from '../facts.ts'
import { withIdleLimit } from '../idle.ts'
import { formatPlatform, type Platform, parseRunConfig } from '../manifest.ts'
import { printable } from '../path.ts'
import { fits, type WantedPlatform, wantedPlatform } from '../platform.ts'
import { parseReference } from '../reference.ts'
import type { OpenOptions, Source } from '../source.ts'

/** An engine may write the whole image to its own disk before it sends the first byte. */
const PREPARE_MS = 10 * 60_000

export const docker: Source = engine(dockerKind)
export const podman: Source = engine(podmanKind)

function engine(kind: EngineKind): Source {
  return {
    id: kind.id,
    open: async (name, options, forced) => {
      const reference = referenceOf(name, forced)
      try {
        return await openFromEngine(kind, name, reference, options, forced)
      } catch (error) {
        // Nobody asked for the engine: one that is broken is as good as none.
        if (forced || !(error instanceof JobError) || error.code === 'aborted') throw error
        return null
      }
    },
  }
}

/** The canonical name; an image's id as it is, where the engine was named. */
function referenceOf(name: string, forced: boolean): string {
  return forced && /^(?:sha256:)?[0-9a-f]{12,64}$/.test(name) ? name : parseReference(name).canonical
}

async function openFromEngine(
  kind: EngineKind,
  name: string,
  reference: string,
  options: OpenOptions,
  forced: boolean,
): Promise<OpenedImage[] | null> {
  const endpoint = endpointOf(kind, options.env ?? {})
  if (!endpoint) {
    if (!forced) return null
    throw new JobError('unreachable', `${kind.title}'s socket is not there: ${kind.start}`)
  }
  if (options.offline && 'host' in endpoint) {
    throw new JobError(
      'unreachable',
      `${kind.title} at ${endpoint.host} is not asked: --offline allows sockets alone`,
    )
  }
  const where = 'host' in endpoint ? `${endpoint.host}:${endpoint.port}` : endpoint.socketPath
  const idleMs = options.idleMs ?? limits.idleMs
  const answer =
    'host' in endpoint
      ? await inspect(kind, endpoint, name, options)
      : await askForImage(kind, endpoint.socketPath, name, idleMs)
  if (answer === null) return null
  const image = readAnswer(answer, `${kind.title} at ${where}`)
  const wanted = wantedPlatform(options.platform)
  if (!suits(image.platform, wanted)) {
    if (!forced) return null
    throw new JobError(
      'not-found',
      `${kind.title} has ${printable(reference)} for ${formatPlatform(image.platform)} only; pull it with --platform, or say registry:${printable(name)}`,
    )
  }
  const stream = async (signal?: AbortSignal) => {
    const client = await connect(endpoint, options)
    const body = await client.getImage(image.id).get().catch(fail(kind, where))
    return withIdleLimit(
      body as AsyncIterable<Uint8Array>,
      `${kind.title} at ${where}`,
      idleMs,
      PREPARE_MS,
      signal,
    )
  }
  return [opened(kind, reference, image, wanted, stream, where, options.documents)]
}

function suits(platform: Platform, wanted: WantedPlatform): boolean {
  return wanted.strict ? fits(platform, wanted) : platform.os !== 'windows'
}

/** What an engine says of an image (`GET /images/NAME/json`, Docker Engine API). */
interface EngineImage {
  readonly id: string
  readonly platform: Platform
  readonly run: RunConfig
  readonly diffIds: readonly string[]
}

function readAnswer(answer: unknown, who: string): EngineImage {
  const json = (answer ?? {}) as Record<string, unknown>
  const config = (json.Config ?? {}) as Record<string, unknown>
  const layers = ((json.RootFS ?? {}) as Record<string, unknown>).Layers
  const text = (value: unknown) => (typeof value === 'string' ? value : '')
  if (!text(json.Id) || !Array.isArray(layers) || !layers.every(isDigest)) {
    throw new JobError(
      'malformed',
      `${who} describes the image in a way that is not understood; save it and scan the file`,
    )
  }
  return {
    id: text(json.Id),
    platform: {
      os: text(json.Os) || 'unknown',
      architecture: text(json.Architecture) || 'unknown',
      variant: text(json.Variant) || null,
    },
    run: parseRunConfig(config, json.Created),
    diffIds: layers,
  }
}

/**
 * The image as the engine described it. Its bytes come as one archive for all layers: the first layer that is read
 * reads them all, and what then arrives must be what was described.
 */
function opened(
  kind: EngineKind,
  reference: string,
  image: EngineImage,
  wanted: WantedPlatform,
  stream: (signal?: AbortSignal) => Promise<AsyncIterable<Uint8Array>>,
  where: string,
  documents: DocumentCache | undefined,
): OpenedImage {
  // The history comes with the bytes: where it is not known, they are read whatever is known of the layers.
  let history = keptHistory(image, documents)
  let pass: Promise<OpenedImage> | null = null
  const read = async (reader: ContentReader, options: ReadOptions) => {
    const archive = await StreamArchive.read(
      `${kind.title}'s ${reference}`,
      await stream(options.signal),
      reader,
      options,
    ).catch(fail(kind, where))
    const layout = { source: kind.id, reference, wanted: { ...wanted, strict: false }, allPlatforms: false }
    const images = await openDockerLayout(archive, layout)
    const same = images.find(one => one.layers.map(layer => layer.diffId).join() === image.diffIds.join())
    if (!same) {
      throw new JobError(
        'digest-mismatch',
        `${kind.title} sent another image than the ${reference} that it described; try again`,
      )
    }
    history = same.layers.map(({ createdBy }) => createdBy)
    documents?.write(historyKey(image), Buffer.from(JSON.stringify(history)))
    return same
  }
  const layers = image.diffIds.map(
    (diffId, number): Layer => ({
      digest: null,
      diffId,
      mediaType: null,
      size: null,
      uncached: history === null,
      get createdBy() {
        return history?.[number] ?? null
      },
      facts: async (reader, options) => {
        pass ??= read(reader, options)
        return (await pass).layers[number]!.facts(reader, options)
      },
    }),
  )
  return {
    kind: 'image',
    source: kind.id,
    reference,
    digest: null,
    platform: formatPlatform(image.platform),
    config: image.run,
    layers,
    unknowns: [],
    close: async () => {},
  }
}

const historyKey = ({ id }: EngineImage) => `the history of the engine's ${id}`

/** The history lines of the layers, from when the image was read last; an engine names an image by its content. */
function keptHistory(
  image: EngineImage,
  documents: DocumentCache | undefined,
): readonly (string | null)[] | null {
  const kept = documents?.read(historyKey(image))
  return kept ? JSON.parse(Buffer.from(kept).toString()) : null
}

async function inspect(
  kind: EngineKind,
  endpoint: Extract<Endpoint, { host: string }>,
  name: string,
  options: OpenOptions,
): Promise<unknown> {
  const client = await connect(endpoint, options)
  try {
    return await client.getImage(name).inspect()
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode === 404) return null
    throw explain(kind, `${endpoint.host}:${endpoint.port}`, error)
  }
}

/** Loads dockerode, which is large: only where an image is really read from an engine. */
async function connect(endpoint: Endpoint, options: OpenOptions) {
  const { default: Docker } = await import('dockerode')
  if ('socketPath' in endpoint) return new Docker({ socketPath: endpoint.socketPath })
  const { host, port, tls } = endpoint
  const plain: DockerOptions = { host, port, protocol: tls ? 'https' : 'http' }
  return new Docker(tls ? { ...plain, ...(await certificates(options)) } : plain)
}

/** The client's certificate, as Docker's own client finds it (docs.docker.com, "Protect the Docker daemon socket"). */
async function certificates(options: OpenOptions): Promise<DockerOptions> {
  const env = options.env ?? {}
  const folder = env.DOCKER_CERT_PATH ?? (env.HOME && `${env.HOME}/.docker`)
  if (!folder) return {}
  try {
    const [ca, cert, key] = await Promise.all(
      ['ca.pem', 'cert.pem', 'key.pem'].map(name => readFile(`${folder}/${name}`)),
    )
    return { ca: ca!, cert: cert!, key: key! }
  } catch (error) {
    throw new JobError(
      'unreadable',
      `the certificates for DOCKER_HOST can't be read: ${oneLine(error)}; set DOCKER_CERT_PATH`,
    )
  }
}

function fail(kind: EngineKind, where: string): (error: unknown) => never {
  return error => {
    throw explain(kind, where, error)
  }
}
