import { JobError } from '../errors.ts'
import { limits } from '../limits.ts'
import { isUnknown, type Maybe, type Unknown, unknown } from '../model.ts'
import { type Certificate, readCertificate } from '../trust/certificate.ts'

/** What was sent, told apart into certificates and what is none. */
export interface Chain {
  readonly certificates: readonly Uint8Array[]
  readonly unreadable: readonly Unknown[]
}

/**
 * @param name of the server or file, for messages
 * @param sent the bytes of each certificate in order, or why it has none
 * @throws JobError `malformed` where the first one, which must be the server's own, can't be read; `limit` where there
 *   are more than a client takes
 */
export function chainOf(name: string, sent: readonly (Uint8Array | string)[]): Chain {
  if (sent.length > limits.certificatesSent)
    throw new JobError('limit', `${name}: more than ${limits.certificatesSent} certificates are sent`)
  const certificates: Uint8Array[] = []
  const unreadable: Unknown[] = []
  for (const [index, one] of sent.entries()) {
    const found = typeof one === 'string' ? unknown(one) : wholeCertificate(new Uint8Array(one))
    if (!isUnknown(found)) certificates.push(found.der)
    else if (index === 0)
      throw new JobError(
        'malformed',
        `${name}: the first certificate, the server's own, can't be read: ${found.unknown}`,
      )
    else unreadable.push(unknown(`certificate ${index + 1} of ${sent.length}: ${found.unknown}`))
  }
  return { certificates, unreadable }
}

function wholeCertificate(bytes: Uint8Array): Maybe<Certificate> {
  const certificate = readCertificate(bytes)
  if (isUnknown(certificate)) return certificate
  const rest = bytes.length - certificate.der.length
  return rest === 0 ? certificate : unknown(`${rest} bytes follow the certificate`)
}
