const [load, dynamic] = [1, 2]
const [dtRela, dtRelaSize] = [7, 8]
const segmentsRead = 128
const dynamicEntries = 4_096
const pointersRead = 100_000
const entryBytes = 24
/** R_X86_64_RELATIVE, R_AARCH64_RELATIVE, R_PPC64_RELATIVE, R_RISCV_RELATIVE. */
const relative: ReadonlySet<number> = new Set([8, 1027, 22, 3])

/**
 * The pointers in the data of a 64-bit little-endian library, as the dynamic linker will set them: relative
 * relocations with addends (System V ABI, "Relocation"), or, where the file has none of these, the addresses that stand
 * in its data already.
 */
export class ElfPointers {
  /** From the address at which a pointer lies to that which it holds. */
  readonly all = new Map<number, number>()
  readonly #view: DataView
  readonly #segments: readonly Segment[]

  /** Null where the file is another kind or lies about itself. */
  static of(content: Uint8Array): ElfPointers | null {
    // 64 bits, little-endian.
    if (content.length < 64 || content[0] !== 0x7f || content[4] !== 2 || content[5] !== 1) return null
    try {
      return new ElfPointers(content)
    } catch (error) {
      // DataView throws it where an offset leaves the file.
      if (error instanceof RangeError) return null
      throw error
    }
  }

  private constructor(content: Uint8Array) {
    this.#view = new DataView(content.buffer, content.byteOffset, content.length)
    const segments = [...this.#readSegments()]
    this.#segments = segments.filter(({ type }) => type === load)
    const table = segments.find(({ type }) => type === dynamic)
    if (table) this.#relocations(table)
    if (this.all.size === 0) this.#data()
  }

  /** The lower four bytes of the word at an address; null where the file has none there. */
  word(address: number): number | null {
    const at = this.#offset(address, 4)
    return at === null ? null : this.#view.getUint32(at, true)
  }

  /** `length` bytes from an address on, or null. */
  bytes(address: number, length: number): Uint8Array | null {
    const at = this.#offset(address, length)
    const { buffer, byteOffset } = this.#view
    return at === null ? null : new Uint8Array(buffer, byteOffset + at, length)
  }

  *#readSegments(): Iterable<Segment> {
    const table = this.#long(32)
    const size = this.#view.getUint16(54, true)
    const count = Math.min(this.#view.getUint16(56, true), segmentsRead)
    for (let index = 0; index < count; index++) {
      const at = table + index * size
      yield {
        type: this.#view.getUint32(at, true),
        writable: (this.#view.getUint32(at + 4, true) & 2) !== 0,
        offset: this.#long(at + 8),
        address: this.#long(at + 16),
        size: this.#long(at + 32),
      }
    }
  }

  #relocations(table: Segment): void {
    let start = 0
    let size = 0
    for (let index = 0; index < dynamicEntries && index * 16 < table.size; index++) {
      const tag = this.#long(table.offset + index * 16)
      const value = this.#long(table.offset + index * 16 + 8)
      if (tag === 0) break
      if (tag === dtRela) start = value
      if (tag === dtRelaSize) size = value
    }
    const at = size > 0 ? this.#offset(start, size) : null
    if (at === null) return
    const count = Math.min(Math.floor(size / entryBytes), pointersRead)
    for (let index = 0; index < count; index++) {
      const entry = at + index * entryBytes
      if (relative.has(this.#view.getUint32(entry + 8, true)))
        this.all.set(this.#long(entry), this.#long(entry + 16))
    }
  }

  /** Newer linkers pack relocations so that addresses stand in the data itself. */
  #data(): void {
    for (const { writable, offset, address, size } of this.#segments) {
      if (!writable) continue
      for (let at = 0; at + 8 <= size && this.all.size < pointersRead; at += 8) {
        if (offset + at + 8 > this.#view.byteLength) break
        const value = this.#long(offset + at)
        if (value > 0 && this.#offset(value, 1) !== null) this.all.set(address + at, value)
      }
    }
  }

  #offset(address: number, length: number): number | null {
    for (const segment of this.#segments) {
      const from = address - segment.address
      if (from < 0 || from + length > segment.size) continue
      const at = segment.offset + from
      return at + length <= this.#view.byteLength ? at : null
    }
    return null
  }

  #long(at: number): number {
    return Number(this.#view.getBigUint64(at, true))
  }
}

interface Segment {
  readonly type: number
  readonly writable: boolean
  readonly offset: number
  readonly address: number
  /** Bytes in the file. */
  readonly size: number
}
