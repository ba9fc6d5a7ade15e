import { JobError } from '../errors.ts'
import { limits } from '../limits.ts'
import type { EntryType } from './facts.ts'
import { printable } from './path.ts'
import { BLOCK, decodeName, type PaxRecords, parseHeader, parsePax, type RawHeader } from './tar-header.ts'
import { OldGnuMap, SparseBody, type SparseMap, sparseForm } from './tar-sparse.ts'

/** One entry, its extensions (PAX, GNU long names) applied. */
export interface TarEntry {
  /** As written: not normalised. */
  readonly path: string
  readonly type: EntryType
  /** As written; null where it is no link. */
  readonly link: string | null
  readonly mode: number
  readonly uid: number
  readonly gid: number
  /** Bytes of a regular file, the holes of a sparse one counted; 0 for everything else. */
  readonly size: number
  /** Where its content begins in the archive. */
  readonly offset: number
  /** Its bytes don't lie in the archive one after the other. */
  readonly sparse?: true
}

/** Takes the content of one entry. A chunk is only valid during the call. */
export interface TarBody {
  push(chunk: Uint8Array): void
  /**
   * So many zeros, of a sparse file; absent: they are pushed.
   * @returns how many were really made: that is work, which a stranger's few bytes can ask for
   */
  hole?(bytes: number): number
  end(): void
}

/** Told of every entry in order; returns who takes its content, or null to skip over it. */
export type TarVisitor = (entry: TarEntry) => TarBody | null

type Meta = 'pax' | 'global' | 'name' | 'link'

/**
 * Walks a tar archive pushed in chunks of any size, without copying content and at memory speed.
 *
 * It reads what the engines' own reader (Go's archive/tar) reads, and decides doubtful cases as that does: links,
 * folders and devices have no content whatever their size field says, global PAX headers change nothing, one block of
 * zeros must be followed by another or by the end, and what follows two is not looked at.
 * Sparse files come with their holes filled.
 */
export class TarWalker {
  readonly #what: string
  readonly #visit: TarVisitor
  readonly #carry = Buffer.alloc(BLOCK)
  #carried = 0
  /** Bytes consumed so far. */
  #position = 0
  #skip = 0
  #bodyLeft = 0
  #body: TarBody | null = null
  #padding = 0
  #meta: { readonly kind: Meta; readonly bytes: Buffer; filled: number } | null = null
  #pax: PaxRecords | null = null
  #longName: string | null = null
  #longLink: string | null = null
  #zeros = 0
  #entries = 0
  #metaRun = 0
  /** An old GNU sparse file whose map goes on in the next block. */
  #mapped: { readonly header: RawHeader; readonly map: OldGnuMap } | null = null
  /** Zeros that were made of holes. */
  #zerosMade = 0

  /** @param what the archive's name in messages: `layer 2 of alpine:3.11` */
  constructor(what: string, visit: TarVisitor) {
    this.#what = what
    this.#visit = visit
  }

  /** Whether the two blocks of zeros have been seen: nothing after them counts. */
  get ended(): boolean {
    return this.#zeros === 2
  }

