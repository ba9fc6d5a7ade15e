import { Fault } from '../fault.ts'
import { Fields } from './bytes.ts'
import { extension, version } from './numbers.ts'

/** SHA-256 of "HelloRetryRequest": the random by which a ServerHello is one (RFC 8446 §4.1.3). */
const retryRandom = Buffer.from('cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c', 'hex')

export interface ServerHello {
  /** Of the protocol that is spoken from here on. */
  readonly version: number
  readonly suite: number
  /** Ask again, with what it says. */
  readonly retry: boolean
  /** The group that a share is wanted of (retry), or the server's own share. */
  readonly group: number | null
  readonly share: Buffer | null
  readonly cookie: Buffer | null
}

/**
 * RFC 5246 §7.4.1.3, RFC 8446 §4.1.3 and §4.1.4.
 * @throws Fault `malformed`, `unsupported` (SSL 3.0 and versions that nobody knows)
 */
export function readServerHello(body: Buffer): ServerHello {
  const fields = new Fields(body, 'ServerHello')
  const legacy = fields.uint(2)
  const retry = fields.take(32).equals(retryRandom)
  fields.vector(1)
  const suite = fields.uint(2)
  fields.uint(1)
  const extensions = new Map<number, Fields>()
  // Before extensions there were none: the message may end here.
  const list = fields.done ? null : fields.fields(2)
  while (list && !list.done) extensions.set(list.uint(2), list.fields(2))
  const chosen = extensions.get(extension.supportedVersions)?.uint(2) ?? legacy
  checkVersion(chosen)
  const share = chosen === version.tls13 ? extensions.get(extension.keyShare) : undefined
  return {
    version: chosen,
    suite,
    retry: retry && chosen === version.tls13,
    group: share?.uint(2) ?? null,
    share: share && !retry ? share.vector(2) : null,
    cookie: extensions.get(extension.cookie)?.vector(2) ?? null,
  }
}

function checkVersion(chosen: number): void {
  if (chosen === version.ssl3)
    throw new Fault(
      'unsupported',
      'it speaks nothing newer than SSL 3.0 (RFC 7568): no client of today takes that',
    )
  if (chosen < version.tls10 || chosen > version.tls13)
    throw new Fault(
      'unsupported',
      `it chose the unknown protocol version 0x${chosen.toString(16).padStart(4, '0')}`,
    )
}
