import { DerError, type DerReader, hex, oidText, type Tlv, tag } from './der.ts'

/** The extensions of a certificate (RFC 5280 §4.2) that decide about trust; the others by identifier. */
export interface Extensions {
  readonly basicConstraints: { readonly ca: boolean; readonly pathLength: number | null } | null
  /** The names that are set; null where the extension is absent. */
  readonly keyUsage: readonly KeyUsage[] | null
  /** Object identifiers; null where the extension is absent. */
  readonly extendedKeyUsage: readonly string[] | null
  /** Lower-case hex; null where absent. */
  readonly subjectKeyId: string | null
  readonly authorityKeyId: string | null
  /** Netscape's certificate type names it a CA. */
  readonly netscapeCa: boolean
  /** All that are there, in order; `value` is the content of its OCTET STRING. */
  readonly all: readonly Extension[]
  /** Identifiers of those above whose content can't be read. */
  readonly broken: readonly string[]
}

export interface Extension {
  readonly id: string
  readonly critical: boolean
  readonly value: Uint8Array
}

const keyUsages = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
  'encipherOnly',
  'decipherOnly',
] as const
export type KeyUsage = (typeof keyUsages)[number]

type Readable = { -readonly [Name in keyof Omit<Extensions, 'all' | 'broken'>]: Extensions[Name] }

/** One reader for each extension that is understood, by identifier. */
const readers: Readonly<Record<string, (content: DerReader, into: Readable) => void>> = {
  '2.5.29.14': (content, into) => {
    const id = content.next(tag.octetString)
    into.subjectKeyId = hex(content.bytes, id.value, id.end)
  },
  '2.5.29.15': (content, into) => {
    const set = bits(content.bytes, content.next(tag.bitString))
    into.keyUsage = keyUsages.filter((_, index) => set(index))
  },
  '2.5.29.19': (content, into) => {
    const constraints = content.enter(tag.sequence)
    const ca = constraints.optional(tag.boolean)
    const length = constraints.optional(tag.integer)
    into.basicConstraints = {
      ca: isTrue(content.bytes, ca),
      pathLength: length && smallInteger(content.bytes, length),
    }
  },
  '2.5.29.35': (content, into) => {
    const id = content.enter(tag.sequence).optional(0x80)
    if (id) into.authorityKeyId = hex(content.bytes, id.value, id.end)
  },
  '2.5.29.37': (content, into) => {
    const purposes: string[] = []
    for (const list = content.enter(tag.sequence); !list.done; )
      purposes.push(oidText(content.bytes, list.next(tag.oid)))
    into.extendedKeyUsage = purposes
  },
  '2.16.840.1.113730.1.1': (content, into) => {
    const set = bits(content.bytes, content.next(tag.bitString))
    into.netscapeCa = set(5) || set(6) || set(7)
  },
}

/** Reads the explicitly tagged list of a certificate's extensions. @throws DerError where the list itself is broken */
export function readExtensions(list: Tlv | null, parent: DerReader): Extensions {
  const into: Readable = {
    basicConstraints: null,
    keyUsage: null,
    extendedKeyUsage: null,
    subjectKeyId: null,
    authorityKeyId: null,
    netscapeCa: false,
  }
  const all: Extension[] = []
  const broken: string[] = []
  if (list) {
    const { bytes } = parent
    for (const entries = parent.inside(list).enter(tag.sequence); !entries.done; ) {
      const entry = entries.enter(tag.sequence)
      const id = oidText(bytes, entry.next(tag.oid))
      const critical = entry.optional(tag.boolean)
      const value = entry.next(tag.octetString)
      all.push({
        id,
        critical: isTrue(bytes, critical),
        value: bytes.subarray(value.value, value.end),
      })
      try {
        readers[id]?.(entry.inside(value), into)
      } catch (error) {
        if (!(error instanceof DerError)) throw error
        broken.push(id)
      }
    }
  }
  return { ...into, all, broken }
}

/** An optional BOOLEAN whose default is false. */
function isTrue(bytes: Uint8Array, tlv: Tlv | null): boolean {
  return tlv !== null && tlv.value < tlv.end && bytes[tlv.value] !== 0
}

/** Which bits of a BIT STRING are set, the first is number 0. */
function bits(bytes: Uint8Array, tlv: Tlv): (index: number) => boolean {
  return index => {
    const at = tlv.value + 1 + (index >> 3)
    return at < tlv.end && (bytes[at]! & (0x80 >> (index & 7))) !== 0
  }
}

function smallInteger(bytes: Uint8Array, tlv: Tlv): number {
  if (tlv.end - tlv.value > 4 || tlv.value === tlv.end || bytes[tlv.value]! >= 0x80)
    throw new DerError('has a number out of range')
  let value = 0
  for (let at = tlv.value; at < tlv.end; at++) value = value * 256 + bytes[at]!
  return value
}
