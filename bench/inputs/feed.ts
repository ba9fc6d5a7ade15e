/**
 * Writes an image archive of any size to standard output, from a block of bytes that are nothing: `feed.ts BYTES`.
 * The layer comes first and is hashed on its way, its config and `manifest.json` come last.
 */
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { imageConfig } from './image.ts'
import { noise, tarHeader, tarSizeOf, zeros } from './synthetic.ts'

const bytes = Number(process.argv[2])
const FILE = 64 * 1024 * 1024
const block = noise(1 << 20)
const count = Math.ceil(bytes / FILE)

async function write(chunk: Uint8Array): Promise<void> {
  if (!process.stdout.write(chunk)) await once(process.stdout, 'drain')
}

process.stdout.on('error', () => process.exit(1))
const hash = createHash('sha256')
const layerChunk = (chunk: Uint8Array) => {
  hash.update(chunk)
  return write(chunk)
}

await write(tarHeader('layer.tar', count * tarSizeOf(FILE) + 1024))
for (let file = 0; file < count; file++) {
  await layerChunk(tarHeader(`data/${file}`, FILE))
  for (let written = 0; written < FILE; written += block.length) await layerChunk(block)
}
await layerChunk(zeros(1024))
const config = imageConfig([`sha256:${hash.digest('hex')}`])
const manifest = JSON.stringify([
  { Config: 'config.json', RepoTags: ['bench:latest'], Layers: ['layer.tar'] },
])
for (const [name, text] of [
  ['config.json', config],
  ['manifest.json', manifest],
] as const) {
  const content = Buffer.from(text)
  await write(tarHeader(name, content.length))
  await write(content)
  await write(zeros(tarSizeOf(content.length) - 512 - content.length))
}
await write(zeros(1024))
