/** A small reader of DER (ITU-T X.690) over one buffer: positions instead of copies, no recursion, no allocation per value. */

export const tag = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  utf8String: 0x0c,
  sequence: 0x30,
  set: 0x31,
  printableString: 0x13,
  teletexString: 0x14,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  visibleString: 0x1a,
  universalString: 0x1c,
  bmpString: 0x1e,
} as const

/** Thrown inside trust/ alone; its readers turn it into a value. */
export class DerError extends Error {
  override readonly name = 'DerError'
}

/** One tag-length-value: `start` is its first byte, `value` the first byte of its content, `end` one past it. */
export interface Tlv {
  readonly tag: number
  readonly start: number
  readonly value: number
  readonly end: number
}

/** Reads the values that follow each other in [position, end) of a buffer. */
export class DerReader {
  readonly bytes: Uint8Array
  position: number
  readonly end: number

  constructor(bytes: Uint8Array, position = 0, end = bytes.length) {
    this.bytes = bytes
    this.position = position
    this.end = end
  }

  get done(): boolean {
    return this.position >= this.end
  }

  /** The tag of the next value, or -1 at the end. */
  peek(): number {
    return this.position < this.end ? this.bytes[this.position]! : -1
  }

  /**
   * Reads the next value and steps over it.
   * @param expected its tag; any where it is absent
   * @throws DerError where there is none, it is another, or it reaches past the end
   */
  next(expected?: number): Tlv {
    const { bytes, end } = this
    const start = this.position
    if (start >= end) throw new DerError('ends too early')
    const found = bytes[start]!
    if (expected !== undefined && found !== expected)
      throw new DerError(`has tag 0x${found.toString(16)} where 0x${expected.toString(16)} is due`)
    let at = start + 1
    // Tag numbers over 30 take further bytes, the last one below 0x80.
    if ((found & 0x1f) === 0x1f) {
      while (at < end && bytes[at]! >= 0x80) at++
      at++
    }
    if (at >= end) throw new DerError('ends within a header')
    let length = bytes[at++]!
    if (length >= 0x80) {
      const count = length & 0x7f
      if (count === 0) throw new DerError('has an indefinite length')
      if (count > 4) throw new DerError('has a length of more than 4 bytes')
      if (at + count > end) throw new DerError('ends within a length')
      length = 0
      for (let index = 0; index < count; index++) length = length * 256 + bytes[at++]!
    }
    if (length > end - at) throw new DerError(`is cut: ${length} bytes are due, ${end - at} are there`)
    this.position = at + length
    return { tag: found, start, value: at, end: at + length }
  }

  /** The next value if it has this tag, else null. */
  optional(wanted: number): Tlv | null {
    return this.peek() === wanted ? this.next() : null
  }

  /** Steps into a constructed value. */
  inside(tlv: Tlv): DerReader {
    return new DerReader(this.bytes, tlv.value, tlv.end)
  }

  /** Reads the next value, which must have this tag, and steps into it. */
  enter(expected: number): DerReader {
    return this.inside(this.next(expected))
  }
}

/** Hex digits of [start, end), lower case. */
export function hex(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('hex')
}

/** An INTEGER as upper-case hex without leading zeros, `-` before negative ones: `0`, `2A`, `-5`. */
export function integerText(bytes: Uint8Array, tlv: Tlv): string {
  if (tlv.value === tlv.end) throw new DerError('has an INTEGER without content')
  const digits = hex(bytes, tlv.value, tlv.end)
  if (bytes[tlv.value]! < 0x80) return evenHex(digits)
  const bits = BigInt(4 * digits.length)
  return `-${evenHex(((1n << bits) - BigInt(`0x${digits}`)).toString(16))}`
}

/** Whole bytes, as `openssl x509 -serial` prints them; zero is `0`. */
function evenHex(digits: string): string {
  const bare = digits.replace(/^0+/, '').toUpperCase()
  return bare === '' ? '0' : bare.length % 2 ? `0${bare}` : bare
}

