/** Threads that read layers, where there can be any. */
import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { LayerPool } from './image/thread/pool.ts'
import { trustReader } from './trust/reader.ts'

/** More threads than this gain little where nobody asks for them, and each takes some 20 MB. */
const MOST = 4

/** What the build made for threads; nothing where the sources run as they are (then this thread reads all). */
const script = new URL('../worker/layer.cjs', import.meta.url)

/**
 * Threads for the layers of a run, none of them started yet; null where all is read in this one.
 * @param jobs as the user said; absent: as many as there are processors
 */
export function layerPool(jobs: number | undefined): LayerPool | null {
  const processors = availableParallelism()
  // Many jobs are asked for because of many images: more threads than processors would only take memory.
  const most = jobs === undefined ? Math.min(processors, MOST) : Math.min(jobs, Math.max(processors, 2))
  if (most < 2 || !existsSync(script)) return null
  return new LayerPool({ script, reader: trustReader.version, most })
}
