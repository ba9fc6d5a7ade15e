import type { Wire } from '../wire.ts'
import { another, readReply, refused } from './lines.ts'

/** RFC 4217 §4, on the control connection. */
export async function ftp(wire: Wire): Promise<void> {
  let greeting = await readReply(wire, 'FTP')
  // "Service ready in a moment" (RFC 959 §5.4).
  if (greeting.code === 120) greeting = await readReply(wire, 'FTP')
  if (greeting.code !== 220) throw another('FTP', `${greeting.code} ${greeting.lines[0]}`)
  wire.write('AUTH TLS\r\n')
  const answer = await readReply(wire, 'FTP')
  if (answer.code !== 234) throw refused('FTP', `${answer.code} ${answer.lines[0]}`)
}
