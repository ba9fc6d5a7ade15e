import { Fault } from '../fault.ts'
import type { Wire } from '../wire.ts'
import { another } from './lines.ts'

/** SSLRequest: its length, and the number 1234.5679 (PostgreSQL manual, "Message Formats" and "SSL Session Encryption"). */
const request = Buffer.from('0000000804d2162f', 'hex')

export async function postgres(wire: Wire): Promise<void> {
  wire.write(request)
  const answer = (await wire.read(1)).toString('latin1')
  if (answer === 'S') return
  if (answer === 'N') throw new Fault('unsupported', 'it does not offer TLS in PostgreSQL: ssl is off there')
  if (answer === 'E') throw new Fault('unsupported', 'it refuses TLS in PostgreSQL with an error')
  throw another('PostgreSQL', answer + (await wire.peek(0)).toString('latin1'))
}