/** Bits of a non-negative INTEGER. */
export function integerBits(bytes: Uint8Array, tlv: Tlv): number {
  let at = tlv.value
  while (at < tlv.end && bytes[at] === 0) at++
  return at === tlv.end ? 0 : (tlv.end - at) * 8 - (Math.clz32(bytes[at]!) - 24)
}

/** Those met before, by a sum of their bytes: a certificate names some fifteen, and nearly all name the same. */
const oids = new Map<number, { readonly content: Uint8Array; readonly text: string }>()

/** An OBJECT IDENTIFIER in dotted form. */
export function oidText(bytes: Uint8Array, tlv: Tlv): string {
  let sum = 0
  for (let at = tlv.value; at < tlv.end; at++) sum = (sum * 31 + bytes[at]!) | 0
  const known = oids.get(sum)
  if (known !== undefined && isContent(known.content, bytes, tlv)) return known.text
  if (tlv.value === tlv.end || tlv.end - tlv.value > 64)
    throw new DerError('has an object identifier of a bad length')
  if (bytes[tlv.end - 1]! >= 0x80) throw new DerError('has an object identifier that is cut')
  const arcs: bigint[] = []
  let arc = 0n
  for (let at = tlv.value; at < tlv.end; at++) {
    arc = (arc << 7n) | BigInt(bytes[at]! & 0x7f)
    if (bytes[at]! < 0x80) {
      arcs.push(arc)
      arc = 0n
    }
  }
  const first = arcs[0]!
  const root = first < 40n ? 0n : first < 80n ? 1n : 2n
  const text = [root, first - root * 40n, ...arcs.slice(1)].join('.')
  // A stranger's certificates must not fill the memory with identifiers of their own.
  if (oids.size < 1_000) oids.set(sum, { content: bytes.slice(tlv.value, tlv.end), text })
  return text
}

function isContent(content: Uint8Array, bytes: Uint8Array, { value, end }: Tlv): boolean {
  if (content.length !== end - value) return false
  for (let at = 0; at < content.length; at++) if (content[at] !== bytes[value + at]) return false
  return true
}

/**
 * UTCTime or GeneralizedTime in milliseconds since 1970. RFC 5280 §4.1.2.5 wants seconds and Z; older certificates
 * leave the seconds out or name an offset, which X.680 allows.
 */
export function timeValue(bytes: Uint8Array, tlv: Tlv): number {
  const length = tlv.end - tlv.value
  if (length > 32) throw new DerError('has a time of a bad length')
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + tlv.value, length).toString('latin1')
  const form = tlv.tag === tag.utcTime ? utcTime : tlv.tag === tag.generalizedTime ? generalizedTime : null
  const parts = form?.exec(text)
  if (!parts) throw new DerError('has a time that can not be read')
  const [, years, month, day, hour, minute, second = '0', zone] = parts
  const short = Number(years)
  const year = tlv.tag === tag.utcTime ? short + (short < 50 ? 2000 : 1900) : short
  const date = new Date(0)
  date.setUTCFullYear(year, Number(month) - 1, Number(day))
  if (date.getUTCMonth() !== Number(month) - 1 || date.getUTCDate() !== Number(day) || Number(hour) > 23)
    throw new DerError('has a time that no calendar has')
  if (Number(minute) > 59 || Number(second) > 60) throw new DerError('has a time that no calendar has')
  const local = date.getTime() + ((Number(hour) * 60 + Number(minute)) * 60 + Number(second)) * 1000
  if (zone === 'Z') return local
  const offset = (Number(zone!.slice(1, 3)) * 60 + Number(zone!.slice(3, 5))) * 60_000
  return zone!.startsWith('-') ? local + offset : local - offset
}

const utcTime = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?(Z|[+-]\d{4})$/
const generalizedTime = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?(?:[.,]\d+)?(Z|[+-]\d{4})$/
