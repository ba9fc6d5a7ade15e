/**
 * Images made in code, byte-stable: a test says in a few lines which layers it needs, and writes them in any of the
 * forms that images come in. Tars are packed by tar-stream, never by imgtrust's own code.
 */
import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { type Header, pack } from 'tar-stream'

/** What a path in a layer is: a file's content, or an object for everything else. */
export type LayerItem =
  | string
  | Uint8Array
  | { readonly link: string }
  | { readonly hardlink: string }
  | { readonly dir: true; readonly mode?: number }
  | { readonly whiteout: true }
  | { readonly opaque: true }
  | {
      readonly file: string | Uint8Array
      readonly mode?: number
      readonly uid?: number
      readonly gid?: number
    }
  | { readonly device: 'character-device' | 'block-device' | 'fifo' }

/** Path to item, in the order of the tar. A list of pairs where a path comes twice. */
export type LayerFiles = Readonly<Record<string, LayerItem>> | readonly (readonly [string, LayerItem])[]

export type Packing = 'gzip' | 'zstd' | 'none'

export interface LayerSpec {
  readonly files?: LayerFiles
  /** A ready tar, instead of `files`. */
  readonly tar?: Uint8Array
  readonly packing?: Packing
  /** The tar as somebody else has packed it; `packing` says how. */
  readonly blob?: Uint8Array
  readonly createdBy?: string
}

export interface ImageSpec {
  /** The lowest first. */
  readonly layers: readonly LayerSpec[]
  readonly user?: string
  readonly env?: readonly string[]
  readonly workdir?: string
  readonly onBuild?: readonly string[]
  readonly created?: string
  /** `linux/amd64` */
  readonly platform?: string
  readonly mediaTypes?: 'oci' | 'docker'
}

export interface BuiltImage {
  /** All blobs by digest: manifest, config, layers. */
  readonly blobs: ReadonlyMap<string, Buffer>
  readonly manifest: { readonly digest: string; readonly bytes: Buffer; readonly mediaType: string }
  readonly config: { readonly digest: string; readonly bytes: Buffer }
  readonly layers: readonly {
    readonly digest: string
    readonly diffId: string
    readonly tar: Buffer
    readonly blob: Buffer
  }[]
  readonly platform: string
}

export function sha256Of(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}

/** One tar header of tar-stream with its content. */
export type RawEntry = readonly [
  header: Partial<Header> & Pick<Header, 'name'>,
  content?: string | Uint8Array | undefined,
]

/** Packs headers as they are said: for what {@link LayerFiles} can't say. */
export async function packTar(entries: readonly RawEntry[]): Promise<Buffer> {
  const packer = pack()
  const chunks: Buffer[] = []
  const done = (async () => {
    for await (const chunk of packer) chunks.push(chunk as Buffer)
  })()
  for (const [header, content] of entries) {
    const whole = {
      mtime: new Date(0),
      mode: header.type === 'directory' ? 0o755 : 0o644,
      uid: 0,
      gid: 0,
      ...header,
    }
    if (content === undefined) packer.entry(whole)
    else packer.entry(whole, Buffer.from(content as string))
  }
  packer.finalize()
  await done
  return Buffer.concat(chunks)
}

/** A layer's tar. */
export function layerTar(files: LayerFiles): Promise<Buffer> {
  const pairs = Array.isArray(files)
    ? (files as readonly (readonly [string, LayerItem])[])
    : Object.entries(files)
  return packTar(pairs.map(([path, item]) => entryOf(path, item)))
}

function entryOf(path: string, item: LayerItem): RawEntry {
  if (typeof item === 'string' || item instanceof Uint8Array) return [{ name: path }, item]
  if ('file' in item) {
    const { file, ...more } = item
    return [{ name: path, ...more }, file]
  }
  if ('link' in item) return [{ name: path, type: 'symlink', linkname: item.link }]
  if ('hardlink' in item) return [{ name: path, type: 'link', linkname: item.hardlink }]
  if ('dir' in item) return [{ name: `${path}/`, type: 'directory', mode: item.mode ?? 0o755 }]
  if ('device' in item) return [{ name: path, type: item.device }]
  if ('opaque' in item) return [{ name: `${path === '' ? '' : `${path}/`}.wh..wh..opq` }, '']
  return [{ name: path.replace(/([^/]+)$/, '.wh.$1') }, '']
}

