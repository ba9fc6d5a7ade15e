/** The smallest databases of each form that hold some values. */
import { u32 } from './keystores.ts'

export type Value = number | string | Uint8Array | null

/** An SQLite database of one table. Rows longer than a page go on in pages of their own. */
export function makeSqlite(
  sql: string,
  name: string,
  rows: readonly (readonly Value[])[],
  pageSize = 1024,
): Buffer {
  const pages: Buffer[] = [Buffer.alloc(pageSize), Buffer.alloc(pageSize)]
  const schema = [['table', name, name, 2, sql] as const]
  fill(pages, 0, schema, pageSize)
  // One leaf for each row, below an interior page.
  const leaves = rows.map(row => {
    pages.push(Buffer.alloc(pageSize))
    const page = pages.length
    fill(pages, page - 1, [row], pageSize)
    return page
  })
  const top = pages[1]!
  top[0] = 0x05
  top.writeUInt16BE(Math.max(0, leaves.length - 1), 3)
  top.writeUInt32BE(leaves.at(-1) ?? 0, 8)
  leaves.slice(0, -1).forEach((leaf, index) => {
    const at = pageSize - 5 * (index + 1)
    top.writeUInt16BE(at, 12 + 2 * index)
    top.writeUInt32BE(leaf, at)
    top[at + 4] = index + 1
  })
  if (leaves.length === 0) top[0] = 0x0d
  const head = pages[0]!
  head.write('SQLite format 3\0', 'latin1')
  head.writeUInt16BE(pageSize, 16)
  head.writeUInt32BE(1, 56)
  return Buffer.concat(pages)
}

/** Makes a page a leaf with these rows. */
function fill(pages: Buffer[], index: number, rows: readonly (readonly Value[])[], pageSize: number): void {
  const page = pages[index]!
  const header = index === 0 ? 100 : 0
  page[header] = 0x0d
  page.writeUInt16BE(rows.length, header + 3)
  let end = pageSize
  rows.forEach((row, number) => {
    const record = recordOf(row)
    const most = pageSize - 35
    const least = Math.floor(((pageSize - 12) * 32) / 255) - 23
    const spill = least + ((record.length - least) % (pageSize - 4))
    const local = record.length <= most ? record.length : spill <= most ? spill : least
    const parts = [varint(record.length), varint(number + 1), record.subarray(0, local)]
    if (local < record.length) {
      parts.push(u32(pages.length + 1))
      for (let at = local; at < record.length; at += pageSize - 4) {
        const more = Buffer.alloc(pageSize)
        const last = at + pageSize - 4 >= record.length
        more.writeUInt32BE(last ? 0 : pages.length + 2, 0)
        record.copy(more, 4, at, at + pageSize - 4)
        pages.push(more)
      }
    }
    const cell = Buffer.concat(parts)
    end -= cell.length
    cell.copy(page, end)
    page.writeUInt16BE(end, header + 8 + 2 * number)
  })
}

function recordOf(row: readonly Value[]): Buffer {
  const types: Buffer[] = []
  const contents: Buffer[] = []
  for (const value of row) {
    if (value === null) types.push(varint(0))
    else if (typeof value === 'number') {
      types.push(varint(4))
      contents.push(u32(value))
    } else {
      const bytes = Buffer.from(value as string)
      types.push(varint(2 * bytes.length + (typeof value === 'string' ? 13 : 12)))
      contents.push(bytes)
    }
  }
  const header = Buffer.concat(types)
  // The header counts its own length, which takes one byte here.
  return Buffer.concat([varint(header.length + 1), header, ...contents])
}

function varint(value: number): Buffer {
  const bytes = [value & 0x7f]
  for (let left = value >>> 7; left > 0; left >>>= 7) bytes.unshift((left & 0x7f) | 0x80)
  return Buffer.from(bytes)
}

export const nssColumns =
  'CREATE TABLE nssPublic (id PRIMARY KEY UNIQUE ON CONFLICT ABORT, a0, a11, ace5363b4, ace536358)'

