/**
 * Reads the rows of a table from the bytes of an SQLite 3 database, whole tables only: no index, no query, no write
 * ahead log. https://www.sqlite.org/fileformat2.html
 */

/** Thrown inside trust/ alone; its readers turn it into a value. A sentence on the file. */
export class SqliteError extends Error {
  override readonly name = 'SqliteError'
}

export type SqliteValue = number | bigint | string | Uint8Array | null

export interface SqliteTable {
  readonly name: string
  /** Names of the columns in the order of a row's values. */
  readonly columns: readonly string[]
  readonly rootPage: number
}

const magic = 'SQLite format 3\0'
const headerBytes = 100
const [interiorTable, leafTable] = [0x05, 0x0d]
const depths = 30
const encodings = [null, 'utf8', 'utf16le', 'utf16be'] as const
const tablesRead = 1_000
/** SQLite itself takes no more (SQLITE_MAX_COLUMN). */
const columnsRead = 32_767
const schemaText = 1 << 16

export function isSqlite(start: Uint8Array): boolean {
  return Buffer.from(start.buffer, start.byteOffset, Math.min(16, start.length)).toString('latin1') === magic
}

export class SqliteFile {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  readonly #pageSize: number
  /** Bytes of a page that hold content. */
  readonly #usable: number
  readonly #encoding: 'utf8' | 'utf16le' | 'utf16be'
  /** Bytes of rows put together so far: a lying file makes the same pages part of many. */
  #assembled = 0

  /** @throws SqliteError where it is none */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    if (bytes.length < headerBytes || !isSqlite(bytes)) throw new SqliteError('it is no SQLite database')
    const size = this.#view.getUint16(16)
    this.#pageSize = size === 1 ? 65_536 : size
    this.#usable = this.#pageSize - bytes[20]!
    if (this.#pageSize < 512 || (this.#pageSize & (this.#pageSize - 1)) !== 0 || this.#usable < 480)
      throw new SqliteError(`its page size ${this.#pageSize} can not be`)
    this.#encoding = encodings[this.#view.getUint32(56)] ?? 'utf8'
  }

  /** The tables, as the schema on the first page names them. @throws SqliteError */
  tables(): readonly SqliteTable[] {
    const tables: SqliteTable[] = []
    for (const [type, name, , rootPage, sql] of this.#rows(1)) {
      if (type !== 'table' || typeof name !== 'string' || typeof rootPage !== 'number') continue
      if (tables.length >= tablesRead) throw new SqliteError(`it has more than ${tablesRead} tables`)
      tables.push({ name, rootPage, columns: columnsOf(typeof sql === 'string' ? sql : '') })
    }
    return tables
  }

  /** The rows of a table; a column that is the row's number itself reads as null. @throws SqliteError */
  rows(table: SqliteTable): Iterable<readonly SqliteValue[]> {
    return this.#rows(table.rootPage)
  }

