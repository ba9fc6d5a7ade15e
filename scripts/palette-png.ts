/** PNG (W3C, third edition) with a palette: a page has few colours, and so its picture is small. */
import { crc32, deflateSync } from 'node:zlib'

/** Bits that are kept of each channel when colours are counted: what the eye tells apart in a page. */
const KEPT = 5

/** @param pixels RGBA, four bytes a pixel, line by line from the top */
export function palettePng(pixels: Uint8Array, width: number, height: number): Buffer {
  const { colors, indexes } = quantize(pixels)
  const lines = Buffer.alloc(height * (width + 1))
  for (let y = 0; y < height; y++)
    lines.set(indexes.subarray(y * width, (y + 1) * width), y * (width + 1) + 1)
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  // Eight bits a pixel, by the palette.
  header.set([8, 3, 0, 0, 0], 8)
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('PLTE', Buffer.from(colors.flat())),
    chunk('IDAT', deflateSync(lines, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const ends = Buffer.alloc(8)
  ends.writeUInt32BE(data.length, 0)
  ends.writeUInt32BE(crc32(body), 4)
  return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)])
}

type Color = [red: number, green: number, blue: number]

/** The 256 most frequent colours, each the mean of what is nearly the same; the others become the nearest of them. */
function quantize(pixels: Uint8Array): { colors: Color[]; indexes: Uint8Array } {
  const count = pixels.length / 4
  const cells = new Map<number, { sum: Color; count: number }>()
  const keyOf = (at: number) =>
    [0, 1, 2].reduce((key, channel) => (key << KEPT) | ((pixels[at + channel] ?? 0) >> (8 - KEPT)), 0)
  const keys = new Uint16Array(count)
  for (let pixel = 0; pixel < count; pixel++) {
    const key = keyOf(pixel * 4)
    keys[pixel] = key
    const cell = cells.get(key) ?? { sum: [0, 0, 0] as Color, count: 0 }
    for (const channel of [0, 1, 2] as const) cell.sum[channel] += pixels[pixel * 4 + channel] ?? 0
    cell.count++
    cells.set(key, cell)
  }
  const sorted = [...cells].sort((a, b) => b[1].count - a[1].count || a[0] - b[0])
  const means = sorted.map(
    ([key, { sum, count }]) => [key, sum.map(value => Math.round(value / count)) as Color] as const,
  )
  const colors = means.slice(0, 256).map(([, color]) => color)
  const places = new Map(means.map(([key, color]) => [key, nearest(color, colors)] as const))
  return { colors, indexes: Uint8Array.from(keys, key => places.get(key) ?? 0) }
}

function nearest(color: Color, colors: readonly Color[]): number {
  const distance = (other: Color) =>
    [0, 1, 2].reduce((sum, channel) => sum + ((color[channel] ?? 0) - (other[channel] ?? 0)) ** 2, 0)
  let best = 0
  colors.forEach((other, index) => {
    if (distance(other) < distance(colors[best] ?? other)) best = index
  })
  return best
}
