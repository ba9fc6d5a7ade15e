import type { JobError } from '../errors.ts'
import { limits } from '../limits.ts'
import type { TarBody } from './tar.ts'
import { BLOCK, readNumber } from './tar-header.ts'

/**
 * Where the bytes of a sparse file belong: pairs of offset and length, ascending, none over another. All else of the
 * file is zeros. GNU tar manual, "Storing Sparse Files" (old GNU, PAX 0.0, 0.1, 1.0).
 */
export type SparseMap = readonly number[]

/** What PAX records say of a sparse file. */
export interface PaxSparse {
  major?: string
  minor?: string
  name?: string
  size?: number
  /** As written: pairs of decimal numbers. */
  map?: number[]
}

/** Numbers of a map that takes as many bytes as an extended header may. */
const MOST_NUMBERS = limits.headerBytes / 12
/** In the header of an old GNU sparse file: four pairs, a flag, the real size. */
const OLD = { at: 386, pairs: 4, extended: 482, size: 483 } as const
/** In a block that goes on with them. */
const EXTENSION = { at: 0, pairs: 21, extended: 504 } as const
const NUMBER = 12

/** The map of an old GNU sparse file as it is gathered from its header and the blocks after it. */
export class OldGnuMap {
  readonly map: number[] = []
  readonly size: number
  /** Whether the next block goes on with it. */
  extended = false
  readonly #bad: () => JobError
  #blocks = 0

  /** @param bad what to throw where it is none @throws JobError */
  constructor(header: Uint8Array, bad: () => JobError) {
    this.#bad = bad
    const size = readNumber(header, OLD.size, NUMBER)
    if (size === null || size < 0) throw bad()
    this.size = size
    this.#take(header, OLD)
  }

  /** @throws JobError */
  extend(block: Uint8Array): void {
    this.#take(block, EXTENSION)
  }

  #take(block: Uint8Array, form: { at: number; pairs: number; extended: number }): void {
    if (++this.#blocks > limits.headerBytes / BLOCK) throw this.#bad()
    for (let at = form.at; at < form.at + 2 * NUMBER * form.pairs && block[at] !== 0; at += 2 * NUMBER) {
      const [offset, length] = [readNumber(block, at, NUMBER), readNumber(block, at + NUMBER, NUMBER)]
      if (offset === null || length === null) throw this.#bad()
      this.map.push(offset, length)
    }
    this.extended = block[form.extended] !== 0
  }
}

/** Whether these records make a sparse file, and of which form; null: it is a plain one, or of a form that nobody knows. */
export function sparseForm({ major, minor, map }: PaxSparse): 'records' | 'data' | null {
  if (major === '0' && (minor === '0' || minor === '1')) return 'records'
  if (major === '1' && minor === '0') return 'data'
  // 0.0 and 0.1 were written before there was a number.
  return major === undefined && minor === undefined && map !== undefined ? 'records' : null
}

/** Is it a map of a file of this size? */
function isMap(map: SparseMap, size: number): boolean {
  if (map.length % 2 !== 0) return false
  let end = 0
  for (let i = 0; i < map.length; i += 2) {
    const [offset, length] = [map[i]!, map[i + 1]!]
    if (offset < end || length > size - offset) return false
    end = offset + length
  }
  return true
}

/**
 * Hands the whole content of a sparse file on, its holes filled, while its stored bytes are pushed into it. In the form
 * 1.0 the map comes first in those bytes.
 */
export class SparseBody implements TarBody {
  readonly #to: TarBody
  readonly #size: number
  readonly #bad: () => JobError
  readonly #takeZeros: (count: number) => void
  #map: SparseMap | null = null
  #reader: MapReader | null = null
  /** The pair at hand. */
  #pair = 0
  /** Bytes of the file handed on. */
  #at = 0

  /**
   * @param map null: it comes in the bytes
   * @param takeZeros counts zeros that are made
   * @throws JobError what `bad` makes, where the map is none
   */
  constructor(
    to: TarBody,
    size: number,
    map: SparseMap | null,
    bad: () => JobError,
    takeZeros: (count: number) => void,
  ) {
    this.#to = to
    this.#size = size
    this.#bad = bad
    this.#takeZeros = takeZeros
    if (map) this.#use(map)
    else this.#reader = new MapReader(bad)
  }

  push(chunk: Uint8Array): void {
    let at = 0
    if (this.#reader) {
      at = this.#reader.push(chunk)
      const { map } = this.#reader
      if (!map) return
      this.#reader = null
      this.#use(map)
    }
    const map = this.#map!
    while (at < chunk.length) {
      if (this.#pair >= map.length) throw this.#bad()
      const offset = map[this.#pair]!
      if (this.#at < offset) this.#hole(offset - this.#at)
      const count = Math.min(chunk.length - at, offset + map[this.#pair + 1]! - this.#at)
      if (count > 0) this.#to.push(chunk.subarray(at, at + count))
      this.#at += count
      at += count
      if (this.#at === offset + map[this.#pair + 1]!) this.#pair += 2
    }
  }

  end(): void {
    const map = this.#map
    if (!map) throw this.#bad()
    for (; this.#pair < map.length; this.#pair += 2) {
      if (map[this.#pair + 1]! > 0) throw this.#bad()
    }
    if (this.#at < this.#size) this.#hole(this.#size - this.#at)
    this.#to.end()
  }

  #use(map: SparseMap): void {
    if (!isMap(map, this.#size)) throw this.#bad()
    this.#map = map
  }

  #hole(count: number): void {
    this.#at += count
    if (this.#to.hole) {
      this.#takeZeros(this.#to.hole(count))
      return
    }
    this.#takeZeros(count)
    for (let left = count; left > 0; left -= ZEROS.length) this.#to.push(ZEROS.subarray(0, left))
  }
}

const ZEROS: Uint8Array = Buffer.alloc(64 * 1024)
const NEWLINE = 0x0a
/** More digits than any number that fits. */
const MOST_DIGITS = 16

/** The map of the form 1.0: how many pairs, then their numbers, a line each, filled up to whole blocks. */
class MapReader {
  map: number[] | null = null
  readonly #bad: () => JobError
  readonly #numbers: number[] = []
  #wanted: number | null = null
  #value = 0
  #digits = 0
  #bytes = 0

  constructor(bad: () => JobError) {
    this.#bad = bad
  }

  /** @returns how many bytes of the chunk were of the map; `map` is there once all were */
  push(chunk: Uint8Array): number {
    for (let at = 0; at < chunk.length; at++) {
      const isDone = this.#wanted !== null && this.#numbers.length === this.#wanted
      if (isDone && this.#bytes % BLOCK === 0) {
        this.map = this.#numbers
        return at
      }
      this.#bytes++
      if (!isDone) this.#take(chunk[at]!)
    }
    // At the chunk's end, too: the file may hold nothing but its map.
    if (this.#wanted !== null && this.#numbers.length === this.#wanted && this.#bytes % BLOCK === 0)
      this.map = this.#numbers
    return chunk.length
  }

  #take(byte: number): void {
    if (byte !== NEWLINE) {
      if (byte < 0x30 || byte > 0x39 || ++this.#digits > MOST_DIGITS) throw this.#bad()
      this.#value = this.#value * 10 + byte - 0x30
      return
    }
    if (this.#digits === 0) throw this.#bad()
    const value = this.#value
    this.#value = this.#digits = 0
    if (this.#wanted !== null) this.#numbers.push(value)
    else if (2 * value > MOST_NUMBERS) throw this.#bad()
    else this.#wanted = 2 * value
  }
}
