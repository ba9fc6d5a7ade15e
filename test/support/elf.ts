/** The smallest ELF file that names the libraries it loads (System V ABI): header, two segments, dynamic table, names. */
export function makeElf(sketch: {
  readonly needed: readonly string[]
  readonly runPath?: string
  readonly bits?: 32 | 64
  readonly big?: boolean
  readonly static?: boolean
  /** Strings that stand in it, each between zero bytes. */
  readonly text?: readonly string[]
}): Buffer {
  const wide = sketch.bits !== 32
  const size = wide ? 8 : 4
  const header = wide ? 64 : 52
  const entry = wide ? 56 : 32
  const names = [...sketch.needed, sketch.runPath ?? '']
  const strings = Buffer.from(`\0${names.map(name => `${name}\0`).join('')}`)
  const offsets = names.map(
    (_, index) => 1 + names.slice(0, index).reduce((sum, name) => sum + name.length + 1, 0),
  )
  const address = 0x10000
  const tableAt = header + 2 * entry
  const table: [number, number][] = [
    ...sketch.needed.map((_, index): [number, number] => [1, offsets[index]!]),
    ...(sketch.runPath ? [[29, offsets.at(-1)!] as [number, number]] : []),
  ]
  const stringsAt = tableAt + (table.length + 2) * 2 * size
  table.push([5, address + stringsAt], [0, 0])
  const text = Buffer.from(`\0${(sketch.text ?? []).map(each => `${each}\0`).join('')}`, 'latin1')
  const file = Buffer.alloc(Math.max(64, stringsAt + strings.length))
  const write = (value: number, at: number, bytes: number) => {
    const word = Buffer.alloc(bytes)
    if (sketch.big) word.writeUIntBE(value, Math.max(0, bytes - 6), Math.min(6, bytes))
    else word.writeUIntLE(value, 0, Math.min(6, bytes))
    word.copy(file, at)
  }
  file.set([0x7f, 0x45, 0x4c, 0x46, wide ? 2 : 1, sketch.big ? 2 : 1, 1])
  write(62, 18, 2)
  write(header, wide ? 32 : 28, size)
  write(entry, wide ? 54 : 42, 2)
  write(sketch.static ? 0 : 2, wide ? 56 : 44, 2)
  const segment = (index: number, type: number, offset: number, length: number) => {
    const at = header + index * entry
    write(type, at, 4)
    write(offset, at + (wide ? 8 : 4), size)
    write(address + offset, at + (wide ? 16 : 8), size)
    write(length, at + (wide ? 32 : 16), size)
  }
  segment(0, 1, 0, file.length)
  segment(1, 2, tableAt, table.length * 2 * size)
  for (const [index, [tag, value]] of table.entries()) {
    write(tag, tableAt + index * 2 * size, size)
    write(value, tableAt + index * 2 * size + size, size)
  }
  strings.copy(file, stringsAt)
  return Buffer.concat([file, text])
}
