/** Reads what Java's `java.io.DataOutput` wrote: numbers in network order, texts and bytes with their length. */
export class DataInput {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  /** The next byte's place. */
  at: number

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    this.at = at
  }

  /** Bytes that were not read. */
  get left(): number {
    return this.#bytes.length - this.at
  }

  /** @throws RangeError past the end, as all of these */
  byte(): number {
    const value = this.#view.getUint8(this.at)
    this.at += 1
    return value
  }

  /** Four bytes, unsigned. */
  number(): number {
    const value = this.#view.getUint32(this.at)
    this.at += 4
    return value
  }

  /** UTF-8 but for characters that no alias of ours may hold (java.io.DataInput, "modified UTF-8"). */
  text(): string {
    const length = this.#view.getUint16(this.at)
    this.at += 2
    return Buffer.from(this.take(length)).toString('utf8')
  }

  /** A part of the bytes, not a copy. */
  take(length: number): Uint8Array {
    if (length > this.left) throw new RangeError('past the end')
    this.at += length
    return this.#bytes.subarray(this.at - length, this.at)
  }
}
