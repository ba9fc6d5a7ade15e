import { hash } from 'node:crypto'
import { limits } from '../limits.ts'
import type { Instant, Maybe } from '../model.ts'
import { unknown } from '../model.ts'
import { DerError, DerReader, integerText, oidText, type Tlv, tag, timeValue } from './der.ts'
import { type Extensions, readExtensions } from './extensions.ts'
import { type DistinguishedName, readName } from './names.ts'
import { type PublicKey, readPublicKey } from './public-key.ts'

/** An X.509 certificate (RFC 5280), read for lists, judgements and path building; its signature is not checked here. */
export interface Certificate {
  /** Lower-case hex SHA-256 of `der`: its identity. */
  readonly sha256: string
  /** Exactly the certificate: what follows it in its block or file is not part of it. */
  readonly der: Uint8Array
  readonly version: number
  /** Upper-case hex in whole bytes, `-` before negative ones: `0`, `02A6000001`, `-05`. */
  readonly serial: string
  readonly subject: DistinguishedName
  readonly issuer: DistinguishedName
  readonly notBefore: Instant
  readonly notAfter: Instant
  readonly key: PublicKey
  /** SubjectPublicKeyInfo, header included. */
  readonly spki: Uint8Array
  /** Object identifier of the algorithm that its issuer signed with. */
  readonly signatureAlgorithm: string
  readonly extensions: Extensions
  /** Issuer and subject are the same bytes. */
  readonly selfIssued: boolean
  /** May it stand above others? See {@link isCa}. */
  readonly ca: boolean
}

/** Those of which somebody holds the bytes: an image's root is asked for again when its clients are. */
const read = new WeakMap<Uint8Array, Certificate>()

/**
 * Reads one certificate; what follows it is left out. The `der` of one that was read before gives that one again.
 * @param bytes that nobody changes afterwards
 * @returns the certificate, or why it is none: bad input never throws
 */
export function readCertificate(bytes: Uint8Array): Maybe<Certificate> {
  const known = read.get(bytes)
  if (known) return known
  try {
    const certificate = parse(bytes)
    read.set(certificate.der, certificate)
    return certificate
  } catch (error) {
    if (error instanceof DerError) return unknown(`the certificate ${error.message}`)
    throw error
  }
}

/**
 * The subject alone, of a certificate that was read before: a third of the work.
 * @returns why it has none where it is no certificate
 */
export function readSubject(der: Uint8Array): Maybe<DistinguishedName> {
  const known = read.get(der)
  if (known) return known.subject
  try {
    const tbs = new DerReader(der).enter(tag.sequence).enter(tag.sequence)
    tbs.optional(versionTag)
    for (const expected of upToSubject) tbs.next(expected)
    return readName(tbs)
  } catch (error) {
    if (error instanceof DerError) return unknown(`the certificate ${error.message}`)
    throw error
  }
}

/** Bytes of the DER value at the start of a buffer, header included, or null where that is no whole SEQUENCE. */
export function certificateLength(bytes: Uint8Array): number | null {
  try {
    return new DerReader(bytes).next(tag.sequence).end
  } catch (error) {
    if (error instanceof DerError) return null
    throw error
  }
}

function parse(bytes: Uint8Array): Certificate {
  const reader = new DerReader(bytes)
  const whole = reader.next(tag.sequence)
  if (whole.end > limits.certificateBytes)
    throw new DerError(`is larger than ${limits.certificateBytes} bytes`)
  const outer = reader.inside(whole)
  const tbs = outer.enter(tag.sequence)
  const signatureAlgorithm = oidText(bytes, outer.enter(tag.sequence).next(tag.oid))
  outer.next(tag.bitString)

  const version = readVersion(tbs)
  const serial = integerText(bytes, tbs.next(tag.integer))
  tbs.next(tag.sequence)
  const issuer = readName(tbs)
  const validity = tbs.enter(tag.sequence)
  const notBefore = timeValue(bytes, validity.next())
  const notAfter = timeValue(bytes, validity.next())
  const subject = readName(tbs, issuer)
  const spki = tbs.next(tag.sequence)
  const key = readPublicKey(tbs.inside(spki))
  tbs.optional(issuerUniqueId)
  tbs.optional(subjectUniqueId)
  const extensions = readExtensions(tbs.optional(extensionsTag), tbs)

  const der = bytes.subarray(0, whole.end)
  const selfIssued = subject === issuer
  return {
    sha256: fingerprint(der),
    der,
    version,
    serial,
    subject,
    issuer,
    notBefore,
    notAfter,
    key,
    spki: bytes.subarray(spki.start, spki.end),
    signatureAlgorithm,
    extensions,
    selfIssued,
    ca: isCa(version, selfIssued, extensions),
  }
}

const versionTag = 0xa0
/** What stands before the subject: serial number, signature, issuer, validity. */
const upToSubject = [tag.integer, tag.sequence, tag.sequence, tag.sequence]
const issuerUniqueId = 0x81
const subjectUniqueId = 0x82
const extensionsTag = 0xa3

function readVersion(tbs: DerReader): number {
  const explicit: Tlv | null = tbs.optional(versionTag)
  if (!explicit) return 1
  const value = tbs.inside(explicit).next(tag.integer)
  if (value.end - value.value !== 1) throw new DerError('has a version of a bad length')
  return tbs.bytes[value.value]! + 1
}

/**
 * Whether TLS libraries take it for a certificate authority: by its basic constraints; where it has none, a
 * self-issued version 1 certificate, one whose key usage lets it sign certificates, or one of Netscape's CA types
 * (as OpenSSL's X509_check_ca does).
 */
function isCa(version: number, selfIssued: boolean, extensions: Extensions): boolean {
  if (extensions.basicConstraints) return extensions.basicConstraints.ca
  if (extensions.broken.includes('2.5.29.19')) return false
  if (version === 1) return selfIssued
  if (extensions.keyUsage !== null) return extensions.keyUsage.includes('keyCertSign')
  return extensions.netscapeCa
}

/** Lower-case hex SHA-256. */
export function fingerprint(der: Uint8Array): string {
  return hash('sha256', der, 'hex')
}
