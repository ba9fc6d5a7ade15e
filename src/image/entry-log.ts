import {
  CHUNK,
  Cursor,
  HARDLINK,
  OPAQUE,
  putNumber,
  readRecord,
  recordCodes,
  recordTypes,
  SLASH,
  SYMLINK,
  WHITEOUT,
} from './entry-record.ts'
import type { FoundCertificate, LayerEntry, LayerPaths } from './facts.ts'

/** Half a million folders and more are told apart well enough to count them. */
const FOLDER_BITS = 2 ** 22
const nothing: readonly FoundCertificate[] = []

/** What was kept of a file. */
export interface Kept {
  readonly content: Uint8Array | null
  readonly found: readonly FoundCertificate[]
}

/** A sealed log as plain data. */
export interface PackedLog {
  readonly chunks: readonly Buffer[]
  /** Records of each type, in the order of their numbers. */
  readonly counts: readonly number[]
  readonly names: number
  readonly kept: ReadonlyMap<number, Kept>
}

/**
 * The entries of one layer in their order, packed: about 30 bytes each where objects would take 300, for a stranger's
 * layer may have a million. Iterating unpacks one after the other.
 *
 * A record is: type (1 byte), mode, uid, gid, size (variable-length numbers), the link's target and a NUL where it is a
 * link, the number of bytes that its path shares with the one before (up to a slash), the rest of the path and a NUL.
 * So every name lies in it once, ended by a slash or a NUL, and a tree can point at it instead of copying it.
 */
export class EntryLog implements Iterable<LayerEntry> {
  #chunks: Buffer[] = []
  #kept: Map<number, Kept> = new Map()
  #chunk = Buffer.alloc(0)
  #at = 0
  #bytes = 0
  #names = 0
  /** A bit for each folder that was seen, by a hash of its path. */
  #folders: Uint32Array | null = null
  #before = Buffer.alloc(0)
  #beforeLength = 0
  #scratch = Buffer.allocUnsafe(16 * 1024)
  #counts: number[] = recordTypes.map(() => 0)

  /** Packs entries that are there as a list. */
  static of(
    entries: Iterable<LayerEntry>,
    whiteouts: Iterable<string> = [],
    opaque: Iterable<string> = [],
  ): EntryLog {
    const log = new EntryLog()
    for (const path of whiteouts) log.addMark('whiteout', path)
    for (const path of opaque) log.addMark('opaque', path)
    for (const entry of entries) log.add(entry)
    log.seal()
    return log
  }

  /** A log of what {@link pack} gave. */
  static unpack({ chunks, counts, names, kept }: PackedLog): EntryLog {
    const log = new EntryLog()
    log.#chunks = [...chunks]
    log.#counts = [...counts]
    log.#names = names
    log.#kept = new Map(kept)
    log.#bytes = chunks.reduce((sum, chunk) => sum + chunk.length, 0)
    log.seal()
    return log
  }

  pack(): PackedLog {
    return { chunks: this.#chunks, counts: this.#counts, names: this.#names, kept: this.#kept }
  }

  /** How many entries there are, whiteouts and opaque folders not counted. */
  get length(): number {
    return this.records - this.#counts[WHITEOUT]! - this.#counts[OPAQUE]!
  }

  /** How many records there are, of all types. */
  get records(): number {
    return this.#counts.reduce((sum, count) => sum + count, 0)
  }

  /** Bytes that the records take. */
  get bytes(): number {
    return this.#bytes
  }

  /** About how many names a tree makes of the records: one each, and one for each folder that they bring. */
  get names(): number {
    return this.#names
  }

  get chunks(): readonly Buffer[] {
    return this.#chunks
  }

  /** What was kept, by the address of the record, in the records' order. */
  get kept(): ReadonlyMap<number, Kept> {
    return this.#kept
  }

  add(entry: LayerEntry): void {
    const address = this.#write(
      recordCodes.get(entry.type)!,
      entry.path,
      entry.mode,
      entry.uid,
      entry.gid,
      entry.size,
      entry.link,
    )
    const { content, found } = entry
    if (content || found.length > 0) this.#kept.set(address, { content, found })
  }

  addMark(type: 'whiteout' | 'opaque', path: string): void {
    this.#write(recordCodes.get(type)!, path, 0, 0, 0, 0, null)
  }