  /** @throws JobError `malformed`, `unsupported`, `limit`, or what the visitor throws */
  push(chunk: Uint8Array): void {
    let at = 0
    while (at < chunk.length && this.#zeros < 2) {
      const left = chunk.length - at
      if (this.#skip > 0) {
        const count = Math.min(left, this.#skip)
        this.#skip -= count
        this.#position += count
        at += count
      } else if (this.#bodyLeft > 0) {
        const count = Math.min(left, this.#bodyLeft)
        this.#content(count === chunk.length ? chunk : chunk.subarray(at, at + count))
        at += count
      } else if (this.#carried === 0 && left >= BLOCK) {
        this.#position += BLOCK
        this.#header(chunk.subarray(at, at + BLOCK))
        at += BLOCK
      } else {
        const count = Math.min(left, BLOCK - this.#carried)
        this.#carry.set(chunk.subarray(at, at + count), this.#carried)
        this.#carried += count
        this.#position += count
        at += count
        if (this.#carried === BLOCK) {
          this.#carried = 0
          this.#header(this.#carry)
        }
      }
    }
  }

  /** For a reader that can seek: the bytes that need not be pushed, taken as pushed. */
  takeSkip(): number {
    const skip = this.#skip
    this.#skip = 0
    this.#position += skip
    return skip
  }

  /**
   * The archive's bytes are at their end. As in the engines, the blocks of zeros may be missing, nothing else.
   * @throws JobError `truncated`
   */
  end(): void {
    if (this.#zeros === 2) return
    const pending = this.#pax !== null || this.#longName !== null || this.#longLink !== null
    if (this.#bodyLeft > 0 || this.#skip > 0 || this.#carried > 0 || this.#mapped || pending) {
      throw new JobError(
        'truncated',
        `${this.#what} ends in the middle of its tar archive, after ${this.#position} bytes; fetch or save the image again`,
      )
    }
  }

  #content(chunk: Uint8Array): void {
    this.#bodyLeft -= chunk.length
    this.#position += chunk.length
    const meta = this.#meta
    if (meta) {
      meta.bytes.set(chunk, meta.filled)
      meta.filled += chunk.length
    } else {
      this.#body?.push(chunk)
    }
    if (this.#bodyLeft > 0) return
    this.#skip = this.#padding
    if (meta) {
      this.#meta = null
      this.#takeMeta(meta.kind, meta.bytes)
    } else {
      const body = this.#body
      this.#body = null
      body?.end()
    }
  }

  #header(block: Uint8Array): void {
    if (this.#mapped) {
      this.#extend(block)
      return
    }
    const header = parseHeader(block, this.#what, this.#position - BLOCK)
    if (!header) {
      this.#zeros++
      return
    }
    if (this.#zeros > 0) {
      throw new JobError(
        'malformed',
        `${this.#what} has a lone block of zeros at byte ${this.#position - 2 * BLOCK} and goes on after it; save the image again`,
      )
    }
    const meta = metaOf(header.flag)
    if (meta) this.#openMeta(meta, header)
    else if (header.flag === 'S') this.#openSparse(header, block)
    else this.#openEntry(header, null)
  }

  #openSparse(header: RawHeader, block: Uint8Array): void {
    const map = new OldGnuMap(block, this.#noMap(header.name))
    if (map.extended) this.#mapped = { header, map }
    else this.#openEntry(header, map)
  }

  #extend(block: Uint8Array): void {
    const { header, map } = this.#mapped!
    map.extend(block)
    if (map.extended) return
    this.#mapped = null
    this.#openEntry(header, map)
  }

  #noMap(path: string): () => JobError {
    return () =>
      new JobError(
        'malformed',
        `${this.#what}: the map of the sparse file ${printable(path)} can't be read, has too many parts, or is not what is stored of it; build the layer without tar --sparse`,
      )
  }

  #openMeta(kind: Meta, header: RawHeader): void {
    if (header.size > limits.headerBytes) {
      throw new JobError(
        'limit',
        `${this.#what}: an extended tar header has ${header.size} bytes, more than ${limits.headerBytes}`,
      )
    }
    // Without this a stranger could make us read extended headers for ever without one entry.
    if (++this.#metaRun > 64) {
      throw new JobError('limit', `${this.#what}: more than 64 extended tar headers before one entry`)
    }
    this.#padding = padding(header.size)
    if (header.size === 0) {
      this.#takeMeta(kind, Buffer.alloc(0))
      return
    }
    this.#bodyLeft = header.size
    this.#meta = { kind, bytes: Buffer.allocUnsafe(header.size), filled: 0 }
  }

  #takeMeta(kind: Meta, bytes: Buffer): void {
    if (kind === 'pax') {
      this.#pax = parsePax(bytes, this.#what)
    } else if (kind === 'name' || kind === 'link') {
      const nul = bytes.indexOf(0)
      const text = decodeName(nul < 0 ? bytes : bytes.subarray(0, nul))
      if (kind === 'name') this.#longName = text
      else this.#longLink = text
    }
  }

