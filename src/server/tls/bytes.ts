/** The presentation language of TLS (RFC 8446 §3): numbers are big-endian, vectors have their length before them. */
import { Fault } from '../fault.ts'

export function uint8(value: number): Buffer {
  return Buffer.from([value])
}

export function uint16(...values: readonly number[]): Buffer {
  return Buffer.from(values.flatMap(value => [value >> 8, value & 0xff]))
}

/** A vector whose length stands in so many bytes before it. */
export function vector(lengthBytes: 1 | 2 | 3, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts)
  const length = Buffer.alloc(lengthBytes)
  length.writeUIntBE(content.length, 0, lengthBytes)
  return Buffer.concat([length, content])
}

/** Reads the fields of one message. Whatever reaches past its end is a Fault `malformed`. */
export class Fields {
  readonly #bytes: Buffer
  readonly #what: string
  #at = 0

  /** @param what the message's name, for errors */
  constructor(bytes: Buffer, what: string) {
    this.#bytes = bytes
    this.#what = what
  }

  get done(): boolean {
    return this.#at >= this.#bytes.length
  }

  uint(bytes: 1 | 2 | 3): number {
    return this.take(bytes).readUIntBE(0, bytes)
  }

  take(count: number): Buffer {
    const end = this.#at + count
    if (end > this.#bytes.length) throw new Fault('malformed', `its ${this.#what} is cut or no TLS`)
    const part = this.#bytes.subarray(this.#at, end)
    this.#at = end
    return part
  }

  vector(lengthBytes: 1 | 2 | 3): Buffer {
    return this.take(this.uint(lengthBytes))
  }

  fields(lengthBytes: 1 | 2 | 3): Fields {
    return new Fields(this.vector(lengthBytes), this.#what)
  }
}