export async function buildImage(spec: ImageSpec): Promise<BuiltImage> {
  const blobs = new Map<string, Buffer>()
  const add = (bytes: Buffer) => {
    const digest = sha256Of(bytes)
    blobs.set(digest, bytes)
    return digest
  }
  const oci = spec.mediaTypes !== 'docker'
  const layers: { digest: string; diffId: string; tar: Buffer; blob: Buffer; packing: Packing }[] = []
  for (const layer of spec.layers) {
    const tar = layer.tar ? Buffer.from(layer.tar) : await layerTar(layer.files ?? {})
    const packing = layer.packing ?? 'gzip'
    const blob = layer.blob ? Buffer.from(layer.blob) : packed(tar, packing)
    layers.push({ digest: add(blob), diffId: sha256Of(tar), tar, blob, packing })
  }
  const [os, architecture, variant] = (spec.platform ?? 'linux/amd64').split('/')
  const config = json({
    created: '1970-01-01T00:00:00Z',
    architecture,
    os,
    ...(variant && { variant }),
    ...(spec.created && { created: spec.created }),
    config: {
      User: spec.user ?? '',
      Env: spec.env ?? [],
      ...(spec.workdir && { WorkingDir: spec.workdir }),
      ...(spec.onBuild && { OnBuild: spec.onBuild }),
    },
    rootfs: { type: 'layers', diff_ids: layers.map(one => one.diffId) },
    history: spec.layers.flatMap((layer, i) => [
      { created: '1970-01-01T00:00:00Z', created_by: layer.createdBy ?? `layer ${i}` },
      { created: '1970-01-01T00:00:00Z', created_by: 'ENV nothing', empty_layer: true },
    ]),
  })
  const configDigest = add(config)
  const base = oci ? 'application/vnd.oci.image' : 'application/vnd.docker'
  const layerType = (packing: Packing) =>
    oci
      ? `${base}.layer.v1.tar${packing === 'none' ? '' : `+${packing}`}`
      : `${base}.image.rootfs.diff.tar${packing === 'none' ? '' : `.${packing}`}`
  const mediaType = oci ? `${base}.manifest.v1+json` : `${base}.distribution.manifest.v2+json`
  const bytes = json({
    schemaVersion: 2,
    mediaType,
    config: {
      mediaType: oci ? `${base}.config.v1+json` : `${base}.container.image.v1+json`,
      digest: configDigest,
      size: config.length,
    },
    layers: layers.map(one => ({
      mediaType: layerType(one.packing),
      digest: one.digest,
      size: one.blob.length,
    })),
  })
  const manifest = { digest: add(bytes), bytes, mediaType }
  return {
    blobs,
    manifest,
    config: { digest: configDigest, bytes: config },
    layers,
    platform: spec.platform ?? 'linux/amd64',
  }
}

/** An index over several images, with what stands in it beside them. */
export function buildIndex(images: readonly BuiltImage[], more: readonly object[] = []): Buffer {
  return json({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.index.v1+json',
    manifests: [...images.map(image => descriptorOf(image)), ...more],
  })
}

/** The descriptor by which an index names an image. */
export function descriptorOf(image: BuiltImage, withPlatform = true): object {
  const [os, architecture, variant] = image.platform.split('/')
  const { mediaType, digest, bytes } = image.manifest
  const platform = withPlatform && { platform: { os, architecture, ...(variant && { variant }) } }
  return { mediaType, digest, size: bytes.length, ...platform }
}

