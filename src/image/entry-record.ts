/** One record of an entry log: how it lies in a chunk, and reading it without making what nobody asks for. */
import type { EntryType } from './facts.ts'

/** Records lie whole in one chunk; an address is the chunk's number and the offset in it. */
export const CHUNK_BITS = 18
export const CHUNK = 1 << CHUNK_BITS
export const OFFSET = CHUNK - 1

/** What a record says: an entry of the tar, or that something of the lower layers is taken away. */
export type RecordType = EntryType | 'whiteout' | 'opaque'

export const recordTypes: readonly RecordType[] = [
  'file',
  'dir',
  'symlink',
  'hardlink',
  'other',
  'whiteout',
  'opaque',
]
export const recordCodes = new Map(recordTypes.map((type, code) => [type, code]))

export const FILE = recordCodes.get('file')!
export const DIR = recordCodes.get('dir')!
export const SYMLINK = recordCodes.get('symlink')!
export const HARDLINK = recordCodes.get('hardlink')!
export const WHITEOUT = recordCodes.get('whiteout')!
export const OPAQUE = recordCodes.get('opaque')!

export const SLASH = 0x2f

/** The fields of one record, without its path. */
export interface EntryRecord {
  readonly type: RecordType
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly size: number
  readonly link: string | null
}

/** Goes over the records of a log, no string made but when it is asked for. */
export class Cursor {
  readonly #chunks: readonly Buffer[]
  readonly #base: number
  #number = -1
  #at = 0
  address = 0
  /** The record's type as its number. */
  code = 0
  /** The address of the target's text where it is a link. */
  link = 0
  /** Where the names of the path lie, the first folder first: their addresses. */
  readonly names: number[] = []
  readonly #ends: number[] = []
  /** How many of the first names are those of the record before. */
  shared = 0

  /** @param base the number of the log's first chunk, where its chunks are part of a longer list */
  constructor(chunks: readonly Buffer[], base = 0) {
    this.#chunks = chunks
    this.#base = base
  }

  next(): boolean {
    let chunk = this.#chunks[this.#number]
    if (!chunk || this.#at >= chunk.length) {
      chunk = this.#chunks[++this.#number]
      if (!chunk) return false
      this.#at = 0
    }
    const base = (this.#number + this.#base) * CHUNK
    let at = this.#at
    this.address = base + at
    this.code = chunk[at++]!
    for (let numbers = 0; numbers < 4; numbers++) at = skipNumber(chunk, at)
    if (this.code === SYMLINK || this.code === HARDLINK) {
      this.link = base + at
      at = chunk.indexOf(0, at) + 1
    }
    let place = readNumber(chunk, at)
    at = skipNumber(chunk, at)
    const { names } = this
    const ends = this.#ends
    while (names.length > 0 && ends[names.length - 1]! >= place) names.pop()
    this.shared = names.length
    for (let start = at, ended = false; !ended; at++) {
      const byte = chunk[at]!
      if (byte !== SLASH && byte !== 0) continue
      // The root has no name.
      if (at > start) {
        ends[names.length] = place + at - start
        names.push(base + start)
      }
      place += at + 1 - start
      start = at + 1
      ended = byte === 0
    }
    this.#at = at
    return true
  }

  path(): string {
    const own = this.#base * CHUNK
    return this.names.map(address => textAt(this.#chunks, address - own)).join('/')
  }
}

/** The text at an address, up to the next slash or NUL; with `whole` up to the NUL. */
export function textAt(chunks: readonly Buffer[], address: number, whole = false): string {
  const chunk = chunks[address >>> CHUNK_BITS]!
  const start = address & OFFSET
  let end = start
  while (chunk[end] !== 0 && (whole || chunk[end] !== SLASH)) end++
  return chunk.toString('utf8', start, end)
}

/** The type of the record at an address, as its number. */
export function codeAt(chunks: readonly Buffer[], address: number): number {
  return chunks[address >>> CHUNK_BITS]![address & OFFSET]!
}

/** Where the target's text of a link's record begins. */
export function targetAt(chunks: readonly Buffer[], address: number): number {
  const chunk = chunks[address >>> CHUNK_BITS]!
  let at = (address & OFFSET) + 1
  for (let numbers = 0; numbers < 4; numbers++) at = skipNumber(chunk, at)
  return address - (address & OFFSET) + at
}

/** The addresses of the names in a path that is written out at an address, empty ones left out. */
export function namesAt(chunks: readonly Buffer[], address: number): number[] {
  const chunk = chunks[address >>> CHUNK_BITS]!
  const base = address - (address & OFFSET)
  const names: number[] = []
  for (let start = address & OFFSET, at = start; ; at++) {
    const byte = chunk[at]!
    if (byte !== SLASH && byte !== 0) continue
    if (at > start) names.push(base + start)
    start = at + 1
    if (byte === 0) return names
  }
}

/** 1 where the name at an address is `.`, 2 where it is `..`, else 0. */
export function dotsAt(chunks: readonly Buffer[], address: number): number {
  const chunk = chunks[address >>> CHUNK_BITS]!
  const start = address & OFFSET
  let dots = 0
  while (dots < 3 && chunk[start + dots] === 0x2e) dots++
  const after = chunk[start + dots]
  return dots < 3 && (after === 0 || after === SLASH) ? dots : 0
}

/** A record but for its path. */
export function readRecord(chunks: readonly Buffer[], address: number): EntryRecord {
  const chunk = chunks[address >>> CHUNK_BITS]!
  let at = address & OFFSET
  const code = chunk[at++]!
  const mode = readNumber(chunk, at)
  at = skipNumber(chunk, at)
  const uid = readNumber(chunk, at)
  at = skipNumber(chunk, at)
  const gid = readNumber(chunk, at)
  at = skipNumber(chunk, at)
  const size = readNumber(chunk, at)
  at = skipNumber(chunk, at)
  const isLink = code === SYMLINK || code === HARDLINK
  const link = isLink ? chunk.toString('utf8', at, chunk.indexOf(0, at)) : null
  return { type: recordTypes[code]!, mode, uid, gid, size, link }
}

/** Seven bits a byte, the lowest first; all but the last have their high bit set. */
export function putNumber(chunk: Buffer, at: number, value: number): number {
  let rest = value
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) chunk[at++] = (rest % 0x80) | 0x80
  chunk[at++] = rest
  return at
}

function readNumber(chunk: Buffer, at: number): number {
  let value = 0
  for (let factor = 1; ; factor *= 0x80) {
    const byte = chunk[at++]!
    value += (byte & 0x7f) * factor
    if (byte < 0x80) return value
  }
}

function skipNumber(chunk: Buffer, at: number): number {
  while (chunk[at]! >= 0x80) at++
  return at + 1
}
