import { EntryLog } from './entry-log.ts'
import type {
  Budget,
  ContentReader,
  ImageTree,
  Layer,
  LayerFacts,
  OpenedImage,
  ReadOptions,
} from './facts.ts'
import { throwIfAborted } from './layer-facts.ts'
import { MemoryBudget } from './memory-budget.ts'
import { overlay } from './overlay.ts'

/** Layers that are fetched and unpacked at the same time: while one waits for the network, the other unpacks. */
const AT_ONCE = 2

export interface TreeOptions extends Omit<ReadOptions, 'onProgress' | 'budget'> {
  /** Called now and then with the bytes read so far of all layers, and how many layers are done. */
  readonly onProgress?: (bytes: number, done: number) => void
}

/**
 * Reads all layers of an opened image and stacks them.
 * @throws JobError as {@link Layer.facts}: the first failure ends it, the layers under way are stopped
 */
export async function readTree(
  image: OpenedImage,
  reader: ContentReader,
  options: TreeOptions = {},
): Promise<ImageTree> {
  const facts: LayerFacts[] = new Array(image.layers.length)
  const bytes: number[] = image.layers.map(() => 0)
  const stop = new AbortController()
  const signal = options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal
  const budget = new MemoryBudget()
  let total = 0
  let done = 0
  let next = 0
  const work = async () => {
    for (let number = next++; number < image.layers.length && !signal.aborted; number = next++) {
      const onProgress = (read: number) => {
        total += read - bytes[number]!
        bytes[number] = read
        options.onProgress?.(total, done)
      }
      facts[number] = await layerFacts(image.layers[number]!, reader, {
        ...options,
        signal,
        onProgress,
        budget,
      })
      done++
    }
  }
  const workers = Array.from({ length: Math.min(AT_ONCE, image.layers.length) }, work)
  try {
    await Promise.all(workers)
  } catch (error) {
    stop.abort()
    await Promise.allSettled(workers)
    throwIfAborted(options.signal)
    throw error
  }
  throwIfAborted(options.signal)
  return overlay(facts, image.unknowns)
}

/** What is known of a layer, else what it says now. */
async function layerFacts(
  layer: Layer,
  reader: ContentReader,
  options: ReadOptions & { readonly budget: Budget },
): Promise<LayerFacts> {
  const known = layer.diffId === null || layer.uncached ? null : options.layers?.read(layer.diffId)
  if (known) {
    countAgain(known, options.budget)
    return known
  }
  const facts = await layer.facts(reader, options)
  if (facts.diffId !== null) options.layers?.write(facts)
  return facts
}

/** Facts from a cache take as much memory as those that are gathered. @throws JobError `limit` */
export function countAgain({ entries, diffId }: LayerFacts, budget: Budget): void {
  if (!(entries instanceof EntryLog)) return
  const what = `the layer ${diffId}`
  budget.takeRecord(what, entries.bytes, entries.names)
  for (const { content, found } of entries.kept.values())
    budget.take(what, (content?.length ?? 0) + found.reduce((sum, { der }) => sum + (der?.length ?? 0), 0))
}