  *#rows(rootPage: number): Iterable<readonly SqliteValue[]> {
    const seen = new Set<number>()
    const todo: { readonly page: number; readonly depth: number }[] = [{ page: rootPage, depth: 0 }]
    for (let next = todo.pop(); next; next = todo.pop()) {
      const { page, depth } = next
      if (seen.has(page) || depth > depths) throw new SqliteError('its pages form a loop')
      seen.add(page)
      const start = this.#pageStart(page)
      // The file's header stands before the first page's own.
      const header = page === 1 ? start + headerBytes : start
      const type = this.#bytes[header]
      const cells = this.#view.getUint16(header + 3)
      const pointers = header + (type === interiorTable ? 12 : 8)
      if ((type !== interiorTable && type !== leafTable) || pointers + 2 * cells > start + this.#pageSize)
        throw new SqliteError(`its page ${page} is no page of a table`)
      const cellAt = (index: number) => start + this.#view.getUint16(pointers + 2 * index)
      if (type === leafTable) {
        for (let index = 0; index < cells; index++) yield this.#row(cellAt(index), start + this.#pageSize)
        continue
      }
      todo.push({ page: this.#view.getUint32(header + 8), depth: depth + 1 })
      for (let index = cells - 1; index >= 0; index--) {
        const at = cellAt(index)
        if (at + 4 > start + this.#pageSize) throw new SqliteError(`its page ${page} is damaged`)
        todo.push({ page: this.#view.getUint32(at), depth: depth + 1 })
      }
    }
  }

  #pageStart(page: number): number {
    const start = (page - 1) * this.#pageSize
    if (page < 1 || start + this.#pageSize > this.#bytes.length)
      throw new SqliteError(`it is cut: its page ${page} is not there`)
    return start
  }

  #row(cell: number, pageEnd: number): readonly SqliteValue[] {
    const [length, afterLength] = this.#varint(cell, pageEnd)
    const [, content] = this.#varint(afterLength, pageEnd)
    return this.#record(this.#payload(length, content, pageEnd))
  }

  /** Content of a row, with the part that stands on pages of its own. */
  #payload(length: number, at: number, pageEnd: number): Uint8Array {
    const usable = this.#usable
    const most = usable - 35
    if (length > this.#bytes.length) throw new SqliteError('it has a row longer than itself')
    this.#assembled += length
    if (this.#assembled > 2 * this.#bytes.length) throw new SqliteError('its rows share pages')
    const least = Math.floor(((usable - 12) * 32) / 255) - 23
    const spill = least + ((length - least) % (usable - 4))
    const local = length <= most ? length : spill <= most ? spill : least
    if (at + local + (local < length ? 4 : 0) > pageEnd) throw new SqliteError('it has a row that is cut')
    if (local === length) return this.#bytes.subarray(at, at + length)
    const whole = new Uint8Array(length)
    whole.set(this.#bytes.subarray(at, at + local))
    let filled = local
    let page = this.#view.getUint32(at + local)
    // Each page brings at least 476 bytes: no more steps than the file has pages.
    while (filled < length) {
      const start = this.#pageStart(page)
      const part = this.#bytes.subarray(start + 4, start + Math.min(usable, 4 + length - filled))
      whole.set(part, filled)
      filled += part.length
      page = this.#view.getUint32(start)
    }
    return whole
  }

  #record(bytes: Uint8Array): readonly SqliteValue[] {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    const values: SqliteValue[] = []
    let [headerEnd, at] = varintOf(bytes, 0, bytes.length)
    if (headerEnd > bytes.length) throw new SqliteError('it has a row that is damaged')
    let content = headerEnd
    while (at < headerEnd) {
      const [type, next] = varintOf(bytes, at, headerEnd)
      at = next
      const length = type >= 12 ? Math.floor((type - 12) / 2) : (integerBytes[type] ?? 0)
      if (length > bytes.length - content) throw new SqliteError('it has a row that is damaged')
      if (values.length >= columnsRead) throw new SqliteError('it has a row of too many columns')
      values.push(this.#value(view, bytes.subarray(content, content + length), content, type))
      content += length
    }
    return values
  }

  #value(view: DataView, bytes: Uint8Array, at: number, type: number): SqliteValue {
    if (type >= 12) return type % 2 === 0 ? bytes : this.#text(bytes)
    if (type === 8 || type === 9) return type - 8
    if (type === 7) return view.getFloat64(at)
    if (type === 6) return view.getBigInt64(at)
    return bytes.length === 0 ? null : Buffer.from(bytes).readIntBE(0, bytes.length)
  }

  #text(bytes: Uint8Array): string {
    const buffer = Buffer.from(bytes)
    if (this.#encoding === 'utf8') return buffer.toString('utf8')
    const even = buffer.subarray(0, buffer.length & ~1)
    return (this.#encoding === 'utf16be' ? even.swap16() : even).toString('utf16le')
  }

  #varint(at: number, end: number): readonly [value: number, next: number] {
    return varintOf(this.#bytes, at, end)
  }
}

/** Bytes of the integer and float types 0 to 7. */
const integerBytes = [0, 1, 2, 3, 4, 6, 8, 8] as const

/** Seven bits a byte, the highest first, at most nine bytes; beyond 2^53 no count can be meant. */
function varintOf(bytes: Uint8Array, start: number, end: number): [value: number, next: number] {
  let value = 0
  for (let at = start; at < end && at < start + 9; at++) {
    const byte = bytes[at]!
    if (at === start + 8) return [value * 256 + byte, at + 1]
    value = value * 128 + (byte & 0x7f)
    if (byte < 0x80) return [value, at + 1]
  }
  throw new SqliteError('it has a number that is cut')
}

/** First words between the commas of `CREATE TABLE x (a …, b …)`: the programs that make these tables write no more. */
function columnsOf(sql: string): readonly string[] {
  const text = sql.slice(0, schemaText)
  const inner = text.slice(text.indexOf('(') + 1, text.lastIndexOf(')'))
  return inner.split(',').map(each => /^\s*["'`[]?(\w*)/.exec(each)![1]!)
}
