import { DerError, type DerReader, integerBits, oidText, tag } from './der.ts'

/** A subject's public key, as far as lists and judgements need it. */
export interface PublicKey {
  /** Object identifier of its algorithm. */
  readonly algorithm: string
  /** `RSA`, `EC`, `Ed25519`, …; the object identifier where it is not known. */
  readonly type: string
  /** Bits of the modulus or of the curve; null where they can't be told. */
  readonly bits: number | null
  /** OpenSSL's name of the curve, or its object identifier; null for others and for explicit parameters. */
  readonly curve: string | null
  /** `RSA 2048`, `EC secp384r1`. */
  readonly text: string
}

const algorithms: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.1.1': 'RSA',
  '1.2.840.113549.1.1.10': 'RSA-PSS',
  '2.5.8.1.1': 'RSA',
  '1.2.840.10040.4.1': 'DSA',
  '1.2.840.10045.2.1': 'EC',
  '1.3.101.112': 'Ed25519',
  '1.3.101.113': 'Ed448',
  '2.16.840.1.101.3.4.3.17': 'ML-DSA-44',
  '2.16.840.1.101.3.4.3.18': 'ML-DSA-65',
  '2.16.840.1.101.3.4.3.19': 'ML-DSA-87',
}

/** Names as `openssl ecparam -list_curves` has them, with the bits of the field. */
const curves: Readonly<Record<string, readonly [string, number]>> = {
  '1.2.840.10045.3.1.1': ['prime192v1', 192],
  '1.2.840.10045.3.1.7': ['prime256v1', 256],
  '1.3.132.0.33': ['secp224r1', 224],
  '1.3.132.0.10': ['secp256k1', 256],
  '1.3.132.0.34': ['secp384r1', 384],
  '1.3.132.0.35': ['secp521r1', 521],
  '1.3.36.3.3.2.8.1.1.7': ['brainpoolP256r1', 256],
  '1.3.36.3.3.2.8.1.1.11': ['brainpoolP384r1', 384],
  '1.3.36.3.3.2.8.1.1.13': ['brainpoolP512r1', 512],
  '1.2.156.10197.1.301': ['SM2', 256],
}

/** Reads a SubjectPublicKeyInfo (RFC 5280 §4.1.2.7). @throws DerError */
export function readPublicKey(spki: DerReader): PublicKey {
  const { bytes } = spki
  const identifier = spki.enter(tag.sequence)
  const algorithm = oidText(bytes, identifier.next(tag.oid))
  const key = spki.next(tag.bitString)
  const type = algorithms[algorithm] ?? algorithm
  if (type === 'RSA' || type === 'RSA-PSS') {
    const bits = rsaBits(spki, key.value, key.end)
    return { algorithm, type, bits, curve: null, text: bits === null ? type : `${type} ${bits}` }
  }
  if (type === 'EC') {
    const named = identifier.optional(tag.oid)
    if (!named) return { algorithm, type, bits: null, curve: null, text: 'EC with explicit parameters' }
    const oid = oidText(bytes, named)
    const [curve, bits] = curves[oid] ?? [oid, null]
    return { algorithm, type, bits, curve, text: `EC ${curve}` }
  }
  if (type === 'DSA') {
    const parameters = identifier.optional(tag.sequence)
    const bits = parameters ? integerBits(bytes, identifier.inside(parameters).next(tag.integer)) : null
    return { algorithm, type, bits, curve: null, text: bits === null ? type : `${type} ${bits}` }
  }
  return { algorithm, type, bits: null, curve: null, text: type }
}

/** Bits of the modulus of an RSAPublicKey (RFC 8017 A.1.1) in a bit string, null where there is none. */
function rsaBits(reader: DerReader, start: number, end: number): number | null {
  if (reader.bytes[start] !== 0) return null
  try {
    const key = reader.inside({ tag: tag.bitString, start, value: start + 1, end }).enter(tag.sequence)
    return integerBits(reader.bytes, key.next(tag.integer))
  } catch (error) {
    // A key that can't be read is a key that no library can use: the certificate is still told apart by its bytes.
    if (error instanceof DerError) return null
    throw error
  }
}