  /** Nothing more will come: gives back what was taken in advance. */
  seal(): void {
    const last = this.#chunks.length - 1
    if (last >= 0 && this.#at > 0) this.#chunks[last] = Buffer.from(this.#chunks[last]!.subarray(0, this.#at))
    this.#folders = null
    this.#chunk = this.#before = this.#scratch = Buffer.alloc(0)
    this.#at = 0
  }

  *[Symbol.iterator](): IterableIterator<LayerEntry> {
    const cursor = new Cursor(this.#chunks)
    while (cursor.next()) {
      const { type, ...record } = readRecord(this.#chunks, cursor.address)
      if (type === 'whiteout' || type === 'opaque') continue
      const { content, found } = this.#kept.get(cursor.address) ?? { content: null, found: nothing }
      yield { path: cursor.path(), type, ...record, content, found }
    }
  }

  /** The paths of one kind of mark. */
  marks(type: 'whiteout' | 'opaque'): LayerPaths {
    const code = recordCodes.get(type)!
    const chunks = this.#chunks
    return {
      length: this.#counts[code]!,
      *[Symbol.iterator]() {
        const cursor = new Cursor(chunks)
        while (cursor.next()) if (cursor.code === code) yield cursor.path()
      },
    }
  }

  #write(
    code: number,
    path: string,
    mode: number,
    uid: number,
    gid: number,
    size: number,
    link: string | null,
  ): number {
    // Three bytes a character is the most that UTF-8 takes; the numbers take less than 50.
    if (path.includes('\0') || link?.includes('\0')) {
      return this.#write(code, untilNul(path), mode, uid, gid, size, link && untilNul(link))
    }
    const most = 3 * (path.length + (link?.length ?? 0)) + 64
    if (this.#scratch.length < most) this.#scratch = Buffer.allocUnsafe(most)
    const scratch = this.#scratch
    const length = scratch.write(path, 'utf8')
    let same = 0
    // Each chunk begins with a whole path, so that a record can be read without the chunk before.
    if (this.#room(most)) {
      const shorter = Math.min(length, this.#beforeLength)
      for (let i = 0; i < shorter && scratch[i] === this.#before[i]; i++)
        if (scratch[i] === SLASH) same = i + 1
    }
    const chunk = this.#chunk
    const start = this.#at
    let at = start
    chunk[at++] = code
    at = putNumber(chunk, at, mode)
    at = putNumber(chunk, at, uid)
    at = putNumber(chunk, at, gid)
    at = putNumber(chunk, at, size)
    if (code === SYMLINK || code === HARDLINK) {
      at += chunk.write(link ?? '', at, 'utf8')
      chunk[at++] = 0
    }
    at = putNumber(chunk, at, same)
    at += scratch.copy(chunk, at, same, length)
    chunk[at++] = 0
    this.#names += 1 + this.#newFolders(scratch, same, length)
    this.#at = at
    this.#bytes += at - start
    this.#scratch = this.#before
    this.#before = scratch
    this.#beforeLength = length
    this.#counts[code]!++
    return (this.#chunks.length - 1) * CHUNK + start
  }

  /** How many folders of a path, of which the first `same` bytes were in the one before, have not been seen. */
  #newFolders(path: Buffer, same: number, length: number): number {
    let last = length - 1
    while (last >= same && path[last] !== SLASH) last--
    if (last < same) return 0
    this.#folders ??= new Uint32Array(FOLDER_BITS / 32)
    let count = 0
    let hash = 0
    for (let i = 0; i <= last; i++) {
      if (path[i] === SLASH && i >= same) {
        const bit = (hash ^ (hash >>> 15)) & (FOLDER_BITS - 1)
        const seen = (this.#folders[bit >>> 5]! >>> (bit & 31)) & 1
        this.#folders[bit >>> 5]! |= 1 << (bit & 31)
        count += 1 - seen
      }
      hash = Math.imul(hash ^ path[i]!, 0x01000193) + 0x9e37
    }
    return count
  }

  /** @returns whether the record goes on in the chunk of the one before */
  #room(bytes: number): boolean {
    if (this.#at + bytes <= this.#chunk.length) return this.#at > 0
    const last = this.#chunks.length - 1
    if (last >= 0) this.#chunks[last] = Buffer.from(this.#chunk.subarray(0, this.#at))
    // Most layers are small: the first chunks of a layer grow.
    const grown = last + 1 < 3 ? 4096 << (2 * (last + 1)) : CHUNK
    this.#chunk = Buffer.alloc(Math.max(grown, bytes))
    this.#chunks.push(this.#chunk)
    this.#at = 0
    return false
  }
}

function untilNul(text: string): string {
  const nul = text.indexOf('\0')
  return nul < 0 ? text : text.slice(0, nul)
}
