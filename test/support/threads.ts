/** Threads that read layers, from the sources as they are: Node.js 20 loads no TypeScript in a worker. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import type { ContentReader } from '../../src/image/facts.ts'
import { LayerPool, type PoolOptions } from '../../src/image/thread/pool.ts'

let script: Promise<URL> | null = null

/** A pool that takes layers of any size, two at once where nothing else is said. */
export async function testPool(
  reader: Pick<ContentReader, 'version'>,
  options: Partial<PoolOptions> = {},
): Promise<LayerPool> {
  script ??= bundle()
  return new LayerPool({ script: await script, reader: reader.version, most: 2, large: 0, ...options })
}

async function bundle(): Promise<URL> {
  const folder = mkdtempSync(join(tmpdir(), 'imgtrust-worker-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const outfile = join(folder, 'worker.cjs')
  await build({
    entryPoints: [resolve(import.meta.dirname, 'thread-worker.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    logLevel: 'error',
    define: { 'import.meta.dirname': '__dirname' },
  })
  return pathToFileURL(outfile)
}
