import type { FactsCache, Layer, LayerFacts, OpenedImage } from '../image/facts.ts'
import { throwIfAborted } from '../image/layer-facts.ts'
import { countAgain } from '../image/read-image.ts'
import { limits } from '../limits.ts'

/** A layer that is being read: its facts, or null where that failed. */
type Flight = Promise<LayerFacts | null>

/**
 * Layers that the images of one run share: each is read once. Who needs one that is being read waits for it; the last
 * ones stay in memory, up to a number of bytes, and the others with the cache under it.
 */
export class SharedLayers implements FactsCache {
  readonly #under: FactsCache | undefined
  readonly #most: number
  /** The one that was not used for longest comes first. */
  readonly #kept = new Map<string, { readonly facts: LayerFacts; readonly bytes: number }>()
  readonly #written = new Set<string>()
  readonly #flights = new Map<string, Flight>()
  #bytes = 0

  /** @param most bytes that are kept in memory */
  constructor(under: FactsCache | undefined, most: number = limits.sharedLayersBytes) {
    this.#under = under
    this.#most = most
  }

  read(diffId: string): LayerFacts | null {
    const known = this.#kept.get(diffId)
    if (known !== undefined) {
      this.#kept.delete(diffId)
      this.#kept.set(diffId, known)
      return known.facts
    }
    const facts = this.#under?.read(diffId) ?? null
    if (facts !== null) this.#keep(facts)
    return facts
  }

  write(facts: LayerFacts): void {
    this.#keep(facts)
    if (facts.diffId === null || this.#written.has(facts.diffId)) return
    this.#written.add(facts.diffId)
    this.#under?.write(facts)
  }

  /** The image, its layers read for all. */
  share(image: OpenedImage): OpenedImage {
    return { ...image, layers: image.layers.map(layer => this.#shared(layer)), close: () => image.close() }
  }

  #shared(layer: Layer): Layer {
    const { diffId } = layer
    if (diffId === null || layer.uncached) return layer
    return {
      ...layer,
      facts: async (reader, options) => {
        for (let flight = this.#flights.get(diffId); flight; flight = this.#flights.get(diffId)) {
          const facts = await before(flight, options.signal)
          throwIfAborted(options.signal)
          // Another image's failure is its own: its registry, its share of memory, its name in the message.
          if (facts === null) continue
          if (options.budget) countAgain(facts, options.budget)
          return facts
        }
        const reading = layer.facts(reader, options)
        this.#flights.set(
          diffId,
          reading.catch(() => null),
        )
        try {
          const facts = await reading
          this.write(facts)
          return facts
        } finally {
          this.#flights.delete(diffId)
        }
      },
    }
  }

  #keep(facts: LayerFacts): void {
    const { diffId } = facts
    if (diffId === null || this.#kept.has(diffId)) return
    const bytes = sizeOf(facts)
    if (bytes > this.#most) return
    this.#kept.set(diffId, { facts, bytes })
    this.#bytes += bytes
    for (const [oldest, { bytes: freed }] of this.#kept) {
      if (this.#bytes <= this.#most) break
      this.#kept.delete(oldest)
      this.#bytes -= freed
    }
  }
}

/** What facts take in memory, as the budget of an image counts it. */
function sizeOf(facts: LayerFacts): number {
  let bytes = 0
  countAgain(facts, {
    take: (_, more) => {
      bytes += more
    },
    takeRecord: (_, record) => {
      bytes += record
    },
  })
  return bytes
}

/** Who is interrupted waits for nobody. */
function before(flight: Flight, signal: AbortSignal | undefined): Flight {
  if (!signal) return flight
  if (signal.aborted) return Promise.resolve(null)
  return new Promise(resolve => {
    const end = () => resolve(null)
    signal.addEventListener('abort', end, { once: true })
    flight.then(resolve).finally(() => signal.removeEventListener('abort', end))
  })
}
