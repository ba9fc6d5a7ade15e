import type { Socket } from 'node:net'
import { Fault } from './fault.ts'
import { alerts } from './tls/alert.ts'
import { type Handshake, readHandshake } from './tls/handshake.ts'
import type { Offer } from './tls/hello.ts'
import { Wire } from './wire.ts'

/** How one connection to the server is made ready for TLS. */
export interface Way {
  open(): Promise<Socket>
  /** STARTTLS; nothing where TLS begins at once. */
  prepare(wire: Wire): Promise<void>
}

/** In clear first; then what servers of today alone may want; then what only servers of long ago understand. */
const tries = ['tls1.2', 'tls1.3', 'tls1.0'] as const

/**
 * Asks for the chain, with another offer on a new connection where the server refuses one. It sends to each client
 * what it chooses for it: what is read here is what a client of today gets that speaks at most the version of the
 * handshake.
 * @throws Fault that says most: of the first offer, but of the second where the first was of a version too old
 */
export async function readLive(way: Way, host: string, signal: AbortSignal): Promise<Handshake> {
  const faults: Fault[] = []
  let protocols: Offer['protocols'] = []
  for (let at = 0; at < tries.length; at++) {
    const fault = await attempt(way, { host, highest: tries[at]!, protocols }, signal)
    if (!(fault instanceof Fault)) return fault
    if (fault.alert === alerts.noApplicationProtocol && protocols.length === 0) {
      // It talks to web clients alone.
      protocols = ['h2', 'http/1.1']
      at--
      continue
    }
    faults.push(fault)
    if (!fault.silent && (fault.alert === null || fault.alert === alerts.unrecognizedName)) break
  }
  throw faults.find(({ alert }) => alert !== alerts.protocolVersion) ?? faults[0]!
}

async function attempt(
  { open, prepare }: Way,
  wanted: Pick<Offer, 'host' | 'highest' | 'protocols'>,
  signal: AbortSignal,
): Promise<Handshake | Fault> {
  const wire = new Wire(await open(), signal)
  try {
    await prepare(wire)
    return await readHandshake(wire, wanted)
  } catch (error) {
    wire.close()
    if (error instanceof Fault) return error
    throw error
  }
}