  #openEntry(header: RawHeader, old: OldGnuMap | null): void {
    const pax = this.#pax
    const form = old || !pax?.sparse ? null : sparseForm(pax.sparse)
    const path = (form && pax?.sparse?.name) || this.#longName || pax?.path || header.name
    const link = this.#longLink || pax?.linkpath || header.link
    this.#pax = this.#longName = this.#longLink = null
    this.#metaRun = 0
    if (++this.#entries > limits.entries) {
      throw new JobError('limit', `${this.#what} has more than ${limits.entries} tar entries`)
    }
    if (path.length > limits.pathBytes || link.length > limits.pathBytes) {
      throw new JobError(
        'limit',
        `${this.#what}: a path or link target of more than ${limits.pathBytes} characters: ${printable(path, 60)}`,
      )
    }
    const type = typeOf(header.flag, path)
    const stated = pax?.size ?? header.size
    const stored = type === 'file' || type === null ? stated : 0
    const whole = stored + padding(stored)
    if (!Number.isSafeInteger(whole) || stored > limits.layerBytes) {
      throw new JobError(
        'limit',
        `${this.#what}: ${printable(path)} states ${stored} bytes, more than ${limits.layerBytes}`,
      )
    }
    const sparse = old
      ? { map: old.map, size: old.size }
      : form && { map: form === 'data' ? null : (pax!.sparse!.map ?? []), size: pax!.sparse!.size ?? stored }
    if (sparse && type !== 'file') throw this.#noMap(path)()
    const size = sparse ? sparse.size : stored
    const body =
      type === null
        ? null
        : this.#visit({
            path,
            type,
            link: type === 'symlink' || type === 'hardlink' ? link : null,
            mode: header.mode,
            uid: pax?.uid ?? header.uid,
            gid: pax?.gid ?? header.gid,
            size,
            offset: this.#position,
            ...(sparse && { sparse: true }),
          })
    if (!body) {
      this.#skip = whole
      return
    }
    const taking = sparse ? this.#filled(body, path, sparse.size, sparse.map) : body
    if (stored === 0) {
      taking.end()
    } else {
      this.#body = taking
      this.#bodyLeft = stored
      this.#padding = padding(stored)
    }
  }

  #filled(body: TarBody, path: string, size: number, map: SparseMap | null): TarBody {
    return new SparseBody(body, size, map, this.#noMap(path), count => {
      this.#zerosMade += count
      if (this.#zerosMade <= limits.holeBytes) return
      throw new JobError(
        'limit',
        `${this.#what}: to fill the holes of its sparse files, up to ${printable(path)}, takes more than ${limits.holeBytes} bytes; pack it without --sparse`,
      )
    })
  }
}

function padding(size: number): number {
  const over = size % BLOCK
  return over === 0 ? 0 : BLOCK - over
}

function metaOf(flag: string): Meta | null {
  switch (flag) {
    case 'x':
      return 'pax'
    case 'g':
      return 'global'
    case 'L':
      return 'name'
    case 'K':
      return 'link'
    default:
      return null
  }
}

/** Null: a vendor's own record (volume labels, …) that makes no file. */
function typeOf(flag: string, path: string): EntryType | null {
  switch (flag) {
    case '\0':
      return path.endsWith('/') ? 'dir' : 'file'
    case '0':
    case '7':
    case 'S':
      return 'file'
    case '1':
      return 'hardlink'
    case '2':
      return 'symlink'
    case '5':
      return 'dir'
    case '3':
    case '4':
    case '6':
      return 'other'
    default:
      return null
  }
}
