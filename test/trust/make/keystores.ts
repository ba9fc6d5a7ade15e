/** Keystores made byte by byte, so that they may be as odd as a test wants. */
import { createCipheriv, createHmac, pbkdf2Sync } from 'node:crypto'
import { oid, tlv } from '../../support/certificate.ts'

const u16 = (value: number) => Buffer.from([value >> 8, value & 255])
export const u32 = (value: number) => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}
const text = (value: string) => Buffer.concat([u16(value.length), Buffer.from(value)])

export type JksEntry =
  | { readonly kind: 'certificate'; readonly der: Uint8Array; readonly type?: string }
  | { readonly kind: 'key'; readonly chain: readonly Uint8Array[] }
  | { readonly kind: 'secret' }

export function makeJks(
  entries: readonly JksEntry[],
  more: { readonly jceks?: boolean; readonly version?: 1 | 2; readonly count?: number } = {},
): Buffer {
  const { version = 2 } = more
  const certificate = (der: Uint8Array, type = 'X.509') =>
    Buffer.concat([...(version === 2 ? [text(type)] : []), u32(der.length), der])
  const body = (entry: JksEntry) => {
    if (entry.kind === 'certificate') return [u32(2), certificate(entry.der, entry.type)]
    if (entry.kind === 'secret') return [u32(3), Buffer.from('aced0005', 'hex')]
    return [
      u32(1),
      u32(5),
      Buffer.alloc(5, 7),
      u32(entry.chain.length),
      ...entry.chain.map(der => certificate(der)),
    ]
  }
  return Buffer.concat([
    u32(more.jceks ? 0xcececece : 0xfeedfeed),
    u32(version),
    u32(more.count ?? entries.length),
    ...entries.flatMap((entry, index) => {
      const [tag, ...rest] = body(entry)
      return [tag!, text(`entry-${index}`), Buffer.alloc(8), ...rest]
    }),
    Buffer.alloc(20, 9),
  ])
}

/** Bouncy Castle's BKS; its digest is of any password. */
export function makeBks(entries: readonly JksEntry[], version: 1 | 2 = 2): Buffer {
  const certificate = (der: Uint8Array, type = 'X.509') => Buffer.concat([text(type), u32(der.length), der])
  const body = (entry: JksEntry) => {
    if (entry.kind === 'certificate')
      return { type: 1, chain: [], rest: [certificate(entry.der, entry.type)] }
    if (entry.kind === 'secret') return { type: 3, chain: [], rest: [u32(4), Buffer.alloc(4, 7)] }
    const key = [Buffer.from([0]), text('PKCS#8'), text('RSA'), u32(5), Buffer.alloc(5, 7)]
    return { type: 2, chain: entry.chain, rest: key }
  }
  return Buffer.concat([
    ...[u32(version), u32(20), Buffer.alloc(20, 5), u32(1500)],
    ...entries.flatMap((entry, index) => {
      const { type, chain, rest } = body(entry)
      const head = [Buffer.from([type]), text(`entry-${index}`), Buffer.alloc(8), u32(chain.length)]
      return [...head, ...chain.map(der => certificate(der)), ...rest]
    }),
    Buffer.from([0]),
    Buffer.alloc(20, 9),
  ])
}

const data = oid('1.2.840.113549.1.7.1')
const trustedKeyUsage = '2.16.840.1.113894.746875.1.1'
const octets = (bytes: Uint8Array) => tlv(0x04, bytes)
const integer = (value: number | Buffer) =>
  tlv(
    0x02,
    typeof value === 'number' ? u32(value).subarray(value > 0x7fffff ? 0 : value > 0x7f ? 1 : 3) : value,
  )

export function certBag(der: Uint8Array, trusted: boolean): Buffer {
  const attribute = tlv(0x30, oid(trustedKeyUsage), tlv(0x31, oid('2.5.29.37.0')))
  return tlv(
    0x30,
    oid('1.2.840.113549.1.12.10.1.3'),
    tlv(0xa0, tlv(0x30, oid('1.2.840.113549.1.9.22.1'), tlv(0xa0, octets(der)))),
    ...(trusted ? [tlv(0x31, attribute)] : []),
  )
}