/** What `docker save` wrote until version 24: one folder a layer, manifest.json last. */
export async function dockerArchive(image: BuiltImage, tag = 'example/image:1'): Promise<Buffer> {
  const id = (digest: string) => digest.slice('sha256:'.length)
  const seen = new Map<string, string>()
  const layers: RawEntry[] = []
  const names = image.layers.map((layer, i) => {
    const folder = id(sha256Of(Buffer.from(`${i} ${layer.diffId}`)))
    const first = seen.get(layer.diffId)
    layers.push([{ name: `${folder}/`, type: 'directory' }])
    layers.push([{ name: `${folder}/VERSION` }, '1.0'])
    layers.push([{ name: `${folder}/json` }, JSON.stringify({ id: folder })])
    // The engine writes a layer that repeats as a link to the first.
    if (first)
      layers.push([{ name: `${folder}/layer.tar`, type: 'symlink', linkname: `../${first}/layer.tar` }])
    else layers.push([{ name: `${folder}/layer.tar` }, layer.tar])
    seen.set(layer.diffId, first ?? folder)
    return `${folder}/layer.tar`
  })
  const config = `${id(image.config.digest)}.json`
  const manifest = json([{ Config: config, RepoTags: [tag], Layers: names }])
  return packTar([...layers, [{ name: config }, image.config.bytes], [{ name: 'manifest.json' }, manifest]])
}

/** What `docker save` writes since version 25: an OCI layout with a manifest.json beside it. */
export function dockerOciArchive(image: BuiltImage, tag = 'example/image:1'): Promise<Buffer> {
  const path = (digest: string) => `blobs/${digest.replace(':', '/')}`
  const manifest = json([
    { Config: path(image.config.digest), RepoTags: [tag], Layers: image.layers.map(one => path(one.digest)) },
  ])
  return packTar([...layoutEntries(image), [{ name: 'manifest.json' }, manifest]])
}

/** An OCI image layout as a tar. */
export function ociArchive(image: BuiltImage, index?: Buffer): Promise<Buffer> {
  return packTar(layoutEntries(image, index))
}

function layoutEntries(image: BuiltImage, index = buildIndex([image])): RawEntry[] {
  return [
    ...[...image.blobs].map(
      ([digest, bytes]): RawEntry => [{ name: `blobs/${digest.replace(':', '/')}` }, bytes],
    ),
    [{ name: 'index.json' }, index],
    [{ name: 'oci-layout' }, '{"imageLayoutVersion":"1.0.0"}'],
  ]
}

/** Writes an OCI image layout into a folder. */
export async function writeOciDir(
  folder: string,
  images: readonly BuiltImage[],
  index: Buffer = buildIndex(images),
): Promise<void> {
  await mkdir(join(folder, 'blobs/sha256'), { recursive: true })
  for (const image of images) {
    for (const [digest, bytes] of image.blobs) {
      await writeFile(join(folder, 'blobs', digest.replace(':', '/')), bytes)
    }
  }
  await writeFile(join(folder, 'index.json'), index)
  await writeFile(join(folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}')
}

export function packed(tar: Uint8Array, packing: Packing): Buffer {
  if (packing === 'none') return Buffer.from(tar)
  return packing === 'gzip' ? gzipSync(tar) : zstdStored(tar)
}

/** A zstd frame of raw blocks (RFC 8878, 3.1.1): all that a test needs, and no library makes it on Node 20. */
export function zstdStored(bytes: Uint8Array): Buffer {
  const head = Buffer.alloc(14)
  head.writeUInt32LE(0xfd2fb528, 0)
  // The content's size in eight bytes, and a window of its own (128 KiB): a single segment is held whole in memory.
  head[4] = 0xc0
  head[5] = (17 - 10) << 3
  head.writeBigUInt64LE(BigInt(bytes.length), 6)
  const parts: Buffer[] = [head]
  const most = 128 * 1024
  for (let at = 0; at < bytes.length || at === 0; at += most) {
    const part = bytes.subarray(at, at + most)
    const last = at + most >= bytes.length ? 1 : 0
    const header = Buffer.alloc(3)
    header.writeUIntLE((part.length << 3) | last, 0, 3)
    parts.push(header, Buffer.from(part))
  }
  return Buffer.concat(parts)
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value))
}
