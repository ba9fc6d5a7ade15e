import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'

/** What a test says of a certificate; what it leaves out is that of a plain root in date. */
export interface CertificateSketch {
  /** A common name, or the whole name's DER. */
  readonly subject?: string | Buffer
  readonly issuer?: string | Buffer
  /** Content octets of the INTEGER. */
  readonly serial?: Buffer
  /** 1 or 3. */
  readonly version?: number
  /** Times as whole DER values. */
  readonly notBefore?: Buffer
  readonly notAfter?: Buffer
  /** Basic constraints; null: the extension is left out. */
  readonly ca?: boolean | null
  readonly pathLength?: number
  /** More extensions, as whole DER values. */
  readonly extensions?: readonly Buffer[]
  /** SubjectPublicKeyInfo; an Ed25519 key where it is absent. */
  readonly spki?: Buffer
  /** Signs it: the key of the issuer; its own where it is absent. */
  readonly signer?: KeyObject
}

export interface MadeCertificate {
  readonly der: Buffer
  readonly pem: string
  readonly key: KeyObject
}

/** One DER value. */
export function tlv(tag: number, ...contents: readonly (Buffer | Uint8Array)[]): Buffer {
  const content = Buffer.concat(contents)
  const { length } = content
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content])
  const bytes = Buffer.from(
    length.toString(16).padStart(length > 0xffff ? 6 : length > 0xff ? 4 : 2, '0'),
    'hex',
  )
  return Buffer.concat([Buffer.from([tag, 0x80 | bytes.length]), bytes, content])
}

export function oid(dotted: string): Buffer {
  const [first, second, ...rest] = dotted.split('.').map(Number)
  const bytes = [first! * 40 + second!, ...rest].flatMap(arc => {
    const digits = [arc & 0x7f]
    for (let left = arc >>> 7; left > 0; left >>>= 7) digits.unshift((left & 0x7f) | 0x80)
    return digits
  })
  return tlv(0x06, Buffer.from(bytes))
}

/** A name of one attribute a set: `[['2.5.4.3', 'Test Root']]`; a third element is the string's tag. */
export function nameOf(attributes: readonly (readonly [string, string | Buffer, number?])[]): Buffer {
  return tlv(
    0x30,
    ...attributes.map(([type, value, tag = 0x0c]) =>
      tlv(0x31, tlv(0x30, oid(type), tlv(tag, Buffer.isBuffer(value) ? value : Buffer.from(value)))),
    ),
  )
}

export const utcTime = (text: string) => tlv(0x17, Buffer.from(text))
export const generalizedTime = (text: string) => tlv(0x18, Buffer.from(text))

export function extension(id: string, critical: boolean, value: Buffer): Buffer {
  return tlv(0x30, oid(id), ...(critical ? [tlv(0x01, Buffer.from([0xff]))] : []), tlv(0x04, value))
}

const ed25519 = tlv(0x30, oid('1.3.101.112'))
let pair: { publicKey: KeyObject; privateKey: KeyObject } | null = null

/** Makes a certificate, byte by byte, so that it may be as odd as a test wants. */
export function makeCertificate(sketch: CertificateSketch = {}): MadeCertificate {
  pair ??= generateKeyPairSync('ed25519')
  const named = (name: string | Buffer) => (typeof name === 'string' ? nameOf([['2.5.4.3', name]]) : name)
  const subject = named(sketch.subject ?? 'Test Root')
  const issuer = sketch.issuer === undefined ? subject : named(sketch.issuer)
  const version = sketch.version ?? 3
  const ca = sketch.ca === undefined ? true : sketch.ca
  const constraints = [
    ...(ca ? [tlv(0x01, Buffer.from([0xff]))] : []),
    ...(sketch.pathLength === undefined ? [] : [tlv(0x02, Buffer.from([sketch.pathLength]))]),
  ]
  const extensions = [
    ...(ca === null || version === 1 ? [] : [extension('2.5.29.19', true, tlv(0x30, ...constraints))]),
    ...(sketch.extensions ?? []),
  ]
  const tbs = tlv(
    0x30,
    ...(version === 1 ? [] : [tlv(0xa0, tlv(0x02, Buffer.from([version - 1])))]),
    tlv(0x02, sketch.serial ?? Buffer.from([1])),
    ed25519,
    issuer,
    tlv(0x30, sketch.notBefore ?? utcTime('200101000000Z'), sketch.notAfter ?? utcTime('400101000000Z')),
    subject,
    sketch.spki ?? pair.publicKey.export({ type: 'spki', format: 'der' }),
    ...(extensions.length > 0 ? [tlv(0xa3, tlv(0x30, ...extensions))] : []),
  )
  const signature = sign(null, tbs, sketch.signer ?? pair.privateKey)
  const der = tlv(0x30, tbs, ed25519, tlv(0x03, Buffer.from([0]), signature))
  return { der, pem: pemOf(der), key: pair.privateKey }
}

/** A PEM block as `openssl x509` writes it. */
export function pemOf(der: Uint8Array, label = 'CERTIFICATE'): string {
  const lines = Buffer.from(der)
    .toString('base64')
    .match(/.{1,64}/g)!
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`
}
