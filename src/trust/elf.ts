/** What a dynamically linked program or library says of the libraries it loads. ELF: System V ABI, chapters 4 and 5. */
export interface ElfFacts {
  /** DT_NEEDED, in order. */
  readonly needed: readonly string[]
  /** Folders of DT_RUNPATH, else DT_RPATH, as written. */
  readonly runPath: readonly string[]
  /** e_machine: 62 is x86-64, 183 AArch64. */
  readonly machine: number
}

const programHeaders = 128
const dynamicEntries = 4_096
const nameBytes = 4_096
const load = 1
const dynamic = 2
const [dtNeeded, dtStringTable, dtRunPath, dtRPath] = [1, 5, 29, 15]

/** @returns null where the bytes are no ELF file or lie about themselves; static programs need nothing */
export function readElf(content: Uint8Array): ElfFacts | null {
  if (
    content.length < 64 ||
    content[0] !== 0x7f ||
    content[1] !== 0x45 ||
    content[2] !== 0x4c ||
    content[3] !== 0x46
  )
    return null
  try {
    return parse(content)
  } catch (error) {
    // DataView throws a RangeError where an offset leaves the file.
    if (error instanceof RangeError) return null
    throw error
  }
}

interface Segment {
  readonly offset: number
  readonly address: number
  readonly size: number
}

function parse(content: Uint8Array): ElfFacts | null {
  const view = new DataView(content.buffer, content.byteOffset, content.length)
  const wide = content[4] === 2
  const little = content[5] === 1
  const word = (at: number) => (wide ? Number(view.getBigUint64(at, little)) : view.getUint32(at, little))
  const size = wide ? 8 : 4
  const machine = view.getUint16(18, little)
  const table = word(wide ? 32 : 28)
  const entrySize = view.getUint16(wide ? 54 : 42, little)
  const count = Math.min(view.getUint16(wide ? 56 : 44, little), programHeaders)

  const segments: Segment[] = []
  let dynamicTable: Segment | null = null
  for (let index = 0; index < count; index++) {
    const at = table + index * entrySize
    const type = view.getUint32(at, little)
    if (type !== load && type !== dynamic) continue
    const segment = {
      offset: word(at + (wide ? 8 : 4)),
      address: word(at + (wide ? 16 : 8)),
      size: word(at + (wide ? 32 : 16)),
    }
    if (type === load) segments.push(segment)
    else dynamicTable = segment
  }
  if (!dynamicTable) return { needed: [], runPath: [], machine }

  const entries: { tag: number; value: number }[] = []
  for (let index = 0; index < dynamicEntries && index * 2 * size < dynamicTable.size; index++) {
    const at = dynamicTable.offset + index * 2 * size
    const entry = { tag: word(at), value: word(at + size) }
    if (entry.tag === 0) break
    entries.push(entry)
  }
  const strings = entries.find(({ tag }) => tag === dtStringTable)
  if (!strings) return { needed: [], runPath: [], machine }
  const home = segments.find(
    ({ address, size }) => strings.value >= address && strings.value < address + size,
  )
  if (!home) return null
  const base = strings.value - home.address + home.offset
  const text = (offset: number) => {
    const start = base + offset
    if (start < 0 || start >= content.length) return ''
    const end = content.subarray(start, start + nameBytes).indexOf(0)
    return end < 0 ? '' : Buffer.from(content.subarray(start, start + end)).toString('latin1')
  }
  const texts = (wanted: number) =>
    entries
      .filter(({ tag }) => tag === wanted)
      .map(({ value }) => text(value))
      .filter(name => name !== '')
  const runPath = texts(dtRunPath)
  return {
    needed: texts(dtNeeded),
    runPath: (runPath.length > 0 ? runPath : texts(dtRPath)).flatMap(paths => paths.split(':')),
    machine,
  }
}
