import type { Wire } from '../wire.ts'
import { another, notOffered, refused } from './lines.ts'

/**
 * RFC 6120 §5.4, of a client to its server. Only as much of the XML is read as tells whether TLS may begin.
 * @param host the domain that is asked for
 */
export async function xmpp(wire: Wire, host: string): Promise<void> {
  wire.write(
    `<?xml version='1.0'?><stream:stream to='${host}' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>`,
  )
  const features = await readUntil(
    wire,
    /<\/(?:stream:)?features\s*>|<(?:stream:)?features\s*\/>|<\/stream:stream\s*>/,
  )
  if (!/<(?:stream:)?features\b/.test(features)) throw refused('XMPP', features)
  if (!/<starttls\b/.test(features)) throw notOffered('XMPP', 'starttls')
  wire.write("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")
  const answer = await readUntil(
    wire,
    /<(?:proceed|failure)\b[^>]*\/>|<\/(?:proceed|failure|stream:stream)\s*>/,
  )
  if (!/<proceed\b/.test(answer)) throw refused('XMPP', answer)
}

/** No tag that is waited for is longer. */
const tagBytes = 200

async function readUntil(wire: Wire, end: RegExp): Promise<string> {
  const parts: Buffer[] = []
  let tail = ''
  for (;;) {
    const part = await wire.read(1)
    const letter = part.toString('latin1')
    if (parts.length === 0 && letter !== '<')
      throw another('XMPP', letter + (await wire.peek(0)).toString('latin1'))
    parts.push(part)
    tail = (tail + letter).slice(-tagBytes)
    if (letter === '>' && end.test(tail)) return Buffer.concat(parts).toString('latin1')
  }
}
