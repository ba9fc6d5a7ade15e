/** Gzip layers that are small on disk and 5 GB each when unpacked: text that compresses 200 times over. */
import { createHash } from 'node:crypto'
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { ImageLayer } from './image.ts'
import { blobOf } from './layer.ts'
import { noise, tarHeader, zeros } from './synthetic.ts'

const FILE = 64 * 1024 * 1024

/** A layer of so many files of 64 MiB; its files are gzip members one after another, as in a lazily pulled layer. */
export async function deepLayer(work: string, index: number, files: number): Promise<ImageLayer> {
  const path = join(work, 'deep', `${index}-${files}.tar.gz`)
  const note = `${path}.diffid`
  if (!existsSync(note)) {
    mkdirSync(join(work, 'deep'), { recursive: true })
    const body = repeated(noise(4096, 0x1000 + index), FILE)
    const packed = gzipSync(body, { level: 1 })
    const tar = createHash('sha256')
    const out = openSync(`${path}.part`, 'w')
    for (let file = 0; file < files; file++) {
      const header = tarHeader(`deep/${index}/${file}`, FILE)
      tar.update(header).update(body)
      writeSync(out, gzipSync(header))
      writeSync(out, packed)
    }
    tar.update(zeros(1024))
    writeSync(out, gzipSync(zeros(1024)))
    closeSync(out)
    renameSync(`${path}.part`, path)
    writeFileSync(note, `sha256:${tar.digest('hex')}`)
  }
  return { blob: await blobOf(path), diffId: readFileSync(note, 'utf8') }
}

/** Bytes that a layer of so many files unpacks to. */
export function deepBytes(files: number): number {
  return files * (FILE + 512) + 1024
}

export function packedBytes(layers: readonly ImageLayer[]): number {
  return layers.reduce((sum, { blob }) => sum + statSync(blob.path).size, 0)
}

function repeated(part: Buffer, size: number): Buffer {
  const all = Buffer.alloc(size)
  for (let at = 0; at < size; at += part.length) part.copy(all, at)
  return all
}
