import { DerError } from './der.ts'

const constructed = 0x20
const octetString = 0x04
const depths = 64
/** Values of one message: a keystore of thousands of entries has fewer. */
const mostValues = 300_000
/** Headers looked at to see whether a value needs any change. */
const mostLooks = 20_000_000

/**
 * BER as some programs write keystores (lengths left open, strings in pieces) as DER's reader takes it: every length
 * definite, strings whole. What has neither is left as it is, byte by byte. ITU-T X.690 §8.1.3.6, §8.7.3.
 * @throws DerError where it is cut, is no BER, is nested deeper than 64 or has more than 300,000 values
 */
export function definiteLengths(bytes: Uint8Array): Uint8Array {
  return new Converter(bytes).value(0, bytes.length, 0).whole
}

interface Value {
  readonly tag: number
  /** Header and content. */
  readonly whole: Uint8Array
  /** Content alone. */
  readonly content: Uint8Array
  readonly end: number
}

class Converter {
  readonly #bytes: Uint8Array
  #values = 0
  #looks = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  value(start: number, limit: number, depth: number): Value {
    if (depth > depths) throw new DerError(`is nested deeper than ${depths}`)
    if (++this.#values > mostValues) throw new DerError(`has more than ${mostValues} values`)
    const { tag, content, end } = this.#header(start, limit)
    if (end !== null && (!(tag & constructed) || this.#isDefinite(start, end, depth))) {
      const whole = this.#bytes.subarray(start, end)
      return { tag, whole, content: this.#bytes.subarray(content, end), end }
    }
    const parts: Value[] = []
    let at = content
    while (end === null || at < end) {
      if (end === null && at + 2 <= limit && this.#bytes[at] === 0 && this.#bytes[at + 1] === 0)
        return build(tag, parts, at + 2)
      const part = this.value(at, end ?? limit, depth + 1)
      parts.push(part)
      at = part.end
    }
    return build(tag, parts, end)
  }

  /** `end` is null where the length is left open. */
  #header(start: number, limit: number): { tag: number; content: number; end: number | null } {
    const bytes = this.#bytes
    if (start + 2 > limit) throw new DerError('ends too early')
    const tag = bytes[start]!
    if ((tag & 0x1f) === 0x1f) throw new DerError('has a tag of several bytes')
    let at = start + 2
    let length = bytes[start + 1]!
    if (length === 0x80) {
      if (!(tag & constructed)) throw new DerError('leaves the length of a string open')
      return { tag, content: at, end: null }
    }
    if (length > 0x80) {
      const count = length & 0x7f
      if (count > 4 || at + count > limit) throw new DerError('ends within a length')
      length = 0
      for (let index = 0; index < count; index++) length = length * 256 + bytes[at++]!
    }
    if (length > limit - at) throw new DerError(`is cut: ${length} bytes are due, ${limit - at} are there`)
    return { tag, content: at, end: at + length }
  }

  /** Is all below a value as DER has it? Looks without keeping anything. */
  #isDefinite(start: number, end: number, depth: number): boolean {
    const ends = [end]
    let at = start
    while (ends.length > 0) {
      const limit = ends[ends.length - 1]!
      if (at >= limit) {
        ends.pop()
        continue
      }
      if (++this.#looks > mostLooks) throw new DerError('has too many values')
      const header = this.#header(at, limit)
      if (header.end === null || header.tag === (octetString | constructed)) return false
      at = header.content
      if (!(header.tag & constructed)) at = header.end
      else if (ends.push(header.end) + depth > depths + 1)
        throw new DerError(`is nested deeper than ${depths}`)
    }
    return true
  }
}

function build(tag: number, parts: readonly Value[], end: number): Value {
  const isString = tag === (octetString | constructed)
  if (isString && parts.some(part => part.tag !== octetString))
    throw new DerError('has a string whose pieces are none')
  const content = Buffer.concat(parts.map(part => (isString ? part.content : part.whole)))
  const plain = isString ? octetString : tag
  const whole = Buffer.concat([headerOf(plain, content.length), content])
  return { tag: plain, whole, content, end }
}

function headerOf(tag: number, length: number): Uint8Array {
  if (length < 0x80) return Uint8Array.of(tag, length)
  return Uint8Array.of(tag, 0x84, length >>> 24, (length >>> 16) & 255, (length >>> 8) & 255, length & 255)
}
