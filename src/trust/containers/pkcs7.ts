import { limits } from '../../limits.ts'
import { definiteLengths } from '../ber.ts'
import { DerError, DerReader, oidText, tag } from '../der.ts'
import { decodeBody } from '../pem-body.ts'
import { type ContainedCertificate, type Container, type Contents, contained } from './container.ts'

const signedData = '1.2.840.113549.1.7.2'
const signedDataBytes = Buffer.from('06092a864886f70d010702', 'hex')
const armour = /^\s*-----BEGIN (PKCS7|CMS|PKCS #7 SIGNED DATA)-----/
const named = /\.(?:p7b|p7c|p7s)$/i
const DOT = 0x2e
const content0 = 0xa0
const fileBytes = 8 << 20

/**
 * Certificates in a PKCS#7 message without signatures, as Windows and some authorities hand them out; PEM (one block,
 * nothing before it unless the file is called `.p7b` or `.p7c`), DER or BER. RFC 5652 §5.1, RFC 7468 §8.
 */
export const pkcs7: Container = {
  id: 'pkcs7',
  name: 'the PKCS#7 file',
  format: null,
  matches(path, size, start) {
    if (size > fileBytes) return false
    if (path.charCodeAt(path.length - 4) === DOT && named.test(path)) return true
    const first = start[0]
    if (isArmourStart(first) && armour.test(Buffer.from(start).toString('latin1'))) return true
    return first === 0x30 && Buffer.from(start).subarray(0, 20).includes(signedDataBytes)
  },
  read(content) {
    try {
      const der = content[0] === 0x30 ? content : unarmoured(content)
      // A signature by itself, or something else under that name.
      if (!der) return { certificates: [], problems: [] }
      return parse(definiteLengths(der))
    } catch (error) {
      if (error instanceof DerError) return { certificates: [], problems: [`it ${error.message}`] }
      throw error
    }
  },
}

function unarmoured(content: Uint8Array): Uint8Array | null {
  const text = Buffer.from(content).toString('latin1')
  const [, label] = /-----BEGIN (PKCS7|CMS|PKCS #7 SIGNED DATA)-----/.exec(text) ?? []
  if (!label) return null
  const start = text.indexOf(`-----BEGIN ${label}-----`) + label.length + 16
  const end = text.indexOf(`-----END ${label}-----`, start)
  if (end < 0) throw new DerError('has no end line')
  const body = decodeBody(Buffer.from(text.slice(start, end), 'latin1'))
  if (!body) throw new DerError('is no base64')
  return body.der
}

/** A dash, or white space of Latin-1. */
function isArmourStart(byte: number | undefined): boolean {
  return byte !== undefined && (byte === 0x2d || byte <= 0x20 || byte === 0xa0)
}

function parse(bytes: Uint8Array): Contents {
  const outer = new DerReader(bytes).enter(tag.sequence)
  const type = oidText(bytes, outer.next(tag.oid))
  if (type !== signedData) return { certificates: [], problems: [] }
  const signed = outer.enter(content0).enter(tag.sequence)
  signed.next(tag.integer)
  signed.next(tag.set)
  signed.next(tag.sequence)
  const certificates: ContainedCertificate[] = []
  const list = signed.optional(content0)
  if (!list) return { certificates, problems: [] }
  for (const each = signed.inside(list); !each.done; ) {
    const one = each.next()
    // Attribute certificates and the like are no anchors of anything.
    if (one.tag !== tag.sequence) continue
    if (certificates.length >= limits.certificatesPerFile)
      return {
        certificates,
        problems: [`it holds more than ${limits.certificatesPerFile} certificates: the rest was not read`],
      }
    certificates.push(contained(bytes.slice(one.start, one.end), 'PKCS7', null, { offset: one.start }))
  }
  return { certificates, problems: [] }
}
