import { RpmDatabaseError } from './error.ts'

/** Berkeley DB's hash (`db_page.h`, version 9 and 10 of it): what RPM kept its packages in until RHEL 8. */
const magic = 0x00061561
const [metaMagicAt, pageSizeAt, lastPageAt, pageHeaderBytes] = [12, 20, 32, 26]
const hashPages: ReadonlySet<number> = new Set([2, 13])
const overflowPage = 7
const [inline, offPage] = [1, 3]

export function isBerkeleyDb(bytes: Uint8Array): boolean {
  if (bytes.length < 512) return false
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  return view.getUint32(metaMagicAt, true) === magic || view.getUint32(metaMagicAt) === magic
}

/** The values of a hash, in the order of its pages. @throws RpmDatabaseError */
export function* berkeleyDbValues(bytes: Uint8Array): Iterable<Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const little = view.getUint32(metaMagicAt, true) === magic
  const pageSize = view.getUint32(pageSizeAt, little)
  if (pageSize < 512 || pageSize > 65_536 || (pageSize & (pageSize - 1)) !== 0)
    throw new RpmDatabaseError(`its page size ${pageSize} can not be`)
  // RPM writes whole pages: a file that ends before its last one lost some.
  if ((view.getUint32(lastPageAt, little) + 1) * pageSize > bytes.length)
    throw new RpmDatabaseError('it is cut')
  const file = { bytes, view, little, pageSize, left: 2 * bytes.length }
  for (let start = pageSize; start + pageSize <= bytes.length; start += pageSize) {
    if (!hashPages.has(bytes[start + 25]!)) continue
    const items = view.getUint16(start + 20, little)
    if (pageHeaderBytes + 2 * items > pageSize) throw new RpmDatabaseError('one of its pages is damaged')
    // Keys and values take turns.
    for (let index = 1; index < items; index += 2) {
      const item = view.getUint16(start + pageHeaderBytes + 2 * index, little)
      const key = view.getUint16(start + pageHeaderBytes + 2 * (index - 1), little)
      if (item < pageHeaderBytes || item >= pageSize)
        throw new RpmDatabaseError('one of its pages is damaged')
      if (bytes[start + item] === offPage) yield overflow(file, start + item)
      // A value ends where the key before it begins: items fill a page from its end.
      else if (bytes[start + item] === inline && key > item && key <= pageSize)
        yield bytes.subarray(start + item + 1, start + key)
    }
  }
}

interface HashFile {
  readonly bytes: Uint8Array
  readonly view: DataView
  readonly little: boolean
  readonly pageSize: number
  /** Bytes that may still be put together: a lying file makes the same pages part of many values. */
  left: number
}

/** A value on pages of its own: the first one's number and the length stand in the item. */
function overflow(file: HashFile, item: number): Uint8Array {
  const { bytes, view, little, pageSize } = file
  if (item + 12 > bytes.length) throw new RpmDatabaseError('it is cut')
  let page = view.getUint32(item + 4, little)
  const length = view.getUint32(item + 8, little)
  file.left -= length
  if (file.left < 0) throw new RpmDatabaseError('its values are longer than itself')
  const whole = new Uint8Array(length)
  let filled = 0
  for (let steps = 0; filled < length; steps++) {
    const start = page * pageSize
    if (page === 0 || start + pageSize > bytes.length || steps * pageSize > bytes.length)
      throw new RpmDatabaseError('it is cut')
    const size = view.getUint16(start + 22, little)
    if (bytes[start + 25] !== overflowPage || size === 0 || pageHeaderBytes + size > pageSize)
      throw new RpmDatabaseError('one of its pages is damaged')
    const part = bytes.subarray(
      start + pageHeaderBytes,
      start + pageHeaderBytes + Math.min(size, length - filled),
    )
    whole.set(part, filled)
    filled += part.length
    page = view.getUint32(start + 16, little)
  }
  return whole
}
