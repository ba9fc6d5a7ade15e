import {
  createDecipheriv,
  createHash,
  createHmac,
  pbkdf2Sync,
  scryptSync,
  timingSafeEqual,
} from 'node:crypto'
import { DerError, type DerReader, oidText, type Tlv, tag } from '../der.ts'
import type { ContainerContext } from './container.ts'
import { rc2Decrypt, rc4 } from './rc.ts'

/** Why a keystore stays closed; a sentence on the file. */
export class Locked extends Error {
  override readonly name = 'Locked'
}

/** Java itself refuses more (`MAX_ITERATION_COUNT` of OpenJDK's PKCS12KeyStore): no JVM reads what is behind it. */
export const mostIterations = 5_000_000

const noPassword = 'it is locked: none of the usual passwords opens it, nor one that the image names'
const scryptBytes = 64 << 20

interface Hash {
  readonly name: string
  /** Bytes of a digest, and of the blocks that it works on. */
  readonly size: number
  readonly block: number
}

const hashes: Readonly<Record<string, Hash>> = {
  '1.3.14.3.2.26': { name: 'sha1', size: 20, block: 64 },
  '2.16.840.1.101.3.4.2.4': { name: 'sha224', size: 28, block: 64 },
  '2.16.840.1.101.3.4.2.1': { name: 'sha256', size: 32, block: 64 },
  '2.16.840.1.101.3.4.2.2': { name: 'sha384', size: 48, block: 128 },
  '2.16.840.1.101.3.4.2.3': { name: 'sha512', size: 64, block: 128 },
}
const sha1 = hashes['1.3.14.3.2.26']!

/** HMAC algorithms: of PBKDF2 and of PBMAC1. */
const hmacs: Readonly<Record<string, string>> = {
  '1.2.840.113549.2.7': 'sha1',
  '1.2.840.113549.2.8': 'sha224',
  '1.2.840.113549.2.9': 'sha256',
  '1.2.840.113549.2.10': 'sha384',
  '1.2.840.113549.2.11': 'sha512',
}

/** RFC 7292 appendix C: key and block lengths in bytes; RC2's effective bits are those of its key. */
const oldCiphers: Readonly<
  Record<string, { readonly cipher: string; readonly key: number; readonly iv: number }>
> = {
  '1.2.840.113549.1.12.1.1': { cipher: 'rc4', key: 16, iv: 0 },
  '1.2.840.113549.1.12.1.2': { cipher: 'rc4', key: 5, iv: 0 },
  '1.2.840.113549.1.12.1.3': { cipher: 'des-ede3-cbc', key: 24, iv: 8 },
  '1.2.840.113549.1.12.1.4': { cipher: 'des-ede-cbc', key: 16, iv: 8 },
  '1.2.840.113549.1.12.1.5': { cipher: 'rc2', key: 16, iv: 8 },
  '1.2.840.113549.1.12.1.6': { cipher: 'rc2', key: 5, iv: 8 },
}

/** Ciphers of PBES2 (RFC 8018 appendix B.2). */
const newCiphers: Readonly<
  Record<string, { readonly cipher: string; readonly key: number; readonly iv: number }>
> = {
  '2.16.840.1.101.3.4.1.2': { cipher: 'aes-128-cbc', key: 16, iv: 16 },
  '2.16.840.1.101.3.4.1.22': { cipher: 'aes-192-cbc', key: 24, iv: 16 },
  '2.16.840.1.101.3.4.1.42': { cipher: 'aes-256-cbc', key: 32, iv: 16 },
  '1.2.840.113549.3.7': { cipher: 'des-ede3-cbc', key: 24, iv: 8 },
}

const pbes2 = '1.2.840.113549.1.5.13'
const pbkdf2 = '1.2.840.113549.1.5.12'
const pbmac1 = '1.2.840.113549.1.5.14'
const scrypt = '1.3.6.1.4.1.11591.4.11'

/**
 * The password by which the file's MAC is right (RFC 7292 §5.1, appendix B; RFC 9579).
 * @param mac MacData, entered
 * @throws DerError, Locked where none is
 */
export function verifyMac(content: Uint8Array, mac: DerReader, context: ContainerContext): string {
  const { bytes } = mac
  const info = mac.enter(tag.sequence)
  const algorithm = info.enter(tag.sequence)
  const id = oidText(bytes, algorithm.next(tag.oid))
  const expected = octets(info)
  const salt = octets(mac)
  const count = mac.optional(tag.integer)
  const compute =
    id === pbmac1
      ? passwordMac(algorithm.enter(tag.sequence), context)
      : oldMac(hashOf(id), salt, count ? numberOf(bytes, count) : 1, context)
  for (const password of context.passwords) {
    for (const [hash, key] of compute(password)) {
      const found = createHmac(hash, key).update(content).digest()
      if (found.length === expected.length && timingSafeEqual(found, expected)) return password
    }
  }
  throw new Locked(noPassword)
}