/** A PKCS#12 file: unencrypted without a password, else PBES2 (AES-128, PBKDF2 with SHA-256). */
export function makePkcs12(
  bags: readonly Buffer[],
  more: {
    readonly password?: string
    readonly iterations?: number | Buffer
    /** What the file says; the key is made with one round. */
    readonly salt?: Buffer
    readonly mac?: boolean
  } = {},
): Buffer {
  const contents = tlv(0x30, ...bags)
  const iterations = more.iterations ?? 100
  const rounds = typeof iterations === 'number' ? Math.min(iterations, 1_000) : 1
  const salt = more.salt ?? Buffer.alloc(8, 3)
  const { password } = more
  const part =
    password === undefined
      ? tlv(0x30, data, tlv(0xa0, octets(contents)))
      : encrypted(contents, pbkdf2Sync(password, salt, rounds, 16, 'sha256'), salt, iterations)
  const safe = tlv(0x30, part)
  const mac = () => {
    const key = pbkdf2Sync(password ?? '', salt, rounds, 32, 'sha256')
    const sha256 = tlv(0x30, oid('1.2.840.113549.2.9'))
    const kdf = tlv(
      0x30,
      oid('1.2.840.113549.1.5.12'),
      tlv(0x30, octets(salt), integer(iterations), integer(32), sha256),
    )
    const algorithm = tlv(0x30, oid('1.2.840.113549.1.5.14'), tlv(0x30, kdf, sha256))
    const digest = octets(createHmac('sha256', key).update(safe).digest())
    return tlv(0x30, tlv(0x30, algorithm, digest), octets(salt), integer(1))
  }
  return tlv(
    0x30,
    tlv(0x02, Buffer.from([3])),
    tlv(0x30, data, tlv(0xa0, octets(safe))),
    ...(more.mac ? [mac()] : []),
  )
}

function encrypted(contents: Buffer, key: Buffer, salt: Buffer, iterations: number | Buffer): Buffer {
  const iv = Buffer.alloc(16, 5)
  const cipher = createCipheriv('aes-128-cbc', key, iv)
  const bytes = Buffer.concat([cipher.update(contents), cipher.final()])
  const prf = tlv(0x30, oid('1.2.840.113549.2.9'))
  const kdf = tlv(0x30, oid('1.2.840.113549.1.5.12'), tlv(0x30, octets(salt), integer(iterations), prf))
  const scheme = tlv(0x30, oid('2.16.840.1.101.3.4.1.2'), octets(iv))
  const algorithm = tlv(0x30, oid('1.2.840.113549.1.5.13'), tlv(0x30, kdf, scheme))
  const info = tlv(0x30, data, algorithm, tlv(0x80, bytes))
  return tlv(0x30, oid('1.2.840.113549.1.7.6'), tlv(0xa0, tlv(0x30, tlv(0x02, Buffer.from([0])), info)))
}

export function makePkcs7(ders: readonly Uint8Array[]): Buffer {
  const signed = tlv(
    0x30,
    tlv(0x02, Buffer.from([1])),
    tlv(0x31),
    tlv(0x30, data),
    tlv(0xa0, ...ders),
    tlv(0x31),
  )
  return tlv(0x30, oid('1.2.840.113549.1.7.2'), tlv(0xa0, signed))
}

/** DER as BER: every constructed value with its length left open, every string in two pieces. */
export function looseBer(der: Buffer): Buffer {
  const out: Buffer[] = []
  let at = 0
  while (at < der.length) {
    const tag = der[at]!
    let length = der[at + 1]!
    let content = at + 2
    if (length > 0x80) {
      const bytes = length & 0x7f
      length = der.readUIntBE(content, bytes)
      content += bytes
    }
    const inner = der.subarray(content, content + length)
    if (tag & 0x20) out.push(Buffer.from([tag, 0x80]), looseBer(inner), Buffer.alloc(2))
    else if (tag === 0x04 && length > 1)
      out.push(
        Buffer.from([0x24, 0x80]),
        tlv(0x04, inner.subarray(0, 1)),
        tlv(0x04, inner.subarray(1)),
        Buffer.alloc(2),
      )
    else out.push(der.subarray(at, content + length))
    at = content + length
  }
  return Buffer.concat(out)
}
