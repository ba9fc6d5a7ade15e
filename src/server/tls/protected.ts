import { type CipherGCMTypes, createCipheriv, createDecipheriv } from 'node:crypto'
import { Fault } from '../fault.ts'
import type { TrafficKeys } from './key-schedule.ts'
import type { Fragment } from './messages.ts'
import { content, type Suite13, version } from './numbers.ts'
import type { TlsRecord } from './record.ts'

const tagBytes = 16

/** Protected records of one direction (RFC 8446 §5.2 and §5.3), counted from the first. */
export class Protection {
  readonly #cipher: CipherGCMTypes
  readonly #keys: TrafficKeys
  #count = 0

  constructor(suite: Suite13, keys: TrafficKeys) {
    // The types know ChaCha20-Poly1305 apart from GCM; both are used alike.
    this.#cipher = suite.cipher as CipherGCMTypes
    this.#keys = keys
  }

  /** @throws Fault `malformed` where the record's tag does not fit, or nothing is in it */
  open({ header, body }: TlsRecord): Fragment {
    if (body.length < tagBytes) throw new Fault('malformed', 'it sends a protected record that is cut')
    const decipher = createDecipheriv(this.#cipher, this.#keys.key, this.#nonce(), {
      authTagLength: tagBytes,
    })
    decipher.setAAD(header)
    decipher.setAuthTag(body.subarray(-tagBytes))
    const inner = decipher.update(body.subarray(0, -tagBytes))
    try {
      decipher.final()
    } catch {
      throw new Fault('malformed', 'it sends a protected record that can not be opened')
    }
    // Zeros that pad it stand behind its type.
    let end = inner.length
    while (end > 0 && inner[end - 1] === 0) end--
    if (end === 0) throw new Fault('malformed', 'it sends a protected record without content')
    return { type: inner[end - 1]!, body: inner.subarray(0, end - 1) }
  }

  seal(type: number, body: Uint8Array): Buffer {
    const length = body.length + 1 + tagBytes
    const header = Buffer.from([
      content.applicationData,
      version.tls12 >> 8,
      version.tls12 & 0xff,
      length >> 8,
      length & 0xff,
    ])
    const cipher = createCipheriv(this.#cipher, this.#keys.key, this.#nonce(), { authTagLength: tagBytes })
    cipher.setAAD(header)
    const inner = cipher.update(Buffer.concat([body, Buffer.from([type])]))
    cipher.final()
    return Buffer.concat([header, inner, cipher.getAuthTag()])
  }

  #nonce(): Buffer {
    const nonce = Buffer.from(this.#keys.iv)
    const at = nonce.length - 4
    nonce.writeUInt32BE((nonce.readUInt32BE(at) ^ this.#count++) >>> 0, at)
    return nonce
  }
}
