import type { Transform } from 'node:stream'
import { JobError, oneLine } from '../errors.ts'
import { limits } from '../limits.ts'
import { FastGunzip, GzipError, inflateWay } from './inflate.ts'
import { createGunzip } from './zlib-handles.ts'

export type Compression = 'gzip' | 'zstd' | 'none'

/** Small pieces cost the stream more than their inflation: the network's are gathered to this size. */
const GATHER = 256 * 1024
/** zlib's own 16 KiB make it twice as slow. */
const CHUNK = 512 * 1024
const ZSTD_PIECE = 64 * 1024
/** First bytes by which a compression is told. */
export const HEAD = 4
const nothing: Uint8Array = new Uint8Array(0)
/** Some seconds of copying. */
const MOST_MOVED = 16 * 1024 ** 3

/**
 * Tells the compression by the first bytes; media types and file names are not asked, they are often wrong.
 * gzip: RFC 1952, 2.3.1. Zstandard frames, plain and skippable: RFC 8878, 3.1.
 */
export function compressionOf(head: Uint8Array): Compression {
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gzip'
  if (head[0] === 0x28 && head[1] === 0xb5 && head[2] === 0x2f && head[3] === 0xfd) return 'zstd'
  // zstd:chunked and seekable files may begin with a skippable frame.
  if ((head[0]! & 0xf0) === 0x50 && head[1] === 0x2a && head[2] === 0x4d && head[3] === 0x18) return 'zstd'
  return 'none'
}

/**
 * Takes plain bytes; may say what to wait for before it is given more. A chunk is valid until then: its buffer is
 * filled anew for the next one.
 */
export type Sink = (chunk: Uint8Array) => Promise<void> | undefined

/** Takes packed bytes, hands plain ones on. */
export interface Inflater {
  /** @returns a promise to wait for before more is written, or undefined */
  write(chunk: Uint8Array): Promise<void> | undefined
  end(): Promise<void>
  /** Nothing more will come: what it holds is given up. */
  abort(): Promise<void> | undefined
}

/**
 * Unpacks a stream that is pushed into it, gzip (any number of members), zstd (any number of frames) or as it is, and
 * hands every plain chunk to `sink`. What `sink` throws ends it.
 */
export class Decompressor {
  readonly #what: string
  readonly #sink: Sink
  readonly #inflate: (sink: Sink) => Inflater
  /** The first bytes, while they are too few to tell. */
  #head: Uint8Array = nothing
  #inflater: Inflater | null = null
  #in = 0
  #out = 0

  /**
   * @param what the name of the bytes in messages
   * @param inflate who unpacks gzip; absent: this thread
   */
  constructor(what: string, sink: Sink, inflate: (sink: Sink) => Inflater = to => gunzip(what, to)) {
    this.#what = what
    this.#inflate = inflate
    this.#sink = chunk => {
      this.#out += chunk.length
      if (this.#out > limits.layerBytes) this.#tooMuch(`more than ${limits.layerBytes} bytes`)
      if (this.#out > limits.ratioFloor && this.#out > this.#in * limits.ratio) {
        this.#tooMuch(`more than ${limits.ratio} times its packed size`)
      }
      return sink(chunk)
    }
  }

