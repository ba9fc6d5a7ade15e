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

/** Layers that are fetched and unpacked at the same time, at least: while one waits for the network, the other unpacks. */
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
  const { layers } = image
  const stop = new AbortController()
  const signal = options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal
  const budget = new MemoryBudget()
  const bytes: number[] = layers.map(() => 0)
  let total = 0
  const facts = layers.map(layer => knownFacts(layer, options))
  for (const known of facts) if (known) countAgain(known, budget)
  // The largest first: a large one at the end would be waited for alone.
  const todo = layers.map((_, number) => number).filter(number => !facts[number])
  todo.sort((a, b) => (layers[b]!.size ?? 0) - (layers[a]!.size ?? 0))
  const isLarge = (number: number) => options.workers?.takes(reader, layers[number]!.size) ?? false
  let large = todo.filter(isLarge).length
  let done = layers.length - todo.length
  const work = async () => {
    for (let number = todo.shift(); number !== undefined && !signal.aborted; number = todo.shift()) {
      const own = number
      const onProgress = (read: number) => {
        total += read - bytes[own]!
        bytes[own] = read
        options.onProgress?.(total, done)
      }
      const alone = large === 1 && isLarge(own) && options.workers?.busy === false
      facts[own] = await layerFacts(layers[own]!, reader, { ...options, signal, onProgress, budget, alone })
      if (isLarge(own)) large--
      done++
    }
  }
  const atOnce = Math.max(AT_ONCE, options.workers?.most ?? 0)
  const workers = Array.from({ length: Math.min(atOnce, todo.length) }, work)
  try {
    await Promise.all(workers)
  } catch (error) {
    stop.abort()
    await Promise.allSettled(workers)
    throwIfAborted(options.signal)
    throw error
  }
  throwIfAborted(options.signal)
  return overlay(facts as LayerFacts[], image.unknowns)
}

function knownFacts({ diffId, uncached }: Layer, { layers }: Pick<ReadOptions, 'layers'>): LayerFacts | null {
  return diffId === null || uncached ? null : (layers?.read(diffId) ?? null)
}

/** What is known of a layer, else what it says now. */
async function layerFacts(
  layer: Layer,
  reader: ContentReader,
  options: ReadOptions & { readonly budget: Budget },
): Promise<LayerFacts> {
  // It may have become known in the meantime, by another image.
  const known = knownFacts(layer, options)
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
