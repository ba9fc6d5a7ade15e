import { createHash } from 'node:crypto'
import { JobError } from '../errors.ts'
import { compressionOf, Decompressor, HEAD, type Inflater, type Sink } from './decompress.ts'
import { type Expected, Verifier } from './digest.ts'
import type { Budget, ContentReader, LayerFacts, ReadOptions } from './facts.ts'
import { FactsGatherer } from './facts-gatherer.ts'
import { MemoryBudget } from './memory-budget.ts'
import { TarWalker } from './tar.ts'
import { BLOCK } from './tar-header.ts'

const nothing: Uint8Array = new Uint8Array(0)

/** Blocks of GNU tar's records (its manual, "The Blocking Factor of an Archive"). */
const RECORD_BLOCKS = 20

/** What a layer's bytes must turn out to be. */
export interface ExpectedLayer extends Expected {
  /** Of the unpacked tar; null where nobody said. */
  readonly diffId: string | null
}

/**
 * Reads one layer that is pushed into it: digest and size of the packed bytes, decompression, digest of the tar, and
 * the walk over its entries, all in one pass. No fact leaves it before everything was verified.
 */
export class LayerReader {
  readonly #what: string
  readonly #expected: ExpectedLayer
  /** Null until the first bytes have come. */
  #packed: Verifier | null = null
  readonly #walker: TarWalker
  readonly #gatherer: FactsGatherer
  readonly #decompressor: Decompressor
  /** Of what was unpacked. */
  readonly digest = new TarDigest()
  /** The bytes are a tar as they come: one hash serves both digests. */
  #plain = false

  /**
   * @param what the layer's name in messages: `layer 2 of alpine:3.11`
   * @param inflate who unpacks gzip, as a Decompressor takes it
   */
  constructor(
    what: string,
    expected: ExpectedLayer,
    reader: ContentReader,
    budget?: Budget,
    inflate?: (sink: Sink) => Inflater,
  ) {
    this.#what = what
    this.#expected = expected
    this.#gatherer = new FactsGatherer(what, reader, budget)
    this.#walker = new TarWalker(what, this.#gatherer.visit)
    const sink: Sink = chunk => {
      this.digest.update(chunk)
      this.#walker.push(chunk)
      return undefined
    }
    this.#decompressor = new Decompressor(what, sink, inflate)
  }

  /** @see Decompressor.write */
  write(chunk: Uint8Array): Promise<void> | undefined {
    this.#packed ??= this.#verifier(chunk)
    this.#packed.push(chunk)
    return this.#decompressor.write(chunk)
  }

  /** Gives up before the end. */
  abort(): Promise<void> | undefined {
    return this.#decompressor.abort()
  }

  #verifier(head: Uint8Array): Verifier {
    const { digest } = this.#expected
    this.#plain =
      digest?.startsWith('sha256:') === true && head.length >= HEAD && compressionOf(head) === 'none'
    return new Verifier(this.#what, this.#expected, this.#plain)
  }

  /** @throws JobError `truncated`, `digest-mismatch`, `malformed`, `limit` */
  async end(): Promise<LayerFacts> {
    this.#packed ??= this.#verifier(nothing)
    if (!this.#plain) this.#packed.end()
    await this.#decompressor.end()
    if (this.#plain) this.#packed.end(this.digest.found)
    this.#walker.end()
    // Behind a tar that has no end of its own nothing was left out.
    const diffId = this.#walker.ended ? this.digest.as(this.#expected.diffId) : this.digest.found
    checkDiffId(this.#what, this.#expected.diffId, diffId)
    return this.#gatherer.facts(diffId)
  }
}

/**
 * The digest of a layer's tar: as it came, or with the zeros behind its end by which GNU tar fills its last record, and
 * which those who pack layers as zstd:chunked leave out (seen with skopeo 1.9.3). The hash proves which it was.
 */
export class TarDigest {
  readonly #hash = createHash('sha256')
  #found: string | null = null

  update(chunk: Uint8Array): void {
    this.#hash.update(chunk)
  }

  /** The digest of the bytes as they came; no more can come. */
  get found(): string {
    this.#found ??= `sha256:${this.#hash.copy().digest('hex')}`
    return this.#found
  }

  /** `diffId` where the bytes, perhaps filled up, have that digest; else that of the bytes. */
  as(diffId: string | null): string {
    if (diffId === null || this.found === diffId) return this.found
    const filled = this.#hash.copy()
    for (let blocks = 1; blocks < RECORD_BLOCKS; blocks++) {
      filled.update(ZEROS)
      if (`sha256:${filled.copy().digest('hex')}` === diffId) return diffId
    }
    return this.found
  }
}

const ZEROS = Buffer.alloc(BLOCK)

/** @throws JobError `digest-mismatch` */
export function checkDiffId(what: string, expected: string | null, found: string | null): void {
  if (expected !== null && expected !== found) {
    throw new JobError(
      'digest-mismatch',
      `${what} does not unpack to what the image's configuration says: expected ${expected}, found ${found}; fetch or save the image again`,
    )
  }
}

/**
 * Streams one layer: a large one through a worker, or alone with the unpacking in one, else through a
 * {@link LayerReader} here.
 * @param chunks each is read before the next one is asked for
 * @throws JobError as LayerReader, and `aborted`
 */
export async function readLayer(
  what: string,
  chunks: AsyncIterable<Uint8Array>,
  expected: ExpectedLayer,
  reader: ContentReader,
  options: ReadOptions,
): Promise<LayerFacts> {
  const { workers, signal, budget = new MemoryBudget(), alone = false } = options
  const large = workers?.takes(reader, expected.size) ? workers : null
  if (large && !alone && budget.shared) {
    const task = { what, expected, reader: reader.version, budget: budget.shared, file: null }
    return large.read(task, chunks, options)
  }
  const inflate = large && alone ? (sink: Sink) => large.inflate(what, sink, signal) : undefined
  const layer = new LayerReader(what, expected, reader, budget, inflate)
  let bytes = 0
  try {
    for await (const chunk of chunks) {
      throwIfAborted(signal)
      const wait = layer.write(chunk)
      if (wait) await wait
      bytes += chunk.length
      options.onProgress?.(bytes)
    }
    throwIfAborted(signal)
    return await layer.end()
  } catch (error) {
    await layer.abort()
    throw error
  }
}

/** @throws JobError `aborted` */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new JobError('aborted', 'interrupted before it was done')
}
