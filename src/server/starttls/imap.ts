import type { Wire } from '../wire.ts'
import { another, notOffered, refused } from './lines.ts'

/** RFC 3501 §6.2.1 (RFC 2595 before it). */
export async function imap(wire: Wire): Promise<void> {
  const greeting = await wire.readLine()
  if (/^\* (?:PREAUTH|BYE)\b/i.test(greeting)) throw refused('IMAP', greeting)
  if (!/^\* OK\b/i.test(greeting)) throw another('IMAP', greeting)
  wire.write('a CAPABILITY\r\n')
  let offered = false
  for (let line = ''; !/^a /.test(line); ) {
    line = await wire.readLine()
    if (/^\* CAPABILITY\b.* STARTTLS\b/i.test(line)) offered = true
    if (/^\* BYE\b/i.test(line)) throw refused('IMAP', line)
  }
  if (!offered) throw notOffered('IMAP', 'STARTTLS')
  wire.write('b STARTTLS\r\n')
  let answer = ''
  while (!/^b /.test(answer)) answer = await wire.readLine()
  if (!/^b OK\b/i.test(answer)) throw refused('IMAP', answer)
}
