import { readFileSync } from 'node:fs'
import { brotliDecompressSync } from 'node:zlib'

/** Beside this file in a checkout, and beside the folder of any output file of the bundle. */
const folder = new URL('../knowledge/data/', import.meta.url)
const kept = new Map<string, unknown>()

/** The bytes of one data file; `.br` files are unpacked. Read when asked for, not kept. */
export function readBytes(name: string): Buffer {
  const bytes = readFileSync(new URL(name, folder))
  return name.endsWith('.br') ? brotliDecompressSync(bytes) : bytes
}

/** The bytes of one data file, or null where there is none of that name. */
export function readBytesIfThere(name: string): Buffer | null {
  try {
    return readBytes(name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

/** One JSON data file, read once per process. */
export function readJson<T>(name: string): T {
  if (!kept.has(name)) kept.set(name, JSON.parse(readBytes(name).toString('utf8')))
  return kept.get(name) as T
}

/** The lines of one JSON data file that has a row on each, without the comma at their ends; read once per process. */
export function readLines(name: string): readonly string[] {
  return once(`lines of ${name}`, () =>
    readBytes(name)
      .toString('utf8')
      .split('\n')
      .map(line => (line.endsWith(',') ? line.slice(0, -1) : line)),
  )
}

/** What `make` gives, made once per process under that key. */
export function once<T>(key: string, make: () => T): T {
  if (!kept.has(key)) kept.set(key, make())
  return kept.get(key) as T
}
