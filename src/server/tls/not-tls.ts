import { printable } from '../../image/path.ts'
import { Fault } from '../fault.ts'

/** How other protocols answer, or greet, and what to say then. */
const signs: readonly { readonly begins: RegExp; readonly words: string }[] = [
  { begins: /^HTTP\/\d|^<!DOCTYPE|^<html/i, words: 'it answers in plain HTTP' },
  { begins: /^SSH-/, words: 'it speaks SSH' },
  { begins: /^\* (?:OK|PREAUTH|BYE)/, words: 'it greets in plain IMAP; say --starttls imap' },
  { begins: /^\+OK/, words: 'it greets in plain POP3; say --starttls pop3' },
  { begins: /^220[ -].*ftp/i, words: 'it greets in plain FTP; say --starttls ftp' },
  { begins: /^220[ -]/, words: 'it greets in plain text; say --starttls smtp (or ftp, if it is that)' },
  { begins: /^[45]\d\d[ -]/, words: 'it answers in plain text' },
  { begins: /^.{3}\0(?:\x0a[\x20-\x7e]+\0|\xff..)/s, words: 'it greets as MySQL does; say --starttls mysql' },
  { begins: /^<\?xml|^<stream:/, words: 'it speaks XMPP or other XML; say --starttls xmpp' },
  { begins: /^0.{1,5}\x02\x01/s, words: 'it may speak LDAP; say --starttls ldap' },
]

/** @param start what came */
export function notTls(start: Uint8Array): Fault {
  const text = Buffer.from(start.subarray(0, 500)).toString('latin1')
  const words = signs.find(({ begins }) => begins.test(text))?.words
  const [line = ''] = text.split(/[\r\n]/)
  const said = /^[\x20-\x7e]{3,}$/.test(line) ? ` (it says: ${printable(line, 60)})` : ''
  return new Fault('malformed', `it does not speak TLS there: ${words ?? 'what it answers is none'}${said}`)
}
