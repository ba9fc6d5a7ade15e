import { constants, createPublicKey, type KeyObject, verify } from 'node:crypto'
import type { Certificate } from '../trust/certificate.ts'
import { DerReader, oidText, tag } from '../trust/der.ts'

interface Algorithm {
  /** As node:crypto calls it; null: the algorithm has its own. */
  readonly digest: string | null
  readonly pss?: true
  /** As profiles call it. */
  readonly name: string
}

const of = (digest: string, name: string): Algorithm => ({ digest, name })
const own: Algorithm = { digest: null, name: 'its own' }

/** RFC 3279, 4055, 5758, 8410. */
const algorithms: Readonly<Record<string, Algorithm>> = {
  '1.2.840.113549.1.1.2': of('md2', 'MD2'),
  '1.2.840.113549.1.1.4': of('md5', 'MD5'),
  '1.2.840.113549.1.1.5': of('sha1', 'SHA-1'),
  '1.3.14.3.2.29': of('sha1', 'SHA-1'),
  '1.2.840.113549.1.1.14': of('sha224', 'SHA-224'),
  '1.2.840.113549.1.1.11': of('sha256', 'SHA-256'),
  '1.2.840.113549.1.1.12': of('sha384', 'SHA-384'),
  '1.2.840.113549.1.1.13': of('sha512', 'SHA-512'),
  '1.2.840.10040.4.3': of('sha1', 'SHA-1'),
  '2.16.840.1.101.3.4.3.1': of('sha224', 'SHA-224'),
  '2.16.840.1.101.3.4.3.2': of('sha256', 'SHA-256'),
  '1.2.840.10045.4.1': of('sha1', 'SHA-1'),
  '1.2.840.10045.4.3.1': of('sha224', 'SHA-224'),
  '1.2.840.10045.4.3.2': of('sha256', 'SHA-256'),
  '1.2.840.10045.4.3.3': of('sha384', 'SHA-384'),
  '1.2.840.10045.4.3.4': of('sha512', 'SHA-512'),
  '1.3.101.112': own,
  '1.3.101.113': own,
}

const rsaPss = '1.2.840.113549.1.1.10'
const pssDigests: Readonly<Record<string, Algorithm>> = {
  '1.3.14.3.2.26': { digest: 'sha1', pss: true, name: 'SHA-1' },
  '2.16.840.1.101.3.4.2.1': { digest: 'sha256', pss: true, name: 'SHA-256' },
  '2.16.840.1.101.3.4.2.2': { digest: 'sha384', pss: true, name: 'SHA-384' },
  '2.16.840.1.101.3.4.2.3': { digest: 'sha512', pss: true, name: 'SHA-512' },
}

/** The digest of a certificate's signature: `SHA-256`; null where its algorithm is not known. */
export function digestOf(certificate: Certificate): string | null {
  return readSigned(certificate)?.algorithm?.name ?? null
}

/**
 * Did this issuer's key sign that certificate?
 * @returns null where that can't be checked: an algorithm or a key that is not known here
 */
export function isSignedBy(certificate: Certificate, issuer: Certificate): boolean | null {
  const known = checked.get(certificate) ?? new Map<string, boolean | null>()
  checked.set(certificate, known)
  // A root and the certificate that crosses it have one key.
  const key = Buffer.from(issuer.spki).toString('latin1')
  const found = known.get(key)
  if (found !== undefined) return found
  const result = check(certificate, issuer)
  known.set(key, result)
  return result
}

const checked = new WeakMap<Certificate, Map<string, boolean | null>>()
const keys = new WeakMap<Certificate, KeyObject | null>()

function check(certificate: Certificate, issuer: Certificate): boolean | null {
  const signed = readSigned(certificate)
  if (!signed?.algorithm) return null
  const key = keyOf(issuer)
  if (!key) return null
  const { digest, pss } = signed.algorithm
  const options = pss
    ? { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_AUTO }
    : key
  try {
    return verify(digest, signed.tbs, options, signed.signature)
  } catch {
    // A digest that this build of Node.js does not have; a key of another kind than the signature is no match.
    return digest === 'md2' || digest === 'md5' ? null : false
  }
}

function keyOf(certificate: Certificate): KeyObject | null {
  let key = keys.get(certificate)
  if (key === undefined) {
    try {
      key = createPublicKey({ key: Buffer.from(certificate.spki), format: 'der', type: 'spki' })
    } catch {
      key = null
    }
    keys.set(certificate, key)
  }
  return key
}

interface Signed {
  readonly tbs: Uint8Array
  readonly signature: Uint8Array
  readonly algorithm: Algorithm | null
}

const read = new WeakMap<Certificate, Signed>()

/** Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm, signature } (RFC 5280 §4.1). */
function readSigned(certificate: Certificate): Signed {
  const found = read.get(certificate)
  if (found) return found
  const { der, signatureAlgorithm } = certificate
  const outer = new DerReader(der).enter(tag.sequence)
  const tbs = outer.next(tag.sequence)
  const identifier = outer.enter(tag.sequence)
  const bits = outer.next(tag.bitString)
  identifier.next(tag.oid)
  const algorithm =
    signatureAlgorithm === rsaPss ? pssAlgorithm(identifier) : (algorithms[signatureAlgorithm] ?? null)
  const signed = {
    tbs: der.subarray(tbs.start, tbs.end),
    signature: der.subarray(bits.value + 1, bits.end),
    algorithm,
  }
  read.set(certificate, signed)
  return signed
}

/** RSASSA-PSS-params (RFC 4055 §3.1): the digest, SHA-1 where it is not named. */
function pssAlgorithm(identifier: DerReader): Algorithm | null {
  try {
    const explicit = identifier.optional(tag.sequence)
    const hash = explicit && identifier.inside(explicit).optional(0xa0)
    if (!hash) return pssDigests['1.3.14.3.2.26']!
    const id = identifier.inside(hash).enter(tag.sequence).next(tag.oid)
    return pssDigests[oidText(identifier.bytes, id)] ?? null
  } catch {
    return null
  }
}