type MacKeys = (password: string) => Iterable<readonly [hash: string, key: Uint8Array]>

function oldMac(hash: Hash, salt: Uint8Array, iterations: number, context: ContainerContext): MacKeys {
  return function* (password) {
    for (const each of encodings(password)) {
      spend(iterations, 1, context)
      yield [hash.name, deriveKey(hash, 3, each, salt, iterations, hash.size)]
    }
  }
}

function passwordMac(parameters: DerReader, context: ContainerContext): MacKeys {
  const derive = keyDerivation(parameters.enter(tag.sequence), null, context)
  const mac = parameters.enter(tag.sequence)
  const hash = hmacs[oidText(mac.bytes, mac.next(tag.oid))]
  if (!hash) throw new Locked('it is protected by an algorithm that is not known')
  return function* (password) {
    yield [hash, derive(password)]
  }
}

/**
 * Decrypts by the password that is known, else by the first that fits.
 * @param looksRight whether what comes out can be meant
 * @throws DerError, Locked
 */
export function decrypt(
  cipher: Uint8Array,
  algorithm: DerReader,
  context: ContainerContext,
  known: string | null,
  looksRight: (plain: Uint8Array) => boolean,
): { readonly plain: Uint8Array; readonly password: string } {
  const attempt = decipherOf(algorithm, context)
  for (const password of known === null ? context.passwords : [known])
    for (const plain of attempt(password, cipher)) if (plain && looksRight(plain)) return { plain, password }
  throw new Locked(
    known === null ? noPassword : 'it is damaged: what its password opens is no list of entries',
  )
}

type Attempt = (password: string, cipher: Uint8Array) => Iterable<Uint8Array | null>

function decipherOf(algorithm: DerReader, context: ContainerContext): Attempt {
  const { bytes } = algorithm
  const id = oidText(bytes, algorithm.next(tag.oid))
  const parameters = algorithm.enter(tag.sequence)
  if (id === pbes2) {
    const derivation = parameters.enter(tag.sequence)
    const encryption = parameters.enter(tag.sequence)
    const scheme = newCiphers[oidText(bytes, encryption.next(tag.oid))]
    if (!scheme) throw new Locked('it is encrypted by an algorithm that is not known')
    const iv = octets(encryption)
    if (iv.length !== scheme.iv) throw new DerError('has an initial vector of a bad length')
    const derive = keyDerivation(derivation, scheme.key, context)
    return function* (password, cipher) {
      yield decipher(scheme.cipher, derive(password), iv, cipher)
    }
  }
  const scheme = oldCiphers[id]
  if (!scheme) throw new Locked('it is encrypted by an algorithm that is not known')
  const salt = octets(parameters)
  const iterations = numberOf(bytes, parameters.next(tag.integer))
  return function* (password, cipher) {
    for (const each of encodings(password)) {
      spend(iterations, 2, context)
      const key = deriveKey(sha1, 1, each, salt, iterations, scheme.key)
      const iv = scheme.iv === 0 ? new Uint8Array() : deriveKey(sha1, 2, each, salt, iterations, scheme.iv)
      yield decipher(scheme.cipher, key, iv, cipher)
    }
  }
}

/** PBKDF2 or scrypt (RFC 8018 appendix A.2, RFC 7914 §7) with everything but the password. */
function keyDerivation(
  derivation: DerReader,
  wanted: number | null,
  context: ContainerContext,
): (password: string) => Uint8Array {
  const { bytes } = derivation
  const id = oidText(bytes, derivation.next(tag.oid))
  const parameters = derivation.enter(tag.sequence)
  const salt = octets(parameters)
  const number = () => numberOf(bytes, parameters.next(tag.integer))
  const lengthOf = () => {
    const given = parameters.optional(tag.integer)
    const length = wanted ?? (given ? numberOf(bytes, given) : 0)
    if (length < 1 || length > 1_024) throw new DerError('has a key of a bad length')
    return length
  }
  if (id === pbkdf2) {
    const iterations = number()
    const length = lengthOf()
    const prf = parameters.optional(tag.sequence)
    const hash = prf ? hmacs[oidText(bytes, parameters.inside(prf).next(tag.oid))] : 'sha1'
    if (!hash) throw new Locked('its key derivation is not known')
    return password => {
      spend(iterations, 1, context)
      return pbkdf2Sync(password, salt, iterations, length, hash)
    }
  }
  if (id !== scrypt) throw new Locked('its key derivation is not known')
  const [cost, blockSize, parallel] = [number(), number(), number()]
  const length = lengthOf()
  const memory = 128 * cost * blockSize + 128 * blockSize * parallel
  if (!(cost > 1 && Number.isInteger(Math.log2(cost))) || blockSize < 1 || parallel < 1)
    throw new DerError('has a key derivation that can not be')
  if (memory > scryptBytes || parallel > 16) throw new Locked('its key derivation takes too much memory')
  return password => {
    // One of its rounds takes about as long as two of PBKDF2's for each block.
    spend(2 * cost * blockSize * parallel, 1, context)
    const options = { N: cost, r: blockSize, p: parallel, maxmem: 2 * scryptBytes }
    return scryptSync(password, salt, length, options)
  }
}

