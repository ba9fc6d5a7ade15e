/**
 * Which of two ways unpacks gzip: the documented stream of node:zlib, or the handle under it, which needs no new
 * buffer for every chunk and no turn of the event loop. Both run the same zlib; the outcome is the same, byte by byte
 * and error by error.
 */
import * as zlib from 'node:zlib'
import { JobError } from '../errors.ts'
import type { Sink } from './decompress.ts'
import { createGunzip, gzipSync } from './zlib-handles.ts'

/** `IMGTRUST_INFLATE=stream`: documented interfaces alone; `fast`: the handle on any version on which it works. */
const VARIABLE = 'IMGTRUST_INFLATE'

/**
 * The handle is no documented interface. It has been the same since Node.js 12, but a version that takes other
 * arguments would end the process instead of throwing, before a self-test can tell: so only on major versions on which
 * the tests were run.
 */
const TRIED: ReadonlySet<string> = new Set(['20', '22', '24', '26'])

/** Bytes handed on at once: what is left in the cache of a core when the next ones read it. */
const PIECE = 256 * 1024

export type InflateWay = 'stream' | 'fast'

/** @throws JobError `usage` where the variable says neither */
export function inflateWay(
  wanted: string | undefined = process.env[VARIABLE],
  version: string = process.versions.node,
): InflateWay {
  if (wanted === 'stream') return 'stream'
  if (wanted !== undefined && wanted !== '' && wanted !== 'fast')
    throw new JobError('usage', `${VARIABLE} is ${JSON.stringify(wanted)}; it may be stream or fast`)
  const tried = wanted === 'fast' || TRIED.has(version.split('.')[0]!)
  return tried && works() ? 'fast' : 'stream'
}

/** What node:zlib has under a stream (lib/zlib.js, `processChunkSync`). */
interface Handle {
  onerror: (message: string) => void
  writeSync(
    flush: number,
    input: Uint8Array,
    inputAt: number,
    inputBytes: number,
    output: Uint8Array,
    outputAt: number,
    outputBytes: number,
  ): void
}

interface Inner {
  readonly _handle?: Handle | null
  /** After a call: bytes left of the output, bytes left of the input. */
  readonly _writeState?: Uint32Array
}

/** What zlib says of broken data. */
export class GzipError extends Error {
  override readonly name = 'GzipError'
}

const nothing = new Uint8Array(0)

/** Unpacks gzip, any number of members, into buffers that are handed on when they are full. */
export class FastGunzip {
  readonly #stream: zlib.Gunzip
  readonly #handle: Handle
  readonly #state: Uint32Array
  readonly #sink: Sink
  readonly #next: () => Uint8Array
  #out: Uint8Array
  #filled = 0
  #ended = false
  #error: GzipError | null = null

  /**
   * @param sink the chunk is valid until what it returns has settled
   * @param next the buffer to fill after one was handed on; absent: the same again
   * @throws Error where the handle is not as expected
   */
  constructor(sink: Sink, next?: () => Uint8Array) {
    this.#sink = sink
    const own = next ? null : Buffer.allocUnsafeSlow(PIECE)
    this.#next = next ?? (() => own!)
    this.#out = this.#next()
    // The stream's own buffer is not used.
    this.#stream = createGunzip({ chunkSize: zlib.constants.Z_MIN_CHUNK })
    const { _handle: handle, _writeState: state } = this.#stream as Inner
    if (typeof handle?.writeSync !== 'function' || !(state instanceof Uint32Array) || state.length !== 2)
      throw new Error('no such handle')
    this.#handle = handle
    this.#state = state
    handle.onerror = message => {
      this.#error ??= new GzipError(message)
    }
  }

  /**
   * The chunk is not needed after it.
   * @throws (or rejects with) GzipError, or what the sink throws
   */
  write(chunk: Uint8Array): Promise<void> | undefined {
    return this.#run(chunk, 0, zlib.constants.Z_NO_FLUSH)
  }

  /** @throws (or rejects with) GzipError, or what the sink throws */
  end(): Promise<void> | undefined {
    const wait = this.#run(nothing, 0, zlib.constants.Z_FINISH)
    return wait ? wait.then(() => this.#rest()) : this.#rest()
  }

  /** Gives back what zlib holds. */
  close(): void {
    this.#ended = true
    this.#stream.close()
  }

  #rest(): Promise<void> | undefined {
    this.close()
    return this.#filled > 0 ? this.#sink(this.#out.subarray(0, this.#filled)) : undefined
  }

  #run(chunk: Uint8Array, from: number, flush: number): Promise<void> | undefined {
    let at = from
    while (!this.#ended) {
      const out = this.#out
      const room = out.length - this.#filled
      this.#handle.writeSync(flush, chunk, at, chunk.length - at, out, this.#filled, room)
      if (this.#error) throw this.#error
      const left = this.#state[1]!
      at = chunk.length - left
      this.#filled = out.length - this.#state[0]!
      if (this.#filled < out.length) {
        // zlib wants no more: zeros that fill up what came before, and whatever stands behind them.
        if (left > 0) this.#ended = true
        return undefined
      }
      this.#filled = 0
      const wait = this.#sink(out)
      if (wait) {
        return wait.then(() => {
          this.#out = this.#next()
          return this.#run(chunk, at, flush)
        })
      }
      this.#out = this.#next()
    }
    return undefined
  }
}

let outcome: boolean | null = null

function works(): boolean {
  outcome ??= selfTest()
  return outcome
}

/** Whether the handle does with some known inputs what the stream is known to do. */
export function selfTest(): boolean {
  const text = Buffer.from('one layer of an image, '.repeat(40))
  const packed = gzipSync(text)
  const flipped = (at: number) => {
    const copy = Buffer.from(packed)
    copy[at]! ^= 0xff
    return copy
  }
  const rubbish = Buffer.from('rubbish')
  const inputs: readonly (readonly [input: Buffer, output: Buffer | null])[] = [
    [packed, text],
    [Buffer.concat([packed, packed]), Buffer.concat([text, text])],
    [Buffer.concat([packed, Buffer.alloc(20), rubbish]), text],
    [Buffer.concat([packed, rubbish]), null],
    [packed.subarray(0, -1), null],
    [packed.subarray(0, 20), null],
    [flipped(packed.length - 6), null],
    [flipped(2), null],
  ]
  return inputs.every(([input, output]) =>
    [1, 7, input.length].every(piece => {
      const found = unpacked(input, piece)
      return output === null ? found === null : found !== null && output.equals(found)
    }),
  )
}

/** What the handle makes of an input that comes in pieces; null: an error. */
function unpacked(input: Buffer, piece: number): Buffer | null {
  const out: Buffer[] = []
  const small = Buffer.alloc(64)
  try {
    const gunzip = new FastGunzip(
      chunk => {
        out.push(Buffer.from(chunk))
        return undefined
      },
      () => small,
    )
    for (let at = 0; at < input.length; at += piece) gunzip.write(input.subarray(at, at + piece))
    gunzip.end()
    return Buffer.concat(out)
  } catch {
    return null
  }
}
