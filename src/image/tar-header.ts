import { isUtf8 } from 'node:buffer'
import { JobError } from '../errors.ts'
import type { PaxSparse } from './tar-sparse.ts'

/** Bytes of a tar block: headers are one, contents are padded to whole ones. */
export const BLOCK = 512

/** The first bytes of POSIX's and GNU's magic. */
const USTAR = Buffer.from('ustar')

/** One header block as it stands, before PAX and GNU extensions are laid over it. */
export interface RawHeader {
  readonly name: string
  readonly link: string
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly size: number
  /** The type flag as a character: `0`, `5`, `L`, `x`, … */
  readonly flag: string
}

/**
 * Reads one 512-byte header: v7, ustar (POSIX.1-1988), GNU, and the star variant of ustar.
 * Byte layout: POSIX.1-2017 `pax` utility, "ustar Interchange Format", and the GNU tar manual, "Basic Tar Format".
 * @returns null for a block of zeros
 * @throws JobError `malformed` where checksum or size is none
 */
export function parseHeader(block: Uint8Array, what: string, at: number): RawHeader | null {
  const stated = readNumber(block, 148, 8)
  let unsigned = 8 * 0x20
  let high = 0
  for (let i = 0; i < 148; i++) {
    const byte = block[i]!
    unsigned += byte
    high += byte >> 7
  }
  for (let i = 156; i < BLOCK; i++) {
    const byte = block[i]!
    unsigned += byte
    high += byte >> 7
  }
  if (unsigned === 8 * 0x20 && isZero(block, 148, 156)) return null
  // Some old tars added up signed bytes: both sums are right.
  if (stated !== unsigned && stated !== unsigned - 256 * high) {
    throw new JobError(
      'malformed',
      `${what} is no tar archive at byte ${at}: the header's checksum is ${unsigned}, stated is ${stated ?? 'no number'}; fetch or save the image again`,
    )
  }
  const size = readNumber(block, 124, 12)
  if (size === null || size < 0) {
    throw new JobError('malformed', `${what}: the tar header at byte ${at} states no valid size`)
  }
  const flag = String.fromCharCode(block[156]!)
  const name = text(block, 0, 100)
  const prefix = readPrefix(block)
  return {
    name: prefix ? `${prefix}/${name}` : name,
    link: text(block, 157, 100),
    mode: (readNumber(block, 100, 8) ?? 0) & 0o7777,
    uid: readNumber(block, 108, 8) ?? 0,
    gid: readNumber(block, 116, 8) ?? 0,
    size,
    flag,
  }
}

function isUstar(block: Uint8Array): boolean {
  for (let i = 0; i < USTAR.length; i++) if (block[257 + i] !== USTAR[i]) return false
  return true
}

function readPrefix(block: Uint8Array): string {
  if (!isUstar(block)) return ''
  if (block[262] === 0) {
    const star = text(block, 508, 4) === 'tar'
    return block[345] ? text(block, 345, star ? 131 : 155) : ''
  }
  // GNU keeps times in these bytes. Go's writer before 1.8 put a ustar prefix there, and its reader still takes it
  // where the bytes are no number: so do the engines, which all read with it.
  if (!block[345] || readNumber(block, 345, 12) !== null) return ''
  const prefix = text(block, 345, 155)
  return /^[\x20-\x7e]*$/.test(prefix) ? prefix : ''
}

/** A number of a header: octal digits between spaces and NULs, or GNU's base-256; null where it is neither or does not fit. */
export function readNumber(block: Uint8Array, start: number, length: number): number | null {
  const first = block[start]!
  if (first & 0x80) {
    if (first & 0x40) return null
    let value = first & 0x3f
    for (let i = start + 1; i < start + length; i++) {
      value = value * 256 + block[i]!
      if (value > Number.MAX_SAFE_INTEGER) return null
    }
    return value
  }
  let i = start
  const end = start + length
  while (i < end && (block[i] === 0x20 || block[i] === 0)) i++
  let value = 0
  for (; i < end; i++) {
    const byte = block[i]!
    if (byte === 0x20 || byte === 0) break
    if (byte < 0x30 || byte > 0x37) return null
    value = value * 8 + (byte - 0x30)
  }
  for (; i < end; i++) if (block[i] !== 0x20 && block[i] !== 0) return null
  return value
}