/** @throws Locked where one derivation, or all of this image's together, take too long */
function spend(iterations: number, times: number, { work }: ContainerContext): void {
  if (iterations > mostIterations)
    throw new Locked(
      `it asks for more than ${mostIterations} rounds of key derivation, which Java refuses too`,
    )
  if (iterations < 1) throw new DerError('has a key derivation of no rounds')
  if (iterations * times > work.left)
    throw new Locked("this image's keystores ask for too many rounds of key derivation: it was not opened")
  work.left -= iterations * times
}

function decipher(name: string, key: Uint8Array, iv: Uint8Array, cipher: Uint8Array): Uint8Array | null {
  if (name === 'rc4') return rc4(key, cipher)
  if (name === 'rc2') return rc2Decrypt(key, iv, cipher)
  // Two keys: the first comes again as the third.
  const three = name === 'des-ede-cbc' ? Buffer.concat([key, key.subarray(0, 8)]) : key
  try {
    const decipher = createDecipheriv(name === 'des-ede-cbc' ? 'des-ede3-cbc' : name, three, iv)
    return Buffer.concat([decipher.update(cipher), decipher.final()])
  } catch {
    // node:crypto throws where the padding is wrong: so is the password.
    return null
  }
}

/** A password as two-byte characters with a zero at the end; the empty one also without (RFC 7292 appendix B.1). */
function encodings(password: string): readonly Uint8Array[] {
  const text = Buffer.from(`${password}\0`, 'utf16le').swap16()
  return password === '' ? [text, new Uint8Array()] : [text]
}

/** Appendix B.2. @param purpose 1: a key, 2: an initial vector, 3: a MAC's key */
function deriveKey(
  { name, size, block }: Hash,
  purpose: number,
  password: Uint8Array,
  salt: Uint8Array,
  iterations: number,
  length: number,
): Uint8Array {
  const repeated = (bytes: Uint8Array) => {
    const filled = Buffer.alloc(block * Math.ceil(bytes.length / block))
    for (let at = 0; at < filled.length; at++) filled[at] = bytes[at % bytes.length]!
    return filled
  }
  const input = Buffer.concat([repeated(salt), repeated(password)])
  const diversifier = Buffer.alloc(block, purpose)
  const out = Buffer.alloc(size * Math.ceil(length / size))
  for (let filled = 0; filled < length; filled += size) {
    let digest = createHash(name).update(diversifier).update(input).digest()
    for (let round = 1; round < iterations; round++) digest = createHash(name).update(digest).digest()
    digest.copy(out, filled)
    const addend = repeated(digest).subarray(0, block)
    for (let at = 0; at < input.length; at += block) {
      let carry = 1
      for (let index = block - 1; index >= 0; index--) {
        carry += input[at + index]! + addend[index]!
        input[at + index] = carry & 0xff
        carry >>= 8
      }
    }
  }
  return out.subarray(0, length)
}

function hashOf(id: string): Hash {
  const hash = hashes[id]
  if (!hash) throw new Locked('it is protected by an algorithm that is not known')
  return hash
}

function octets(reader: DerReader): Uint8Array {
  const { value, end } = reader.next(tag.octetString)
  if (end - value > 1_024) throw new DerError('has a salt or digest of a bad length')
  return reader.bytes.subarray(value, end)
}

/** A count; what does not fit a number is too large for anything. */
function numberOf(bytes: Uint8Array, { value, end }: Tlv): number {
  if (value === end || bytes[value]! >= 0x80) throw new DerError('has a count below zero')
  if (end - value > 6) return Number.POSITIVE_INFINITY
  let number = 0
  for (let at = value; at < end; at++) number = number * 256 + bytes[at]!
  return number
}
