import { printable } from '../../image/path.ts'
import { Fault } from '../fault.ts'
import type { Wire } from '../wire.ts'

/** A server's reply of SMTP and FTP (RFC 5321 §4.2, RFC 959 §4.2). */
export interface Reply {
  readonly code: number
  /** The text of each line. */
  readonly lines: readonly string[]
}

/**
 * Lines up to the one whose code is followed by no hyphen.
 * @param protocol as users write it, for errors
 */
export async function readReply(wire: Wire, protocol: string): Promise<Reply> {
  const lines: string[] = []
  let code: string | null = null
  for (;;) {
    const line = await wire.readLine()
    const [, number, mark, text = ''] = /^(\d{3})([ -]?)(.*)$/s.exec(line) ?? []
    // FTP lets lines within a reply begin with anything.
    if (number === undefined && code === null) throw another(protocol, line)
    lines.push(number === undefined ? line : text)
    code ??= number ?? null
    if (number === code && mark !== '-') return { code: Number(code), lines }
  }
}

export function another(protocol: string, line: string): Fault {
  return new Fault('malformed', `it does not speak ${protocol}: it says '${printable(line, 60)}'`)
}

export function refused(protocol: string, line: string): Fault {
  return new Fault('unsupported', `it does not begin TLS in ${protocol}: it says '${printable(line, 100)}'`)
}

export function notOffered(protocol: string, command: string): Fault {
  return new Fault(
    'unsupported',
    `it does not offer ${command} in ${protocol}; is TLS switched on there, or spoken at once on another port?`,
  )
}