function isZero(block: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (block[i] !== 0) return false
  return true
}

function text(block: Uint8Array, start: number, length: number): string {
  const most = start + length
  let end = start
  let high = 0
  for (let byte = block[end]!; end < most && byte !== 0; byte = block[++end]!) high |= byte
  if (end === start) return ''
  // Nearly all names are ASCII.
  if (high < 0x80 && Buffer.isBuffer(block)) return block.toString('latin1', start, end)
  return decodeName(block.subarray(start, end))
}

/** A name's bytes as text: UTF-8 where they are, else one character a byte, so that no two names become one. */
export function decodeName(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return isUtf8(buffer) ? buffer.toString('utf8') : buffer.toString('latin1')
}

/** What PAX records may say of an entry that counts here; absent keys leave the header's own. */
export interface PaxRecords {
  path?: string
  linkpath?: string
  size?: number
  uid?: number
  gid?: number
  /** What is said in the words of GNU's sparse files. */
  sparse?: PaxSparse
}

/**
 * Reads PAX records, `LENGTH KEY=VALUE\n` one after the other (POSIX.1-2017 `pax`, "pax Extended Header").
 * An empty value leaves the header's own; a NUL in a path, or a size that is no plain number, is malformed.
 */
export function parsePax(body: Uint8Array, what: string): PaxRecords {
  const bad = () => new JobError('malformed', `${what}: a PAX header of its tar archive can't be read`)
  const records: PaxRecords = {}
  let at = 0
  while (at < body.length) {
    const space = body.indexOf(0x20, at)
    // 20 digits are more than any length that fits.
    if (space < 0 || space - at > 20) throw bad()
    const digits = decodeName(body.subarray(at, space))
    const length = Number(digits)
    if (!/^\d+$/.test(digits) || length < space - at + 3 || at + length > body.length) throw bad()
    const record = body.subarray(space + 1, at + length - 1)
    if (body[at + length - 1] !== 0x0a) throw bad()
    const equals = record.indexOf(0x3d)
    if (equals < 1) throw bad()
    takeRecord(records, decodeName(record.subarray(0, equals)), record.subarray(equals + 1), bad)
    at += length
  }
  return records
}

function takeRecord(records: PaxRecords, key: string, value: Uint8Array, bad: () => JobError): void {
  if (key.startsWith('GNU.sparse.')) {
    records.sparse ??= {}
    takeSparse(records.sparse, key.slice('GNU.sparse.'.length), decodeName(value), bad)
    return
  }
  if (value.length === 0) {
    if (key === 'path' || key === 'linkpath' || key === 'size' || key === 'uid' || key === 'gid')
      delete records[key]
    return
  }
  if (key === 'path' || key === 'linkpath') {
    if (value.includes(0)) throw bad()
    records[key] = decodeName(value)
  } else if (key === 'size') {
    records.size = decimal(decodeName(value), bad)
  } else if (key === 'uid' || key === 'gid') {
    const id = Number(decodeName(value))
    if (Number.isSafeInteger(id) && id >= 0) records[key] = id
  }
}

function takeSparse(sparse: PaxSparse, key: string, value: string, bad: () => JobError): void {
  if (key === 'major' || key === 'minor') sparse[key] = value
  else if (key === 'name') {
    if (value.includes('\0')) throw bad()
    sparse.name = value
  } else if (key === 'size' || key === 'realsize') sparse.size = decimal(value, bad)
  else if (key === 'map') {
    sparse.map = value === '' ? [] : value.split(',').map(each => decimal(each, bad))
  } else if (key === 'offset' || key === 'numbytes') {
    // 0.0 repeats the two, one after the other.
    sparse.map ??= []
    if ((sparse.map.length % 2 === 0) !== (key === 'offset')) throw bad()
    sparse.map.push(decimal(value, bad))
  }
}

function decimal(digits: string, bad: () => JobError): number {
  const value = Number(digits)
  if (!/^\d+$/.test(digits) || !Number.isSafeInteger(value)) throw bad()
  return value
}
