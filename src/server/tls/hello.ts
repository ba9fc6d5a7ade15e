import { isIP } from 'node:net'
import { uint8, uint16, vector } from './bytes.ts'
import {
  extension,
  groups12,
  message,
  renegotiationSuite,
  signatures,
  suites12,
  suites13,
  version,
} from './numbers.ts'

export interface KeyShare {
  readonly group: number
  readonly key: Uint8Array
}

/** What a first message offers. */
export interface Offer {
  /** The name to ask for; addresses are not sent (RFC 6066 §3). */
  readonly host: string
  readonly highest: 'tls1.0' | 'tls1.2' | 'tls1.3'
  /** 32 bytes; the same in a second hello. */
  readonly random: Uint8Array
  readonly sessionId: Uint8Array
  /** `h2`, `http/1.1`; none: the extension is left out. */
  readonly protocols: readonly string[]
  /** For TLS 1.3 alone. */
  readonly groups: readonly number[]
  readonly shares: readonly KeyShare[]
  /** What a HelloRetryRequest gave to be sent back. */
  readonly cookie?: Uint8Array
}

/**
 * The ClientHello, its header included (RFC 5246 §7.4.1.2, RFC 8446 §4.1.2): broad enough that any server finds what it
 * needs, and ordered as a client of today would, ECDSA before RSA. A server with two certificates chooses by this list;
 * an old client that offers no ECDSA (or no SHA-256) would get the other chain.
 */
export function clientHello(offer: Offer): Buffer {
  const { highest, random, sessionId } = offer
  const suites = [
    ...(highest === 'tls1.3' ? suites13.map(({ id }) => id) : []),
    ...suites12,
    renegotiationSuite,
  ]
  const body = Buffer.concat([
    uint16(highest === 'tls1.0' ? version.tls10 : version.tls12),
    random,
    vector(1, sessionId),
    vector(2, uint16(...suites)),
    vector(1, uint8(0)),
    vector(2, ...extensionsOf(offer)),
  ])
  return Buffer.concat([uint8(message.clientHello), vector(3, body)])
}

function extensionsOf(offer: Offer): Buffer[] {
  const { host, highest, protocols, cookie } = offer
  const all: Buffer[] = []
  const add = (type: number, ...content: readonly Uint8Array[]) =>
    all.push(uint16(type), vector(2, ...content))
  if (isIP(host) === 0) add(extension.serverName, vector(2, uint8(0), vector(2, Buffer.from(host, 'latin1'))))
  add(extension.supportedGroups, vector(2, uint16(...(highest === 'tls1.3' ? offer.groups : groups12))))
  add(extension.pointFormats, vector(1, uint8(0)))
  if (highest === 'tls1.0') return all
  // Servers under FIPS rules want it (RFC 7627).
  add(extension.extendedMasterSecret)
  add(extension.signatureAlgorithms, vector(2, uint16(...signatures)))
  if (protocols.length > 0)
    add(extension.applicationProtocols, vector(2, ...protocols.map(name => vector(1, Buffer.from(name)))))
  if (highest === 'tls1.2') return all
  add(extension.supportedVersions, vector(1, uint16(version.tls13, version.tls12)))
  if (cookie) add(extension.cookie, vector(2, cookie))
  add(
    extension.keyShare,
    vector(2, ...offer.shares.map(({ group, key }) => Buffer.concat([uint16(group), vector(2, key)]))),
  )
  return all
}
