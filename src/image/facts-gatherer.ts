import { JobError } from '../errors.ts'
import { limits } from '../limits.ts'
import { EntryLog } from './entry-log.ts'
import type {
  Budget,
  ContentReader,
  FoundCertificate,
  LayerEntry,
  LayerFacts,
  LayerUnknown,
} from './facts.ts'
import { MemoryBudget } from './memory-budget.ts'
import { normalisePath, printable, splitPath } from './path.ts'
import type { TarBody, TarEntry } from './tar.ts'

/** OCI image spec, "Image Layer Filesystem Changeset", "Whiteouts". */
const WHITEOUT = '.wh.'
const OPAQUE = '.wh..wh..opq'
/** AUFS's own book-keeping at the root of a layer, which engines leave out. */
const AUFS = '.wh..wh.'

/** What a kept file, or a certificate's bytes, take beside themselves: a stranger may have many tiny ones. */
const KEPT_BYTES = 400
/** What one more finding of a certificate takes. */
const FOUND_BYTES = 250

/** Named one by one; a stranger's layer can have a million. */
const MOST_UNKNOWNS = 100

const nothingFound: readonly FoundCertificate[] = []

/** Gathers the facts of one layer while its tar entries pass. */
export class FactsGatherer {
  readonly #what: string
  readonly #reader: ContentReader
  readonly #entries = new EntryLog()
  readonly #unknowns: LayerUnknown[] = []
  #moreUnknowns = 0
  /** The DER of the certificates found so far, by fingerprint. */
  readonly #certificates = new Map<string, Uint8Array>()
  #found = 0
  #foundBytes = 0
  #full = false
  #kept = 0
  /** What the budget knows of the records. */
  #recorded = { bytes: 0, names: 0 }
  readonly #budget: Budget

  /**
   * @param what the layer's name in messages
   * @param budget of the image that the layer belongs to
   */
  constructor(what: string, reader: ContentReader, budget: Budget = new MemoryBudget()) {
    this.#what = what
    this.#budget = budget
    this.#reader = reader
  }

  /** As a TarVisitor: takes an entry as it stands in the archive. */
  readonly visit = (entry: TarEntry): TarBody | null => {
    const path = normalisePath(entry.path)
    const { parent, name } = splitPath(path)
    if (name.startsWith(WHITEOUT)) {
      this.#whiteout(parent, name)
      return null
    }
    // The root itself, and what AUFS left: an engine makes no file of either.
    if (path === '' || path.startsWith(AUFS)) return null
    const { type, link, mode, uid, gid, size } = entry
    if (type !== 'file') {
      const target = type === 'hardlink' ? normalisePath(link ?? '') : link
      this.add({
        path,
        type,
        link: target,
        mode,
        uid,
        gid,
        size: 0,
        content: null,
        found: nothingFound,
      })
      return null
    }
    return this.file(path, mode, uid, gid, size)
  }

