import { Fault } from '../fault.ts'
import { Fields } from './bytes.ts'

/**
 * The certificates of a Certificate message in their order (RFC 5246 §7.4.2; with a context before them and extensions
 * behind each, RFC 8446 §4.4.2). The bytes are not looked at.
 * @throws Fault `malformed` where the message is cut or empty
 */
export function readCertificateMessage(body: Buffer, form: 'tls1.2' | 'tls1.3'): Buffer[] {
  const fields = new Fields(body, 'Certificate message')
  if (form === 'tls1.3') fields.vector(1)
  const list = fields.fields(3)
  const certificates: Buffer[] = []
  while (!list.done) {
    certificates.push(list.vector(3))
    if (form === 'tls1.3') list.vector(2)
  }
  if (certificates.length === 0) throw new Fault('malformed', 'it sends an empty list of certificates')
  return certificates
}
