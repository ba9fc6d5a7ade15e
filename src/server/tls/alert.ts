import { Fault } from '../fault.ts'

/** What the alerts mean that a server may send before its certificates (RFC 8446 §6, RFC 5246 §7.2, RFC 6066 §9). */
const meanings: Readonly<Record<number, string>> = {
  0: 'close_notify: it ends the connection',
  10: 'unexpected_message',
  20: 'bad_record_mac',
  22: 'record_overflow',
  40: 'handshake_failure: it finds no cipher suite, or no certificate of its own, that fits; is it set up for this name?',
  47: 'illegal_parameter',
  50: 'decode_error',
  51: 'decrypt_error',
  70: 'protocol_version: it speaks none of TLS 1.0 to 1.3',
  71: 'insufficient_security: it wants stronger cipher suites',
  80: 'internal_error: something is wrong on its side',
  86: 'inappropriate_fallback',
  90: 'user_canceled',
  109: 'missing_extension',
  110: 'unsupported_extension',
  112: 'unrecognized_name: it has no certificate for this name',
  116: 'certificate_required: it wants a client certificate',
  120: 'no_application_protocol: it speaks neither HTTP/2 nor HTTP/1.1',
}

export const alerts = { unrecognizedName: 112, protocolVersion: 70, noApplicationProtocol: 120 } as const

const fatal = 2
const closeNotify = 0

/** A close_notify for the record layer: a client that has seen enough says goodbye. */
export const goodbye = Buffer.from([1, closeNotify])

/**
 * What an alert record says.
 * @returns null for a warning, which changes nothing (`unrecognized_name` of many servers)
 */
export function alertFault(body: Buffer): Fault | null {
  const [level, description] = body
  if (body.length < 2 || level === undefined || description === undefined)
    return new Fault('malformed', 'it sends an alert that is none')
  if (level !== fatal && description !== closeNotify) return null
  const meaning = meanings[description] ?? `alert ${description}`
  return new Fault('unreachable', `it refuses the handshake with ${meaning}`, { alert: description })
}
