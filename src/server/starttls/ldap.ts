import { DerError, DerReader, tag } from '../../trust/der.ts'
import { Fault } from '../fault.ts'
import type { Wire } from '../wire.ts'

/** ExtendedRequest 1.3.6.1.4.1.1466.20037 as message 1 (RFC 4511 §4.12 and §4.14.1). */
const startTls = '1.3.6.1.4.1.1466.20037'
const request = Buffer.concat([Buffer.from('301d02010177188016', 'hex'), Buffer.from(startTls)])
const extendedResponse = 0x78
const enumerated = 0x0a
const mostBytes = 64 * 1024

const results: Readonly<Record<number, string>> = {
  1: 'operationsError',
  2: 'protocolError: it knows no StartTLS',
  51: 'busy',
  52: 'unavailable: is a certificate set up there?',
  53: 'unwillingToPerform',
}

export async function ldap(wire: Wire): Promise<void> {
  wire.write(request)
  const code = await readResult(wire)
  if (code !== 0)
    throw new Fault('unsupported', `it does not begin TLS in LDAP: ${results[code] ?? `result ${code}`}`)
}

async function readResult(wire: Wire): Promise<number> {
  const start = await wire.read(2)
  const long = start[1]! & 0x80 ? start[1]! & 0x7f : 0
  if (start[0] !== tag.sequence || long > 4) throw notLdap()
  const rest = await wire.read(long)
  const length = long > 0 ? rest.readUIntBE(0, long) : start[1]!
  if (length > mostBytes) throw notLdap()
  try {
    const message = new DerReader(await wire.read(length))
    message.next(tag.integer)
    const response = message.enter(extendedResponse)
    const code = response.next(enumerated)
    return response.bytes[code.value] ?? 0
  } catch (error) {
    if (error instanceof DerError) throw notLdap()
    throw error
  }
}

function notLdap(): Fault {
  return new Fault('malformed', 'it does not answer as LDAP does')
}
