import { isIPv6 } from 'node:net'
import type { Wire } from '../wire.ts'
import { another, notOffered, readReply, refused } from './lines.ts'

/** RFC 3207. We have no name to greet with: an address stands in brackets (RFC 5321 §4.1.4). */
export async function smtp(wire: Wire): Promise<void> {
  const greeting = await readReply(wire, 'SMTP')
  if (greeting.code !== 220) throw another('SMTP', `${greeting.code} ${greeting.lines[0]}`)
  const address = wire.localAddress.replace(/^::ffff:|%.*/g, '')
  wire.write(`EHLO [${isIPv6(address) ? 'IPv6:' : ''}${address}]\r\n`)
  const hello = await readReply(wire, 'SMTP')
  if (hello.code !== 250) throw refused('SMTP', `${hello.code} ${hello.lines[0]}`)
  if (!hello.lines.some(line => /^STARTTLS\s*$/i.test(line))) throw notOffered('SMTP', 'STARTTLS')
  wire.write('STARTTLS\r\n')
  const answer = await readReply(wire, 'SMTP')
  if (answer.code !== 220) throw refused('SMTP', `${answer.code} ${answer.lines[0]}`)
}
