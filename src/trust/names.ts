import { type DerReader, hex, oidText, type Tlv, tag } from './der.ts'

/** A distinguished name (RFC 5280 §4.1.2.4). */
export interface DistinguishedName {
  /** Its DER, header included: what issuer and subject are compared by. */
  readonly der: Uint8Array
  /** In the order of the certificate, escaped as RFC 4514 says: `C=US, O=VeriSign\, Inc., CN=…`. */
  readonly text: string
  readonly attributes: readonly NameAttribute[]
}

export interface NameAttribute {
  /** `CN`, `O`, … or the dotted object identifier. */
  readonly type: string
  readonly value: string
}

/** Short names as OpenSSL's objects table gives them; RFC 4519, X.520. */
const shortNames: Readonly<Record<string, string>> = {
  '2.5.4.3': 'CN',
  '2.5.4.4': 'SN',
  '2.5.4.5': 'serialNumber',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.9': 'street',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
  '2.5.4.12': 'title',
  '2.5.4.13': 'description',
  '2.5.4.15': 'businessCategory',
  '2.5.4.17': 'postalCode',
  '2.5.4.41': 'name',
  '2.5.4.42': 'GN',
  '2.5.4.43': 'initials',
  '2.5.4.44': 'generationQualifier',
  '2.5.4.46': 'dnQualifier',
  '2.5.4.65': 'pseudonym',
  '2.5.4.97': 'organizationIdentifier',
  '1.2.840.113549.1.9.1': 'emailAddress',
  '1.2.840.113549.1.9.2': 'unstructuredName',
  '0.9.2342.19200300.100.1.1': 'UID',
  '0.9.2342.19200300.100.1.25': 'DC',
}

/**
 * @param known a name that it may be again, byte by byte: a root's issuer is its subject
 * @throws DerError where the name is no name; text that is broken inside a string never throws
 */
export function readName(reader: DerReader, known?: DistinguishedName): DistinguishedName {
  const { bytes } = reader
  const name = reader.next(tag.sequence)
  const der = bytes.subarray(name.start, name.end)
  if (known && Buffer.compare(der, known.der) === 0) return known
  const attributes: NameAttribute[] = []
  let text = ''
  for (const sets = reader.inside(name); !sets.done; ) {
    let separator = text === '' ? '' : ', '
    for (const set = sets.enter(tag.set); !set.done; separator = ' + ') {
      const pair = set.enter(tag.sequence)
      const oid = oidText(bytes, pair.next(tag.oid))
      const content = pair.next()
      const type = shortNames[oid] ?? oid
      const value = readString(bytes, content)
      attributes.push({ type, value: value ?? `#${hex(bytes, content.start, content.end)}` })
      text += `${separator}${type}=${value === null ? `#${hex(bytes, content.start, content.end).toUpperCase()}` : escapeValue(value)}`
    }
  }
  return { der, text, attributes }
}

/** The characters of a string value, or null where its type is no string. Broken UTF-8 becomes U+FFFD. */
function readString(bytes: Uint8Array, tlv: Tlv): string | null {
  const content = Buffer.from(bytes.buffer, bytes.byteOffset + tlv.value, tlv.end - tlv.value)
  switch (tlv.tag) {
    case tag.utf8String:
      return content.toString('utf8')
    case tag.printableString:
    case tag.ia5String:
    case tag.visibleString:
    // T.61 as everybody writes it: Latin-1.
    case tag.teletexString:
      return content.toString('latin1')
    case tag.bmpString:
      return utf16(content)
    case tag.universalString:
      return utf32(content)
    default:
      return null
  }
}

const loneSurrogate = /\p{Surrogate}/gu

function utf16(content: Buffer): string {
  let text = ''
  for (let at = 0; at + 1 < content.length; at += 2) text += String.fromCharCode(content.readUInt16BE(at))
  return text.replace(loneSurrogate, '\ufffd')
}

function utf32(content: Buffer): string {
  let text = ''
  for (let at = 0; at + 3 < content.length; at += 4) {
    const point = content.readUInt32BE(at)
    text += point <= 0x10ffff ? String.fromCodePoint(point) : '\ufffd'
  }
  return text.replace(loneSurrogate, '\ufffd')
}

/** RFC 4514 §2.4; control characters as `\0A`, so that a name is one line whatever it holds. */
function escapeValue(value: string): string {
  if (!/[,+"\\<>;\x00-\x1f\x7f]|^[# ]| $/.test(value)) return value
  return value
    .replace(/[,+"\\<>;]/g, '\\$&')
    .replace(/^[# ]/, '\\$&')
    .replace(/(?<!^) $/, '\\ ')
    .replace(
      /[\x00-\x1f\x7f]/g,
      control => `\\${control.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
    )
}

/** What people call its owner: the last CN, else the last OU or O, else the whole text. */
export function commonName(name: DistinguishedName): string {
  const last = (...types: readonly string[]) =>
    name.attributes.findLast(({ type, value }) => types.includes(type) && value !== '')?.value
  return last('CN') ?? last('OU', 'O') ?? name.text
}
