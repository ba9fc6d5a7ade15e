import { limits } from '../../limits.ts'
import { definiteLengths } from '../ber.ts'
import { DerError, DerReader, oidText, tag } from '../der.ts'
import {
  type ContainedCertificate,
  type Container,
  type ContainerContext,
  type Contents,
  contained,
  keysProblem,
} from './container.ts'
import { decrypt, Locked, verifyMac } from './pkcs12-password.ts'

const oids = {
  data: '1.2.840.113549.1.7.1',
  encryptedData: '1.2.840.113549.1.7.6',
  keyBag: '1.2.840.113549.1.12.10.1.1',
  shroudedKeyBag: '1.2.840.113549.1.12.10.1.2',
  certBag: '1.2.840.113549.1.12.10.1.3',
  nestedBag: '1.2.840.113549.1.12.10.1.6',
  x509: '1.2.840.113549.1.9.22.1',
  /** Without it Java takes no certificate of a PKCS#12 file for an anchor. */
  trustedKeyUsage: '2.16.840.1.113894.746875.1.1',
  friendlyName: '1.2.840.113549.1.9.20',
} as const
const explicit0 = 0xa0
const implicit0 = 0x80
const nesting = 8

/**
 * PKCS#12 (RFC 7292), Java's own form of keystore since version 9. Anchors are the certificates that Java's `keytool`
 * marks as trusted; what a key's chain or another tool put there is none (`openssl pkcs12 -jdktrust`).
 */
export const pkcs12: Container = {
  id: 'pkcs12',
  name: 'the PKCS#12 keystore',
  format: 'pkcs12',
  matches(_path, _size, start) {
    // PFX ::= SEQUENCE { version INTEGER 3, authSafe SEQUENCE …
    if (start[0] !== 0x30 || start[1] === undefined) return false
    const at = start[1] < 0x80 ? 2 : 2 + (start[1] & 0x7f)
    return start[at] === 2 && start[at + 1] === 1 && start[at + 2] === 3 && start[at + 3] === 0x30
  },
  read(content, context) {
    const file = new Pfx(context)
    try {
      file.read(definiteLengths(content))
    } catch (error) {
      if (error instanceof Locked) file.problems.push(error.message)
      else if (error instanceof DerError) file.problems.push(`it is damaged: it ${error.message}`)
      else throw error
    }
    return file.contents()
  },
}

class Pfx {
  readonly problems: string[] = []
  readonly #context: ContainerContext
  readonly #certificates: ContainedCertificate[] = []
  #keys = 0
  #password: string | null = null

  constructor(context: ContainerContext) {
    this.#context = context
  }

  contents(): Contents {
    return { certificates: this.#certificates, problems: [...this.problems, ...keysProblem(this.#keys)] }
  }

  /** @throws DerError, Locked */
  read(bytes: Uint8Array): void {
    const pfx = new DerReader(bytes).enter(tag.sequence)
    pfx.next(tag.integer)
    const safe = contentOf(pfx.enter(tag.sequence))
    if (safe.type !== oids.data) throw new Locked('it is protected by a public key, which nobody here has')
    const text = safe.content.next(tag.octetString)
    const inner = bytes.subarray(text.value, text.end)
    const mac = pfx.optional(tag.sequence)
    const encrypted: DerReader[] = []
    const list = new DerReader(definiteLengths(inner)).enter(tag.sequence)
    while (!list.done) {
      const { type, content } = contentOf(list.enter(tag.sequence))
      if (type === oids.data) {
        const data = content.next(tag.octetString)
        this.#bags(content.bytes.subarray(data.value, data.end), 0)
      } else if (type === oids.encryptedData) encrypted.push(content)
      else this.problems.push('a part of it is encrypted for a public key, and can not be read')
    }
    if (encrypted.length === 0) return
    if (mac) this.#password = verifyMac(inner, pfx.inside(mac), this.#context)
    for (const each of encrypted) this.#encrypted(each)
  }

  /** EncryptedData of RFC 5652 §8. */
  #encrypted(content: DerReader): void {
    const { bytes } = content
    const data = content.enter(tag.sequence)
    data.next(tag.integer)
    const info = data.enter(tag.sequence)
    info.next(tag.oid)
    const algorithm = info.enter(tag.sequence)
    const text = info.next()
    const cipher =
      text.tag === implicit0 ? bytes.subarray(text.value, text.end) : joined(info.inside(text), text.tag)
    const { plain, password } = decrypt(cipher, algorithm, this.#context, this.#password, looksRight)
    this.#password = password
    this.#bags(plain, 0)
  }

  /** SafeContents of RFC 7292 §4.2. */
  #bags(text: Uint8Array, depth: number): void {
    if (depth > nesting) throw new DerError(`is nested deeper than ${nesting}`)
    const bytes = definiteLengths(text)
    const list = new DerReader(bytes).enter(tag.sequence)
    while (!list.done) {
      const bag = list.enter(tag.sequence)
      const type = oidText(bytes, bag.next(tag.oid))
      const value = bag.enter(explicit0)
      if (type === oids.certBag) this.#certificate(value, bag)
      else if (type === oids.keyBag || type === oids.shroudedKeyBag) this.#keys++
      else if (type === oids.nestedBag) {
        const nested = value.next()
        this.#bags(bytes.subarray(nested.start, nested.end), depth + 1)
      }
    }
  }