  /**
   * A regular file whose bytes come now.
   * @param path normalised
   * @returns who takes the bytes, or null where nobody wants them (then the file is noted already)
   */
  file(path: string, mode: number, uid: number, gid: number, size: number): TarBody | null {
    const add = (content: Uint8Array | null, found: readonly FoundCertificate[]) =>
      this.add({ path, type: 'file', link: null, mode, uid, gid, size, content, found })
    let content = this.#reader.keep(path, size) ? this.#room(path, size) : null
    const scanner = this.#reader.scan(path, size)
    const { keepStart, startBytes = 1 } = this.#reader
    let undecided = !content && keepStart !== undefined && size >= startBytes
    if (!content && !scanner && !undecided) {
      add(null, nothingFound)
      return null
    }
    let filled = 0
    let start: Start | null = null
    let holes: Holes | null = null
    const decide = (bytes: Uint8Array) => {
      undecided = false
      if (!this.#reader.keepStart!(path, size, bytes)) return
      content = this.#room(path, size)
      // What came before this chunk is part of the start.
      content?.set(bytes.subarray(0, filled))
    }
    const push = (chunk: Uint8Array) => {
      if (undecided) {
        if (filled === 0 && chunk.length >= startBytes) {
          decide(chunk.subarray(0, startBytes))
        } else {
          start ??= new Start(startBytes)
          if (start.push(chunk)) decide(start.bytes)
        }
      }
      content?.set(chunk, filled)
      filled += chunk.length
      scanner?.push(chunk)
    }
    return {
      push,
      hole: bytes => {
        const shown = Math.min(bytes, HOLE.length)
        push(HOLE.subarray(0, shown))
        const rest = bytes - shown
        content?.fill(0, filled, filled + rest)
        filled += rest
        holes ??= new Holes()
        holes.add(filled, rest)
        return content ? bytes : shown
      },
      end: () => {
        const seen = scanner?.end() ?? nothingFound
        const found = holes?.placed(seen) ?? seen
        // A file of a running system may have become shorter than it was listed.
        const whole = content && filled < content.length ? content.subarray(0, filled) : content
        add(whole && this.#condense(path, whole), this.#bounded(path, found))
      },
    }
  }

  /** An entry that has no bytes. @throws JobError `limit` */
  add(entry: LayerEntry): void {
    this.#entries.add(entry)
    this.#countRecord()
  }

  unknown(unknown: LayerUnknown): void {
    if (this.#unknowns.length < MOST_UNKNOWNS) this.#unknowns.push(unknown)
    else this.#moreUnknowns++
  }

  facts(diffId: string | null): LayerFacts {
    const entries = this.#entries
    entries.seal()
    const [whiteouts, opaque] = [entries.marks('whiteout'), entries.marks('opaque')]
    const more = this.#moreUnknowns
    const unknowns =
      more > 0 ? [...this.#unknowns, { what: `${more} more paths`, why: 'likewise' }] : this.#unknowns
    return { diffId, entries, whiteouts, opaque, unknowns }
  }

  #whiteout(parent: string, name: string): void {
    if (name === OPAQUE) {
      this.#mark('opaque', parent)
      return
    }
    if (parent === '' && name.startsWith(AUFS)) return
    const hidden = name.slice(WHITEOUT.length)
    if (hidden === '' || hidden === '.' || hidden === '..') {
      throw new JobError(
        'malformed',
        `${this.#what} holds the whiteout ${printable(name)}, which names no file; build the image again`,
      )
    }
    this.#mark('whiteout', parent === '' ? hidden : `${parent}/${hidden}`)
  }

  #mark(type: 'whiteout' | 'opaque', path: string): void {
    this.#entries.addMark(type, path)
    this.#countRecord()
  }

  #condense(path: string, content: Uint8Array): Uint8Array | null {
    if (!this.#reader.condense) return content
    const less = this.#reader.condense(path, content)
    this.#count((less?.length ?? 0) - content.length)
    // A part of the buffer would hold all of it in memory.
    return less && less.buffer === content.buffer && less.length < content.length
      ? new Uint8Array(less)
      : less
  }

  /** The certificates of a file, equal ones sharing their bytes, as long as the layer has not too many. */
  #bounded(path: string, found: readonly FoundCertificate[]): readonly FoundCertificate[] {
    if (found.length === 0) return nothingFound
    const within: FoundCertificate[] = []
    for (const each of found) {
      const known = each.sha256 === null ? undefined : this.#certificates.get(each.sha256)
      this.#found++
      if (!known && each.sha256 !== null && each.der) {
        this.#certificates.set(each.sha256, each.der)
        this.#foundBytes += each.der.length
        this.#budget.take(this.#what, each.der.length + KEPT_BYTES)
      }
      if (this.#found > limits.certificatesPerImage || this.#foundBytes > limits.keptLayerBytes) {
        if (!this.#full) {
          const why = `the layer holds more than ${limits.certificatesPerImage} of them, or ${limits.keptLayerBytes} bytes`
          this.unknown({ what: `the certificates from /${path} on`, why, code: 'limit' })
        }
        this.#full = true
        break
      }
      this.#budget.take(this.#what, FOUND_BYTES)
      within.push(known && each.der ? { ...each, der: known } : each)
    }
    return within
  }

  #countRecord(): void {
    const { bytes, names } = this.#entries
    this.#budget.takeRecord(this.#what, bytes - this.#recorded.bytes, names - this.#recorded.names)
    this.#recorded = { bytes, names }
  }

  #count(bytes: number): void {
    this.#kept += bytes
    this.#budget.take(this.#what, bytes)
  }

  #room(path: string, size: number): Uint8Array | null {
    if (size > limits.keptFileBytes || this.#kept + size > limits.keptLayerBytes) {
      const most = size > limits.keptFileBytes ? limits.keptFileBytes : limits.keptLayerBytes
      this.unknown({
        what: `/${path}`,
        why: `its ${size} bytes are too many to keep (at most ${most})`,
        code: 'limit',
      })
      return null
    }
    this.#count(size + KEPT_BYTES)
    return Buffer.allocUnsafeSlow(size)
  }
}

/** The first bytes of a file, however they are cut into chunks. */
class Start {
  readonly bytes: Uint8Array
  #filled = 0

  constructor(wanted: number) {
    this.bytes = new Uint8Array(wanted)
  }

  /** @returns whether they are complete */
  push(chunk: Uint8Array): boolean {
    const part = chunk.subarray(0, this.bytes.length - this.#filled)
    this.bytes.set(part, this.#filled)
    this.#filled += part.length
    return this.#filled === this.bytes.length
  }
}

/**
 * What is shown of a hole: more than the first bytes of a file that anybody asks for, and enough to end a certificate.
 * A sparse file may have holes of terabytes.
 */
const HOLE: Uint8Array = Buffer.alloc(4 * 1024)

/** The parts of holes that no scanner was shown. */
class Holes {
  /** From where on, in the bytes shown, and by how many bytes what was found stands farther back in the file. */
  readonly #shifts: { readonly from: number; readonly by: number }[] = []

  /** @param end where it ends in the file */
  add(end: number, bytes: number): void {
    if (bytes === 0) return
    const by = (this.#shifts.at(-1)?.by ?? 0) + bytes
    this.#shifts.push({ from: end - by, by })
  }

  /** Found certificates, where they stand in the whole file. */
  placed(found: readonly FoundCertificate[]): readonly FoundCertificate[] {
    if (this.#shifts.length === 0) return found
    return found.map(each => ({ ...each, offset: each.offset + this.#shiftAt(each.offset) }))
  }

  #shiftAt(offset: number): number {
    let [low, high] = [0, this.#shifts.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#shifts[middle]!.from <= offset) low = middle + 1
      else high = middle
    }
    return this.#shifts[low - 1]?.by ?? 0
  }
}
