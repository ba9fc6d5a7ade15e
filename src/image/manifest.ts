import { parseInstant } from '../clock.ts'
import { JobError } from '../errors.ts'
import { limits } from '../limits.ts'
import type { RunConfig } from '../model.ts'
import { isDigest } from './digest.ts'
import { printable } from './path.ts'
import { parseReference } from './reference.ts'

/** `os/architecture[/variant]`: OCI image index spec, "platform". */
export interface Platform {
  readonly os: string
  readonly architecture: string
  readonly variant: string | null
}

/** What names a blob: OCI image spec, "Content Descriptors". */
export interface Descriptor {
  readonly mediaType: string | null
  readonly digest: string
  /** Null only where no descriptor was read: a reference by tag. */
  readonly size: number | null
  readonly platform: Platform | null
  readonly annotations: Readonly<Record<string, string>>
  /** It lies outside the registry (foreign, non-distributable). */
  readonly foreign: boolean
}

/** An image index, or Docker's manifest list. */
export interface Index {
  readonly kind: 'index'
  readonly manifests: readonly Descriptor[]
}

/** An image manifest: OCI's, or Docker's schema 2. */
export interface Manifest {
  readonly kind: 'manifest'
  /** What it is where it is no container image (a chart, a signature, …), in a few words; else null. */
  readonly artifact: string | null
  readonly config: Descriptor
  readonly layers: readonly Descriptor[]
  /** The image that it says it was built on; null where it says none. */
  readonly baseName: string | null
}

/** An image's configuration, as much of it as is used: OCI image spec, "Image Configuration". */
export interface ImageConfig {
  readonly platform: Platform
  /** What a container is started with. */
  readonly run: RunConfig
  readonly diffIds: readonly string[]
  /** `created_by` of the history entry of each layer; null where the history does not tell. */
  readonly createdBy: readonly (string | null)[]
}

type Json = { readonly [key: string]: unknown }

/** @throws JobError `malformed`, `limit` */
export function parseJson(bytes: Uint8Array, what: string): unknown {
  if (bytes.length > limits.manifestBytes) {
    throw new JobError('limit', `${what} has ${bytes.length} bytes, more than ${limits.manifestBytes}`)
  }
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'))
  } catch {
    throw new JobError('malformed', `${what} is no JSON; fetch or save the image again`)
  }
}

/**
 * Reads an index or a manifest. What it holds decides, not the media type, which is often wrong.
 * @param what the document's name in messages
 * @throws JobError `malformed`, `unsupported`, `limit`
 */
export function parseManifest(bytes: Uint8Array, what: string): Index | Manifest {
  const json = object(parseJson(bytes, what))
  if (!json) throw new JobError('malformed', `${what} is no image manifest`)
  if (Array.isArray(json.manifests)) {
    return { kind: 'index', manifests: json.manifests.map(one => descriptor(one, what)) }
  }
  if (Array.isArray(json.layers) && object(json.config)) {
    if (json.layers.length > limits.layers) {
      throw new JobError('limit', `${what} names ${json.layers.length} layers, more than ${limits.layers}`)
    }
    const config = descriptor(json.config, what)
    const layers = json.layers.map(one => descriptor(one, what))
    const baseName = baseNameOf(json.annotations)
    return { kind: 'manifest', artifact: artifactOf(json, config, layers), config, layers, baseName }
  }
  if (json.mediaType === 'application/vnd.oci.artifact.manifest.v1+json') {
    throw noImage(what, printable(string(json.artifactType) ?? 'an artifact', 100))
  }
  if (json.schemaVersion === 1) {
    throw new JobError(
      'unsupported',
      `${what} is of the old schema 1, which no current engine takes; push the image again with a newer one`,
    )
  }
  throw new JobError('unsupported', `${what} is neither an image manifest nor an index`)
}

/** @param artifact what it is instead */
export function noImage(what: string, artifact: string): JobError {
  return new JobError(
    'unsupported',
    `${what} names no container image: it is ${artifact}; scan the image itself`,
  )
}

/** What projects call their artifacts (OCI image spec, "Guidelines for Artifact Usage"; each project's own pages). */
const artifacts: readonly (readonly [RegExp, string])[] = [
  [/^application\/vnd\.cncf\.helm\./, 'a Helm chart'],
  [/^application\/vnd\.dev\.(?:cosign|sigstore)\./, 'a signature (cosign, Sigstore)'],
  [/^application\/vnd\.cncf\.notary\./, 'a signature (Notary)'],
  [/^application\/vnd\.in-toto/, 'an attestation (in-toto)'],
  [/^application\/(?:vnd\.cyclonedx|spdx)/, 'a list of components (SBOM)'],
  [/^application\/vnd\.wasm\./, 'a WebAssembly module'],
  [/^application\/vnd\.docker\.plugin\./, 'a plugin of Docker'],
  [/^application\/vnd\.buildkit\.cacheconfig\./, 'a build cache of BuildKit'],
  [/^application\/vnd\.docker\.ai\.|^application\/vnd\.cncf\.model\./, 'a model for machine learning'],
]

const imageConfigs = /^application\/vnd\.(?:oci\.image\.config|docker\.container\.image)\./

