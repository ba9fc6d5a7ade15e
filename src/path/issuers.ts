import type { Certificate } from '../trust/certificate.ts'
import { DerError, DerReader, integerText, tag } from '../trust/der.ts'
import type { DistinguishedName } from '../trust/names.ts'

/** Are these two names one (RFC 5280 §7.1: letters' case and runs of spaces apart)? */
export function sameName(a: DistinguishedName, b: DistinguishedName): boolean {
  return foldedName(a) === foldedName(b)
}

const folded = new WeakMap<DistinguishedName, string>()

/** What names that are one have in common; each is folded once. */
export function foldedName(name: DistinguishedName): string {
  let text = folded.get(name)
  if (text === undefined) {
    text = name.attributes
      .map(({ type, value }) => `${type}=${value.trim().replace(/\s+/g, ' ').toLowerCase()}`)
      .join('\n')
    folded.set(name, text)
  }
  return text
}

/** Could this be the issuer, by its name and by the identifiers that both carry (RFC 5280 §4.2.1.1)? */
export function couldHaveIssued(issuer: Certificate, certificate: Certificate): boolean {
  return sameName(issuer.subject, certificate.issuer) && identifiersFit(issuer, certificate)
}

export function identifiersFit(issuer: Certificate, certificate: Certificate): boolean {
  const { authorityKeyId } = certificate.extensions
  const { subjectKeyId } = issuer.extensions
  if (authorityKeyId !== null && subjectKeyId !== null && authorityKeyId !== subjectKeyId) return false
  const serial = authoritySerial(certificate)
  return serial === null || serial === issuer.serial
}

const authorityKeyIdentifier = '2.5.29.35'
const serials = new WeakMap<Certificate, string | null>()

/** The serial number in the authority key identifier, which names one certificate and not only a key. */
function authoritySerial(certificate: Certificate): string | null {
  let serial = serials.get(certificate)
  if (serial === undefined) {
    serial = readSerial(certificate)
    serials.set(certificate, serial)
  }
  return serial
}

function readSerial({ extensions }: Certificate): string | null {
  const extension = extensions.all.find(({ id }) => id === authorityKeyIdentifier)
  if (!extension) return null
  try {
    const fields = new DerReader(extension.value).enter(tag.sequence)
    fields.optional(0x80)
    fields.optional(0xa1)
    const serial = fields.optional(0x82)
    return serial && integerText(fields.bytes, serial)
  } catch (error) {
    if (error instanceof DerError) return null
    throw error
  }
}

/** Is it signed by its own key, as far as its names and identifiers say? */
export function isSelfSigned(certificate: Certificate): boolean {
  return certificate.selfIssued && identifiersFit(certificate, certificate)
}

export function same(a: Certificate, b: Certificate): boolean {
  return a.sha256 === b.sha256
}