/** A header of RPM's database: texts, lists of texts and lists of numbers by tag. */
export function makeRpmHeader(
  tags: Readonly<Record<number, string | readonly string[] | readonly number[]>>,
): Buffer {
  const index: Buffer[] = []
  const store: Buffer[] = []
  let offset = 0
  for (const [tag, value] of Object.entries(tags)) {
    const isText = typeof value === 'string'
    const isNumbers = !isText && typeof value[0] === 'number'
    const bytes = isText
      ? Buffer.from(`${value}\0`)
      : Buffer.concat(value.map(each => (typeof each === 'number' ? u32(each) : Buffer.from(`${each}\0`))))
    index.push(
      u32(Number(tag)),
      u32(isText ? 6 : isNumbers ? 4 : 8),
      u32(offset),
      u32(isText ? 1 : value.length),
    )
    store.push(bytes)
    offset += bytes.length
  }
  return Buffer.concat([u32(index.length / 4), u32(offset), ...index, ...store])
}

export const rpmColumns =
  "CREATE TABLE 'Packages' (hnum INTEGER PRIMARY KEY AUTOINCREMENT,blob BLOB NOT NULL)"

export function rpmSqlite(headers: readonly Buffer[]): Buffer {
  return makeSqlite(
    rpmColumns,
    'Packages',
    headers.map(header => [null, header]),
    4096,
  )
}

export function rpmNdb(headers: readonly Buffer[]): Buffer {
  const slots = Buffer.alloc(4096)
  for (let at = 32; at < 4096; at += 16) slots.write('Slot', at, 'latin1')
  slots.write('RpmP', 'latin1')
  slots.writeUInt32LE(1, 12)
  const blobs: Buffer[] = []
  let block = 4096 / 16
  headers.forEach((header, index) => {
    const head = Buffer.alloc(16)
    head.write('BlbS', 'latin1')
    head.writeUInt32LE(index + 1, 4)
    head.writeUInt32LE(header.length, 12)
    const blob = Buffer.concat([head, header, Buffer.alloc(12)])
    const padded = Buffer.concat([blob, Buffer.alloc((16 - (blob.length % 16)) % 16)])
    const at = 32 + 16 * index
    slots.writeUInt32LE(index + 1, at + 4)
    slots.writeUInt32LE(block, at + 8)
    slots.writeUInt32LE(padded.length / 16, at + 12)
    block += padded.length / 16
    blobs.push(padded)
  })
  return Buffer.concat([slots, ...blobs])
}

/** Berkeley DB's hash, each value on overflow pages, but for the counter that RPM keeps first. */
export function rpmBerkeleyDb(headers: readonly Buffer[], more: { readonly big?: boolean } = {}): Buffer {
  const pageSize = 512
  const put32 = (page: Buffer, value: number, at: number) =>
    more.big ? page.writeUInt32BE(value, at) : page.writeUInt32LE(value, at)
  const put16 = (page: Buffer, value: number, at: number) =>
    more.big ? page.writeUInt16BE(value, at) : page.writeUInt16LE(value, at)
  const meta = Buffer.alloc(pageSize)
  put32(meta, 0x061561, 12)
  put32(meta, 9, 16)
  put32(meta, pageSize, 20)
  meta[25] = 8
  const hash = Buffer.alloc(pageSize)
  const pages = [meta, hash]
  hash[25] = 13
  let end = pageSize
  let items = 0
  const item = (bytes: Buffer) => {
    end -= bytes.length
    bytes.copy(hash, end)
    put16(hash, end, 26 + 2 * items++)
  }
  item(Buffer.from([1, 0, 0, 0, 0]))
  item(Buffer.from([1, 9, 0, 0, 0]))
  headers.forEach((header, index) => {
    item(Buffer.from([1, index + 1, 0, 0, 0]))
    const off = Buffer.alloc(12)
    off[0] = 3
    put32(off, pages.length, 4)
    put32(off, header.length, 8)
    item(off)
    for (let at = 0; at < header.length; at += pageSize - 26) {
      const page = Buffer.alloc(pageSize)
      const part = header.subarray(at, at + pageSize - 26)
      put32(page, at + pageSize - 26 < header.length ? pages.length + 1 : 0, 16)
      put16(page, part.length, 22)
      page[25] = 7
      part.copy(page, 26)
      pages.push(page)
    }
  })
  put16(hash, items, 20)
  put32(meta, pages.length - 1, 32)
  return Buffer.concat(pages)
}
