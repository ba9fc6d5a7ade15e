import type { Wire } from '../wire.ts'
import { another, refused } from './lines.ts'

/** RFC 2595 §4. */
export async function pop3(wire: Wire): Promise<void> {
  const greeting = await wire.readLine()
  if (!greeting.startsWith('+OK')) throw another('POP3', greeting)
  wire.write('STLS\r\n')
  const answer = await wire.readLine()
  if (!answer.startsWith('+OK')) throw refused('POP3', answer)
}
