import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { extension, nameOf, oid, pemOf, tlv, utcTime } from './certificate.ts'

/** A certificate of a test's own authority: DER by hand, signed by node:crypto (that is: by OpenSSL). */
export interface Issued {
  readonly der: Buffer
  readonly pem: string
  readonly subject: string
  readonly key: Key
}

export interface Key {
  readonly private: KeyObject
  readonly spki: Buffer
  /** SHA-1 of the key's bits (RFC 5280 §4.2.1.2 (1)). */
  readonly id: Buffer
}

export type KeyKind = 'rsa' | 'rsa-1024' | 'ec'
export type Purpose = 'server' | 'client' | 'any'

export interface IssueOptions {
  readonly subject: string
  readonly key: Key
  /** Whose name and key sign it; itself where it is absent. */
  readonly by?: { readonly subject: string; readonly key: Key }
  /** Days from now. */
  readonly from?: number
  readonly to?: number
  /** Basic constraints: null leaves them out. */
  readonly ca?: boolean | null
  readonly pathLength?: number
  /** Bits of key usage by their numbers (RFC 5280 §4.2.1.3); null leaves it out. */
  readonly keyUsage?: readonly number[] | null
  readonly purposes?: readonly Purpose[]
  /** `DNS:name`, `IP:1.2.3.4`. */
  readonly names?: readonly string[]
  /** `permit:name`, `exclude:name`, DNS names alone. */
  readonly constraints?: readonly string[]
  readonly digest?: 'md5' | 'sha1' | 'sha256'
  readonly padding?: 'pss'
  readonly version?: 1 | 3
  /** Without subject and authority key identifiers. */
  readonly bare?: boolean
  /** A critical extension that nobody knows. */
  readonly oddity?: boolean
  /** Signed, then one bit of the signature turned. */
  readonly broken?: boolean
}

const kept = new Map<string, Key>()

/** The key of that name, made once per process: making RSA keys is what takes the time. */
export function keyOf(name: string, kind: KeyKind = 'rsa'): Key {
  const label = `${kind} ${name}`
  const found = kept.get(label)
  if (found) return found
  const pair =
    kind === 'ec'
      ? generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
      : generateKeyPairSync('rsa', { modulusLength: kind === 'rsa' ? 2048 : 1024 })
  const spki = pair.publicKey.export({ type: 'spki', format: 'der' })
  const key = { private: pair.privateKey, spki, id: createHash('sha1').update(spki).digest() }
  kept.set(label, key)
  return key
}

const purposeIds: Readonly<Record<Purpose, string>> = {
  server: '1.3.6.1.5.5.7.3.1',
  client: '1.3.6.1.5.5.7.3.2',
  any: '2.5.29.37.0',
}
const rsaSignatures = {
  md5: '1.2.840.113549.1.1.4',
  sha1: '1.2.840.113549.1.1.5',
  sha256: '1.2.840.113549.1.1.11',
}
const nothing = tlv(0x05)
const sha256 = tlv(0x30, oid('2.16.840.1.101.3.4.2.1'), nothing)
const pss = tlv(
  0x30,
  oid('1.2.840.113549.1.1.10'),
  tlv(
    0x30,
    tlv(0xa0, sha256),
    tlv(0xa1, tlv(0x30, oid('1.2.840.113549.1.1.8'), sha256)),
    tlv(0xa2, tlv(0x02, Buffer.from([32]))),
  ),
)

/** One instant for all dates: certificates of one age are so to the second. */
const start = Date.now()
let serial = start

export function issue(options: IssueOptions): Issued {
  const { subject, key, by = { subject, key }, digest = 'sha256' } = options
  const ec = by.key.private.asymmetricKeyType === 'ec'
  const algorithm = ec
    ? tlv(0x30, oid('1.2.840.10045.4.3.2'))
    : options.padding === 'pss'
      ? pss
      : tlv(0x30, oid(rsaSignatures[digest]), nothing)
  const extensions = options.version === 1 ? [] : extensionsOf(options, by.key)
  const number = Buffer.alloc(8)
  number.writeBigUInt64BE(BigInt(++serial) | (1n << 62n))
  const tbs = tlv(
    0x30,
    ...(options.version === 1 ? [] : [tlv(0xa0, tlv(0x02, Buffer.from([2])))]),
    tlv(0x02, number),
    algorithm,
    name(by.subject),
    tlv(0x30, time(options.from ?? -30), time(options.to ?? 300)),
    name(subject),
    key.spki,
    ...(extensions.length > 0 ? [tlv(0xa3, tlv(0x30, ...extensions))] : []),
  )
  const signature =
    options.padding === 'pss'
      ? sign('sha256', tbs, { key: by.key.private, padding: 6, saltLength: 32 })
      : sign(digest, tbs, by.key.private)
  if (options.broken) signature[signature.length - 1]! ^= 1
  const der = tlv(0x30, tbs, algorithm, tlv(0x03, Buffer.from([0]), signature))
  return { der, pem: pemOf(der), subject, key }
}

function name(text: string): Buffer {
  return nameOf([['2.5.4.3', text]])
}

function time(days: number): Buffer {
  const text = new Date(start + days * 86_400_000).toISOString()
  return utcTime(`${text.slice(2, 19).replace(/[-:T]/g, '')}Z`)
}

function extensionsOf(options: IssueOptions, issuer: Key): Buffer[] {
  const { ca = false, pathLength, keyUsage = ca ? [5, 6] : [0, 2], purposes = [], names = [] } = options
  const all: Buffer[] = []
  if (ca !== null) {
    const flag = ca ? [tlv(0x01, Buffer.from([0xff]))] : []
    const length = pathLength === undefined ? [] : [tlv(0x02, Buffer.from([pathLength]))]
    all.push(extension('2.5.29.19', true, tlv(0x30, ...flag, ...length)))
  }
  if (keyUsage !== null) {
    let byte = 0
    for (const bit of keyUsage) byte |= 0x80 >> bit
    const unused = 7 - Math.max(...keyUsage)
    all.push(extension('2.5.29.15', true, tlv(0x03, Buffer.from([unused, byte]))))
  }
  if (!options.bare) {
    all.push(extension('2.5.29.14', false, tlv(0x04, options.key.id)))
    all.push(extension('2.5.29.35', false, tlv(0x30, tlv(0x80, issuer.id))))
  }
  if (purposes.length > 0)
    all.push(extension('2.5.29.37', false, tlv(0x30, ...purposes.map(each => oid(purposeIds[each])))))
  if (names.length > 0) all.push(extension('2.5.29.17', false, tlv(0x30, ...names.map(generalName))))
  if (options.constraints) {
    const trees = (kind: string) =>
      options
        .constraints!.filter(each => each.startsWith(`${kind}:`))
        .map(each => tlv(0x30, tlv(0x82, Buffer.from(each.slice(kind.length + 1)))))
    const [permitted, excluded] = [trees('permit'), trees('exclude')]
    all.push(
      extension(
        '2.5.29.30',
        true,
        tlv(
          0x30,
          ...(permitted.length > 0 ? [tlv(0xa0, ...permitted)] : []),
          ...(excluded.length > 0 ? [tlv(0xa1, ...excluded)] : []),
        ),
      ),
    )
  }
  if (options.oddity) all.push(extension('1.3.6.1.4.1.55555.1', true, nothing))
  return all
}

function generalName(text: string): Buffer {
  return text.startsWith('IP:')
    ? tlv(0x87, Buffer.from(text.slice(3).split('.').map(Number)))
    : tlv(0x82, Buffer.from(text.slice(4)))
}
