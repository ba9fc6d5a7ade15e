/** Threads that read layers, from the sources as they are. */
import { pathToFileURL } from 'node:url'
import type { ContentReader } from '../../src/image/facts.ts'
import { LayerPool, type PoolOptions } from '../../src/image/thread/pool.ts'
import { bundled } from './bundled.ts'

let script: Promise<URL> | null = null

/** A pool that takes layers of any size, two at once where nothing else is said. */
export async function testPool(
  reader: Pick<ContentReader, 'version'>,
  options: Partial<PoolOptions> = {},
): Promise<LayerPool> {
  script ??= bundled('thread-worker.ts').then(pathToFileURL)
  return new LayerPool({ script: await script, reader: reader.version, most: 2, large: 0, ...options })
}