/** The media types tell what an artifact is, never what an image is: an image's bytes decide, its types may be wrong. */
function artifactOf(json: Json, config: Descriptor, layers: readonly Descriptor[]): string | null {
  const type = string(json.artifactType)
  const said = [type, config.mediaType, ...layers.map(layer => layer.mediaType)]
  for (const [pattern, name] of artifacts) if (said.some(one => one && pattern.test(one))) return name
  if (type) return `an artifact of the type ${printable(type, 100)}`
  const { mediaType } = config
  if (!mediaType || imageConfigs.test(mediaType) || /json$|octet-stream|^text\//.test(mediaType)) return null
  return `an artifact whose configuration is of the type ${printable(mediaType, 100)}`
}

function descriptor(value: unknown, what: string): Descriptor {
  const json = object(value)
  const size = json?.size
  if (
    !json ||
    !isDigest(json.digest) ||
    typeof size !== 'number' ||
    !Number.isSafeInteger(size) ||
    size < 0
  ) {
    throw new JobError('malformed', `${what} holds a descriptor without a valid digest and size`)
  }
  const platform = object(json.platform)
  const mediaType = string(json.mediaType)
  return {
    mediaType,
    digest: json.digest,
    size,
    platform: platform && platformOf(platform),
    annotations: strings(json.annotations),
    foreign:
      /\.foreign\.|nondistributable/.test(mediaType ?? '') ||
      (Array.isArray(json.urls) && json.urls.length > 0),
  }
}

/**
 * Reads the configuration of an image.
 * @throws JobError `malformed`; `unsupported` where it is no container image (a chart, a signature, an attestation)
 */
export function parseConfig(bytes: Uint8Array, what: string): ImageConfig {
  const json = object(parseJson(bytes, what))
  const diffIds = object(json?.rootfs)?.diff_ids
  if (!json || !Array.isArray(diffIds)) {
    throw new JobError(
      'unsupported',
      `${what} is no container image: its configuration names no root filesystem`,
    )
  }
  if (!diffIds.every(isDigest)) {
    throw new JobError('malformed', `${what}: the configuration holds a DiffID that is no digest`)
  }
  return {
    platform: platformOf(json),
    run: parseRunConfig(object(json.config), json.created),
    diffIds,
    createdBy: createdBy(json.history, diffIds.length),
  }
}

/** What an engine or a configuration says of how an image runs; the two write it in the same words. */
export function parseRunConfig(config: Json | null | undefined, created: unknown): RunConfig {
  const workdir = string(config?.WorkingDir)
  const triggers = Array.isArray(config?.OnBuild) ? config.OnBuild : []
  const onBuild = triggers.filter((one): one is string => typeof one === 'string')
  const baseName = baseNameOf(config?.Labels)
  const built = parseInstant(string(created) ?? '')
  return {
    user: string(config?.User) || null,
    env: parseEnv(config?.Env),
    ...(workdir && { workdir }),
    ...(onBuild.length > 0 && { onBuild }),
    ...(baseName !== null && { baseName }),
    ...(built !== null && { created: built }),
  }
}

/** What annotations or labels call the base (OCI image spec, "Annotations"); what is no reference is nothing. */
function baseNameOf(said: unknown): string | null {
  const name = string(object(said)?.['org.opencontainers.image.base.name'])
  try {
    return name ? parseReference(name).canonical : null
  } catch {
    return null
  }
}

/** `["PATH=/bin", …]` as a record; the last of equal names counts. */
export function parseEnv(env: unknown): Readonly<Record<string, string>> {
  if (!Array.isArray(env)) return {}
  const pairs = env
    .filter(one => typeof one === 'string')
    .map((one: string): [string, string] => {
      const equals = one.indexOf('=')
      return equals < 0 ? [one, ''] : [one.slice(0, equals), one.slice(equals + 1)]
    })
  return Object.fromEntries(pairs)
}

/** The history lines that made layers, in order: nothing is guessed where their number is another. */
function createdBy(history: unknown, layers: number): readonly (string | null)[] {
  const lines = (Array.isArray(history) ? history : [])
    .map(object)
    .filter(one => one && one.empty_layer !== true)
    .map(one => string(one?.created_by) || null)
  return lines.length === layers ? lines : new Array<null>(layers).fill(null)
}

function platformOf(json: Json): Platform {
  return {
    os: string(json.os) || 'unknown',
    architecture: string(json.architecture) || 'unknown',
    variant: string(json.variant) || null,
  }
}

/** `linux/arm64/v8`, control characters out; null where neither part is known. */
export function formatPlatform(platform: Platform): string | null {
  if (platform.os === 'unknown' && platform.architecture === 'unknown') return null
  return printable([platform.os, platform.architecture, platform.variant].filter(Boolean).join('/'))
}

function object(value: unknown): Json | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null
}

function string(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}

function strings(value: unknown): Readonly<Record<string, string>> {
  const json = object(value)
  return json
    ? Object.fromEntries(
        Object.entries(json).filter((pair): pair is [string, string] => typeof pair[1] === 'string'),
      )
    : {}
}
