import { RpmDatabaseError } from './error.ts'

/** RPM's own database, as SUSE uses it (`lib/backend/ndb/rpmpkg.c`): slots that say where each package's blob lies. */
const magic = 'RpmP'
const [headerBytes, slotBytes, blockBytes, pageBytes] = [32, 16, 16, 4_096]
const blobHeaderBytes = 16

export function isNdb(bytes: Uint8Array): boolean {
  return bytes.length >= pageBytes && textAt(bytes, 0) === magic
}

/** The packages' headers, by slot. @throws RpmDatabaseError */
export function* ndbValues(bytes: Uint8Array): Iterable<Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  if (view.getUint32(4, true) !== 0) throw new RpmDatabaseError('it is of a version that is not known')
  const slotsEnd = view.getUint32(12, true) * pageBytes
  if (slotsEnd > bytes.length) throw new RpmDatabaseError('it is cut')
  let left = 2 * bytes.length
  for (let slot = headerBytes; slot < slotsEnd; slot += slotBytes) {
    if (textAt(bytes, slot) !== 'Slot') throw new RpmDatabaseError('one of its slots is damaged')
    const index = view.getUint32(slot + 4, true)
    const start = view.getUint32(slot + 8, true) * blockBytes
    // Free slots have no package.
    if (index === 0) continue
    if (start + blobHeaderBytes > bytes.length || textAt(bytes, start) !== 'BlbS')
      throw new RpmDatabaseError('one of its slots leads nowhere')
    const length = view.getUint32(start + 12, true)
    if (start + blobHeaderBytes + length > bytes.length) throw new RpmDatabaseError('it is cut')
    left -= length
    if (left < 0) throw new RpmDatabaseError('its slots share what they lead to')
    yield bytes.subarray(start + blobHeaderBytes, start + blobHeaderBytes + length)
  }
}

function textAt(bytes: Uint8Array, at: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + at, 4).toString('latin1')
}
