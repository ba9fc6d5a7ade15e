/** Images around layers that are files already: an OCI layout by hard links, and archives as `docker save` writes them. */
import { createHash } from 'node:crypto'
import { existsSync, linkSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Blob, run } from './layer.ts'

/** A layer as an image has it: its blob, and what that unpacks to. */
export interface ImageLayer {
  readonly blob: Blob
  readonly diffId: string
}

export interface Layout {
  readonly folder: string
  /** `sha256:…` of its manifest. */
  readonly digest: string
  /** The digests of its layers' blobs. */
  readonly layers: readonly string[]
}

/** The config of an image whose layers unpack to these (image-spec: config.md). */
export function imageConfig(diffIds: readonly string[]): string {
  return JSON.stringify({
    architecture: process.arch === 'x64' ? 'amd64' : process.arch,
    os: 'linux',
    config: { Env: ['PATH=/usr/local/bin:/usr/bin:/bin'] },
    rootfs: { type: 'layers', diff_ids: diffIds },
    history: diffIds.map((_, index) => ({ created_by: `COPY part-${index} /` })),
  })
}

/** An OCI image layout (image-spec: image-layout.md) with the `manifest.json` that newer engines write beside it. */
export function writeLayout(folder: string, layers: readonly ImageLayer[]): Layout {
  const part = `${folder}.part`
  rmSync(part, { recursive: true, force: true })
  const blobs = join(part, 'blobs/sha256')
  mkdirSync(blobs, { recursive: true })
  const descriptor = (mediaType: string, text: string) => {
    const hex = createHash('sha256').update(text).digest('hex')
    writeFileSync(join(blobs, hex), text)
    return { mediaType, digest: `sha256:${hex}`, size: Buffer.byteLength(text) }
  }
  const oci = 'application/vnd.oci.image'
  const configured = descriptor(`${oci}.config.v1+json`, imageConfig(layers.map(({ diffId }) => diffId)))
  const manifest = descriptor(
    `${oci}.manifest.v1+json`,
    JSON.stringify({
      schemaVersion: 2,
      mediaType: `${oci}.manifest.v1+json`,
      config: configured,
      layers: layers.map(({ blob }) => ({
        mediaType: `${oci}.layer.v1.tar${blob.path.endsWith('.gz') ? '+gzip' : ''}`,
        digest: blob.digest,
        size: blob.size,
      })),
    }),
  )
  for (const { blob } of layers) {
    const name = join(blobs, hexOf(blob.digest))
    if (!existsSync(name)) linkSync(blob.path, name)
  }
  const inside = (digest: string) => `blobs/sha256/${hexOf(digest)}`
  const write = (name: string, content: object) => writeFileSync(join(part, name), JSON.stringify(content))
  write('oci-layout', { imageLayoutVersion: '1.0.0' })
  write('index.json', {
    schemaVersion: 2,
    mediaType: `${oci}.index.v1+json`,
    manifests: [{ ...manifest, annotations: { 'org.opencontainers.image.ref.name': 'latest' } }],
  })
  write('manifest.json', [
    {
      Config: inside(configured.digest),
      RepoTags: ['bench:latest'],
      Layers: layers.map(({ blob }) => inside(blob.digest)),
    },
  ])
  rmSync(folder, { recursive: true, force: true })
  renameSync(part, folder)
  return { folder, digest: manifest.digest, layers: layers.map(({ blob }) => blob.digest) }
}

/** The layout in one tar, `docker save`'s way; made once. */
export async function archiveOf(layout: Layout): Promise<string> {
  const path = `${layout.folder}-${hexOf(layout.digest).slice(0, 12)}.tar`
  if (existsSync(path)) return path
  await run('tar', [
    '-C',
    layout.folder,
    '-cf',
    `${path}.part`,
    'oci-layout',
    'index.json',
    'manifest.json',
    'blobs',
  ])
  renameSync(`${path}.part`, path)
  return path
}

export function hexOf(digest: string): string {
  return digest.slice('sha256:'.length)
}