  #certificate(value: DerReader, bag: DerReader): void {
    const { bytes } = value
    const content = value.enter(tag.sequence)
    if (oidText(bytes, content.next(tag.oid)) !== oids.x509) {
      this.problems.push('one of its certificates is of an unknown type')
      return
    }
    const der = content.enter(explicit0).next(tag.octetString)
    if (this.#certificates.length >= limits.certificatesPerFile)
      throw new Locked(`it holds more than ${limits.certificatesPerFile} certificates: the rest was not read`)
    const attributes = bag.optional(tag.set)
    const { trusted, alias } = attributes === null ? unmarked : attributesOf(bag.inside(attributes))
    this.#certificates.push(contained(bytes.slice(der.value, der.end), 'PKCS12', trusted, { alias }))
  }
}

interface Marks {
  /** Java's mark of a trusted certificate entry. */
  readonly trusted: boolean
  /** friendlyName (RFC 2985, 5.5.1): the alias in Java's words. */
  readonly alias: string | null
}

const unmarked: Marks = { trusted: false, alias: null }

function attributesOf(attributes: DerReader): Marks {
  let { trusted, alias } = unmarked
  while (!attributes.done) {
    const attribute = attributes.enter(tag.sequence)
    const id = oidText(attributes.bytes, attribute.next(tag.oid))
    if (id === oids.trustedKeyUsage) trusted = true
    else if (id === oids.friendlyName) {
      const name = attribute.enter(tag.set).optional(tag.bmpString)
      // BMPString is UTF-16 with the high byte first.
      if (name !== null && (name.end - name.value) % 2 === 0)
        alias = Buffer.from(attributes.bytes.slice(name.value, name.end)).swap16().toString('utf16le')
    }
  }
  return { trusted, alias }
}

/** ContentInfo of RFC 5652 §3. */
function contentOf(info: DerReader): { readonly type: string; readonly content: DerReader } {
  const type = oidText(info.bytes, info.next(tag.oid))
  return { type, content: info.enter(explicit0) }
}

/** The pieces of a constructed string. */
function joined(pieces: DerReader, found: number): Uint8Array {
  if (found !== explicit0) throw new DerError('has encrypted content of an unknown form')
  const parts: Uint8Array[] = []
  while (!pieces.done) {
    const piece = pieces.next(tag.octetString)
    parts.push(pieces.bytes.subarray(piece.value, piece.end))
  }
  return Buffer.concat(parts)
}

/** What a wrong password leaves is no list of bags. */
function looksRight(plain: Uint8Array): boolean {
  try {
    const list = new DerReader(definiteLengths(plain)).enter(tag.sequence)
    while (!list.done) list.enter(tag.sequence).next(tag.oid)
    return true
  } catch (error) {
    if (error instanceof DerError) return false
    throw error
  }
}
