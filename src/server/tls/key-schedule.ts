import { createHash, createHmac } from 'node:crypto'
import { uint8, uint16, vector } from './bytes.ts'
import { message, type Suite13 } from './numbers.ts'

type Hash = Suite13['hash']

/** What protects the records of one direction. */
export interface TrafficKeys {
  readonly key: Buffer
  readonly iv: Buffer
}

/**
 * The keys of both directions after the ServerHello, without a pre-shared key (RFC 8446 §7.1 and §7.3).
 * @param shared what the key exchange gave
 * @param transcript all messages up to the ServerHello
 */
export function handshakeKeys(
  { hash, keyBytes }: Suite13,
  shared: Uint8Array,
  transcript: Uint8Array,
): { readonly client: TrafficKeys; readonly server: TrafficKeys } {
  const nothing = Buffer.alloc(digest(hash).length)
  const early = hmac(hash, nothing, nothing)
  const secret = hmac(hash, expandLabel(hash, early, 'derived', digest(hash), nothing.length), shared)
  const keys = (label: string): TrafficKeys => {
    const traffic = expandLabel(hash, secret, label, digest(hash, transcript), nothing.length)
    const none = Buffer.alloc(0)
    return {
      key: expandLabel(hash, traffic, 'key', none, keyBytes),
      iv: expandLabel(hash, traffic, 'iv', none, 12),
    }
  }
  return { client: keys('c hs traffic'), server: keys('s hs traffic') }
}

/** What stands for the first ClientHello once it had to be asked again (RFC 8446 §4.4.1). */
export function hashedHello(hash: Hash, hello: Uint8Array): Buffer {
  return Buffer.concat([uint8(message.messageHash), vector(3, digest(hash, hello))])
}

/** HKDF-Expand-Label (RFC 8446 §7.1, RFC 5869 §2.3). */
function expandLabel(
  hash: Hash,
  secret: Uint8Array,
  label: string,
  context: Uint8Array,
  bytes: number,
): Buffer {
  const info = Buffer.concat([uint16(bytes), vector(1, Buffer.from(`tls13 ${label}`)), vector(1, context)])
  let block: Buffer = Buffer.alloc(0)
  let all: Buffer = block
  for (let count = 1; all.length < bytes; count++) {
    block = hmac(hash, secret, Buffer.concat([block, info, uint8(count)]))
    all = Buffer.concat([all, block])
  }
  return all.subarray(0, bytes)
}

function hmac(hash: Hash, key: Uint8Array, data: Uint8Array): Buffer {
  return createHmac(hash, key).update(data).digest()
}

function digest(hash: Hash, data: Uint8Array = Buffer.alloc(0)): Buffer {
  return createHash(hash).update(data).digest()
}
