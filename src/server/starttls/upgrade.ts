import type { Wire } from '../wire.ts'

/**
 * How one protocol changes from clear text to TLS: from a fresh connection to where the ClientHello may be sent.
 * @param host the name that is asked for
 * @throws Fault `unsupported` where the server does not offer TLS or refuses it, `malformed` where it speaks another
 *   protocol; `truncated`, `limit`
 */
export type Upgrade = (wire: Wire, host: string) => Promise<void>