  /**
   * The chunk may change as soon as the call, or what it returns, is done.
   * @returns a promise to wait for before the next call, or undefined where there is no need
   * @throws (or rejects with) JobError `malformed`, `truncated`, `limit`, or what the sink throws
   */
  write(chunk: Uint8Array): Promise<void> | undefined {
    this.#in += chunk.length
    if (this.#inflater) return this.#inflater.write(chunk)
    if (this.#head.length + chunk.length >= HEAD) return this.#start(chunk)
    this.#head = Buffer.concat([this.#head, chunk])
    return undefined
  }

  /** All bytes were written: resolves when all plain ones have been handed on. */
  async end(): Promise<void> {
    if (!this.#inflater && this.#head.length > 0) await this.#start(nothing)
    await this.#inflater?.end()
  }

  /** Gives up before the end. */
  abort(): Promise<void> | undefined {
    return this.#inflater?.abort()
  }

  async #start(chunk: Uint8Array): Promise<void> {
    const head = this.#head.length === 0 ? chunk : Buffer.concat([this.#head, chunk])
    const compression = compressionOf(head)
    if (compression === 'none') this.#inflater = plain(this.#sink)
    else if (compression === 'gzip') this.#inflater = this.#inflate(this.#sink)
    else this.#inflater = await unzstd(this.#what, this.#sink)
    await this.#inflater.write(head)
  }

  #tooMuch(than: string): never {
    throw new JobError('limit', `${this.#what} unpacks to ${than}; it is refused as a decompression bomb`)
  }
}

function plain(sink: Sink): Inflater {
  return { write: sink, async end() {}, abort: () => undefined }
}

/**
 * Unpacks gzip, any number of members.
 * @param next the buffer to fill next, after each that was handed on; absent: buffers of its own
 */
export function gunzip(what: string, sink: Sink, next?: () => Uint8Array): Inflater {
  if (inflateWay() === 'fast') return byHandle(what, sink, next)
  return byStream(what, next ? copying(sink, next) : sink)
}

/** Hands chunks on in the buffers that are to be filled. */
function copying(sink: Sink, next: () => Uint8Array): Sink {
  return async chunk => {
    for (let at = 0; at < chunk.length; ) {
      const buffer = next()
      const part = chunk.subarray(at, at + buffer.length)
      buffer.set(part)
      at += part.length
      await sink(buffer.subarray(0, part.length))
    }
  }
}

function byHandle(what: string, sink: Sink, next?: () => Uint8Array): Inflater {
  const gunzip = new FastGunzip(sink, next)
  const fail = (error: unknown): never => {
    gunzip.close()
    throw error instanceof GzipError ? explain(what, 'gzip', error) : error
  }
  const guarded = (step: () => Promise<void> | undefined): Promise<void> | undefined => {
    try {
      return step()?.catch(fail)
    } catch (error) {
      return fail(error)
    }
  }
  return {
    write: chunk => guarded(() => gunzip.write(chunk)),
    end: async () => guarded(() => gunzip.end()),
    abort() {
      gunzip.close()
      return undefined
    },
  }
}

function byStream(what: string, sink: Sink): Inflater {
  const options = { chunkSize: CHUNK, readableHighWaterMark: 4 * CHUNK, writableHighWaterMark: 2 * GATHER }
  return through(what, 'gzip', createGunzip(options), sink)
}

/** Runs a stream of node:zlib: its pool unpacks the next chunk while `sink` works on the last. */
function through(what: string, kind: Compression, stream: Transform, sink: Sink): Inflater {
  const consumed = (async () => {
    const plain = stream[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>
    try {
      for (;;) {
        const next = await plain.next().catch(error => {
          throw explain(what, kind, error)
        })
        if (next.done) return
        const wait = sink(next.value)
        if (wait) await wait
      }
    } finally {
      stream.destroy()
    }
  })()
  // It is awaited in end() or by the next write: until then its failure is nobody's.
  consumed.catch(() => {})
  const gathered = Buffer.allocUnsafeSlow(GATHER)
  let size = 0
  /** Until the stream has read all of the chunk, or has ended. */
  const put = (chunk: Uint8Array): Promise<void> =>
    stream.destroyed
      ? consumed
      : Promise.race([new Promise<void>(resolve => stream.write(chunk, () => resolve())), consumed])
  const flush = async () => {
    const chunk = gathered.subarray(0, size)
    size = 0
    await put(chunk)
  }
  return {
    write(chunk) {
      if (size + chunk.length < GATHER) {
        gathered.set(chunk, size)
        size += chunk.length
        return undefined
      }
      return size === 0 ? put(chunk) : flush().then(() => put(chunk))
    },
    async end() {
      if (size > 0) await flush()
      stream.end()
      await consumed
    },
    abort() {
      stream.destroy()
      return undefined
    },
  }
}

/**
 * fzstd, on every Node.js: the zstd of node:zlib (22.15 and newer) stops without a word after the first frame, and at a
 * cut (seen with 22.19 and 24.8), while zstd:chunked layers are of many frames.
 */
async function unzstd(what: string, sink: Sink): Promise<Inflater> {
  const { Decompress } = await import('fzstd')
  let moved = 0
  let out = 0
  let refused: { readonly error: unknown } | null = null
  const waits: Promise<void>[] = []
  const settled = async () => {
    await Promise.all(waits.splice(0))
  }
  const decoder = new Decompress(chunk => {
    // `s.e` is the window of the frame at hand (fzstd 0.1.1). It moves the whole window for every block: a stranger's
    // large window with tiny blocks would cost hours.
    const window = (decoder as unknown as { s?: { e?: number } }).s?.e ?? 0
    if (window > limits.zstdWindowBytes) {
      throw new JobError(
        'limit',
        `${what} needs a zstd window of ${window} bytes, more than ${limits.zstdWindowBytes}`,
      )
    }
    out += chunk.length
    moved += window
    if (moved > MOST_MOVED && moved > out * 1024) {
      throw new JobError(
        'limit',
        `${what} is cut into needlessly small zstd blocks for its window; compress the layer again`,
      )
    }
    let wait: Promise<void> | undefined
    try {
      wait = chunk.length > 0 ? sink(chunk) : undefined
    } catch (error) {
      refused = { error }
      throw error
    }
    if (wait) {
      // Its failure is told by the next write.
      wait.catch(() => {})
      waits.push(wait)
    }
  })
  const push = (chunk: Uint8Array, final: boolean) => {
    try {
      decoder.push(chunk, final)
    } catch (error) {
      throw refused ? refused.error : explain(what, 'zstd', error)
    }
  }
  return {
    async write(chunk) {
      // It unpacks a piece at once, however much that gives: small pieces leave room to wait.
      for (let at = 0; at < chunk.length; at += ZSTD_PIECE) {
        // It keeps what is not yet a whole block.
        push(new Uint8Array(chunk.subarray(at, at + ZSTD_PIECE)), false)
        if (waits.length > 0) await settled()
      }
    },
    async end() {
      push(new Uint8Array(0), true)
      await settled()
    },
    abort: () => undefined,
  }
}

function explain(what: string, kind: Compression, error: unknown): unknown {
  if (error instanceof JobError) return error
  const text = oneLine(error)
  const cut = /unexpected (end of file|EOF)|Src size is incorrect/i.test(text)
  return cut
    ? new JobError(
        'truncated',
        `${what} is cut: its ${kind} data ends too early; fetch or save the image again`,
      )
    : new JobError(
        'malformed',
        `${what} can't be unpacked: its ${kind} data is corrupt (${text}); fetch or save the image again`,
      )
}
