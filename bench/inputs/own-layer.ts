/** The small layer that each of many images has for itself. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Bench } from '../row.ts'
import { blobOf, type Layer } from './layer.ts'
import { noise, tarHeader, zeros } from './synthetic.ts'

const SIZE = 100 * 1024

export async function own(bench: Bench, index: number): Promise<Layer> {
  const folder = join(bench.work, 'own')
  const tar = join(folder, `${index}.tar`)
  if (!existsSync(`${tar}.gz`)) {
    mkdirSync(folder, { recursive: true })
    const bytes = Buffer.concat([tarHeader(`srv/app-${index}`, SIZE), noise(SIZE, 7 + index), zeros(1024)])
    writeFileSync(tar, bytes)
    writeFileSync(`${tar}.gz`, gzipSync(bytes))
  }
  return { tar: await blobOf(tar), gzip: await blobOf(`${tar}.gz`) }
}
