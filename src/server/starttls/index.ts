import { limits } from '../../limits.ts'
import { Fault } from '../fault.ts'
import type { Starttls } from '../ports.ts'
import type { Wire } from '../wire.ts'
import { ftp } from './ftp.ts'
import { imap } from './imap.ts'
import { ldap } from './ldap.ts'
import { mysql } from './mysql.ts'
import { pop3 } from './pop3.ts'
import { postgres } from './postgres.ts'
import { smtp } from './smtp.ts'
import type { Upgrade } from './upgrade.ts'
import { xmpp } from './xmpp.ts'

const upgrades: Readonly<Record<Starttls, Upgrade>> = { smtp, imap, pop3, ftp, ldap, postgres, mysql, xmpp }

/**
 * Talks the server into TLS. What stands behind its go-ahead is refused: somebody on the way could have put it there,
 * to be taken for what came protected (CVE-2011-0411 and its kin).
 * @throws Fault as {@link Upgrade}
 */
export async function beginTls(protocol: Starttls, wire: Wire, host: string): Promise<void> {
  wire.allow(limits.starttlsBytes, `it sends more than ${limits.starttlsBytes} bytes before TLS begins`)
  await upgrades[protocol](wire, host)
  if (wire.held > 0)
    throw new Fault(
      'malformed',
      'it goes on in clear text where TLS is due: that can come from somebody on the way',
    )
}
