import { limits } from '../../limits.ts'
import { Fault } from '../fault.ts'
import type { Wire } from '../wire.ts'
import { vector } from './bytes.ts'
import { notTls } from './not-tls.ts'
import { content, version } from './numbers.ts'

export interface TlsRecord {
  /** One of {@link content}. */
  readonly type: number
  readonly header: Buffer
  readonly body: Buffer
}

/** Ciphertext may be longer than its 2^14 bytes of content (RFC 5246 §6.2.3). */
const mostBytes = 2 ** 14 + 2048

/**
 * The next record (RFC 8446 §5.1).
 * @throws Fault `malformed` where no TLS is spoken, with what seems to be spoken instead; `truncated`, `limit`
 */
export async function readRecord(wire: Wire, first: boolean): Promise<TlsRecord> {
  if (first) {
    const start = await wire.peek(5)
    if (start.length === 0)
      throw new Fault(
        'unreachable',
        'it ends the connection without a word; is it TLS that it speaks there?',
        { silent: true },
      )
    if (start[0]! < content.changeCipherSpec || start[0]! > content.applicationData || (start[1] ?? 3) !== 3)
      throw notTls(start)
  }
  const header = await wire.read(5)
  const [type = 0, major] = header
  const length = header.readUInt16BE(3)
  if (type < content.changeCipherSpec || type > content.applicationData || major !== 3 || length > mostBytes)
    throw new Fault('malformed', 'it sends something between its records that is no TLS')
  return { type, header, body: await wire.read(length) }
}

/** One record of a client. The version is that which all servers take (RFC 8446 §5.1). */
export function record(type: number, body: Uint8Array, recordVersion: number = version.tls10): Buffer {
  return Buffer.concat([Buffer.from([type, recordVersion >> 8, recordVersion & 0xff]), vector(2, body)])
}

/** A whole handshake is allowed no more than this. */
export function limitHandshake(wire: Wire): void {
  wire.allow(
    limits.handshakeBytes,
    `it sends more than ${limits.handshakeBytes} bytes before its handshake is done`,
  )
}
