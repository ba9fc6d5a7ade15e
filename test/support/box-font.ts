/**
 * A TrueType font in which every character is the same box and a space is nothing: a page set in it looks the same on
 * machines with other fonts, or with none. Tables by the OpenType specification 1.9.1.
 */
export function boxFont(): Buffer {
  const box = glyph()
  const tables: Readonly<Record<string, Buffer>> = {
    'OS/2': os2(),
    cmap: cmap(),
    // .notdef and the box are drawn, the space is not.
    glyf: Buffer.concat([box, box]),
    head: head(),
    hhea: u16(1, 0, ASCENT, -DESCENT & 0xffff, 0, ADVANCE, 0, 0, ADVANCE, 1, 0, 0, 0, 0, 0, 0, 0, GLYPHS),
    hmtx: u16(ADVANCE, 0, ADVANCE, 0, ADVANCE, 0),
    // Offsets in pairs of bytes: box, nothing, box.
    loca: u16(0, box.length / 2, box.length / 2, box.length),
    maxp: u16(1, 0, GLYPHS, 4, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0),
    name: name('Box'),
    post: Buffer.concat([u32(0x00030000, 0), u16(-100 & 0xffff, 50), u32(1, 0, 0, 0, 0)]),
  }
  return assemble(tables)
}

const UNITS = 1000
const ASCENT = 800
const DESCENT = 200
const ADVANCE = 540
const GLYPHS = 3

function u16(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2)
  values.forEach((value, index) => {
    bytes.writeUInt16BE(value & 0xffff, index * 2)
  })
  return bytes
}

function u32(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4)
  values.forEach((value, index) => {
    bytes.writeUInt32BE(value >>> 0, index * 4)
  })
  return bytes
}

/** A square outline: one contour of four points, all on the curve, in 16-bit coordinates. */
function glyph(): Buffer {
  const [left, low, right, high] = [30, 0, ADVANCE - 30, 520]
  const body = Buffer.concat([
    u16(1, left, low, right, high),
    u16(3, 0),
    Buffer.from([1, 1, 1, 1]),
    u16(left, 0, right - left, 0),
    u16(low, high - low, 0, low - high),
  ])
  return body.length % 4 === 0 ? body : Buffer.concat([body, Buffer.alloc(4 - (body.length % 4))])
}

/** Format 13: many characters to one glyph. */
function cmap(): Buffer {
  const groups = [
    [0x20, 0x20, 1],
    [0x21, 0x9f, 2],
    [0xa0, 0xa0, 1],
    [0xa1, 0x10ffff, 2],
  ]
  const body = Buffer.concat([
    u16(13, 0),
    u32(16 + groups.length * 12, 0, groups.length),
    ...groups.map(group => u32(...group)),
  ])
  return Buffer.concat([u16(0, 1, 3, 10), u32(12), body])
}

function head(): Buffer {
  return Buffer.concat([
    u32(0x00010000, 0x00010000, 0, 0x5f0f3cf5),
    u16(0, UNITS),
    u32(0, 0, 0, 0),
    u16(0, 0, ADVANCE, ASCENT, 0, 8, 2, 0, 0),
  ])
}

function os2(): Buffer {
  return Buffer.concat([
    u16(4, ADVANCE, 400, 5, 0, 650, 600, 0, 75, 650, 600, 0, 350, 50, 300, 0),
    Buffer.alloc(10),
    u32(0, 0, 0, 0),
    Buffer.from('none'),
    u16(0x40, 0x20, 0xffff, ASCENT, -DESCENT & 0xffff, 0, ASCENT, DESCENT),
    u32(1, 0),
    u16(520, 700, 0, 0x20, 1),
  ])
}

function name(family: string): Buffer {
  const text = Buffer.from(family, 'utf16le').swap16()
  const ids = [1, 2, 4, 6]
  return Buffer.concat([
    u16(0, ids.length, 6 + ids.length * 12),
    ...ids.map(id => u16(3, 1, 0x409, id, text.length, 0)),
    text,
  ])
}

function assemble(tables: Readonly<Record<string, Buffer>>): Buffer {
  const tags = Object.keys(tables).sort()
  const power = Math.floor(Math.log2(tags.length))
  const header = Buffer.concat([
    u32(0x00010000),
    u16(tags.length, 16 * 2 ** power, power, 16 * tags.length - 16 * 2 ** power),
  ])
  let offset = header.length + tags.length * 16
  const directory: Buffer[] = []
  const bodies: Buffer[] = []
  for (const tag of tags) {
    const table = tables[tag] ?? Buffer.alloc(0)
    const padded = Buffer.concat([table, Buffer.alloc((4 - (table.length % 4)) % 4)])
    directory.push(Buffer.from(tag), u32(checksum(padded), offset, table.length))
    bodies.push(padded)
    offset += padded.length
  }
  return Buffer.concat([header, ...directory, ...bodies])
}

function checksum(padded: Buffer): number {
  let sum = 0
  for (let at = 0; at < padded.length; at += 4) sum = (sum + padded.readUInt32BE(at)) >>> 0
  return sum
}
