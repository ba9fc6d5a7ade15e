import { printable } from '../../image/path.ts'
import { Fault } from '../fault.ts'
import type { Wire } from '../wire.ts'

/** Capabilities (MySQL internals manual, "Capabilities Flags"). */
const speaks41 = 0x0200
const ssl = 0x0800
const secureConnection = 0x8000
const largestPacket = 1 << 24
const utf8 = 33
const errorPacket = 0xff
const protocol10 = 10

/** The server's Protocol::HandshakeV10, then Protocol::SSLRequest (MySQL internals manual, "Connection Phase Packets"). */
export async function mysql(wire: Wire): Promise<void> {
  const header = await wire.read(4)
  const length = header.readUIntLE(0, 3)
  if (length < 8 || length > 4096 || header[3]! > 1) throw notMysql()
  const packet = await wire.read(length)
  if (packet[0] === errorPacket) {
    const words = printable(packet.subarray(3).toString('latin1'), 100)
    throw new Fault('unsupported', `it refuses us in MySQL: it says '${words}'`)
  }
  if (packet[0] !== protocol10) throw notMysql()
  const nameEnd = packet.indexOf(0, 1)
  // Thread, half of the salt and a filler stand before them.
  const at = nameEnd + 1 + 4 + 8 + 1
  if (nameEnd < 0 || at + 2 > packet.length) throw notMysql()
  if (!(packet.readUInt16LE(at) & ssl))
    throw new Fault('unsupported', 'it does not offer TLS in MySQL; is a certificate set up there?')
  const request = Buffer.alloc(4 + 32)
  request.writeUIntLE(32, 0, 3)
  request[3] = header[3]! + 1
  request.writeUInt32LE(speaks41 | ssl | secureConnection, 4)
  request.writeUInt32LE(largestPacket, 8)
  request[12] = utf8
  wire.write(request)
}

function notMysql(): Fault {
  return new Fault('malformed', 'it does not greet as MySQL does')
}
