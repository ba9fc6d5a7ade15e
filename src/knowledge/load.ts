import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { brotliDecompressSync } from 'node:zlib'

/** Said by the build, which lays texts beside the bundle unpacked and in ASCII (scripts/build/knowledge.ts). */
declare const KNOWLEDGE_UNPACKED: true | undefined
const unpacked = typeof KNOWLEDGE_UNPACKED !== 'undefined'

/** Beside this file in a checkout, and beside the folder of any output file of the bundle. */
const folder = fileURLToPath(new URL('../knowledge/data/', import.meta.url))
const kept = new Map<string, unknown>()

/** The bytes of one data file; `.br` files are unpacked. Read when asked for, not kept. */
export function readBytes(name: string): Buffer {
  const bytes = readFileSync(folder + name)
  return name.endsWith('.br') ? brotliDecompressSync(bytes) : bytes
}

/** One data file of text, by its name in a checkout. Read when asked for, not kept. */
export function readText(name: string): string {
  return unpacked
    ? readFileSync(folder + name.replace(/\.br$/, ''), 'latin1')
    : readBytes(name).toString('utf8')
}

/** The same, or null where there is none of that name. */
export function readTextIfThere(name: string): string | null {
  try {
    return readText(name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

/** One JSON data file, read once per process. */
export function readJson<T>(name: string): T {
  return once(name, () => JSON.parse(readText(name)))
}

/** The lines of one JSON data file that has a row on each, without the comma at their ends; read once per process. */
export function readLines(name: string): readonly string[] {
  return once(`lines of ${name}`, () =>
    readText(name)
      .split('\n')
      .map(line => (line.endsWith(',') ? line.slice(0, -1) : line)),
  )
}

/** What `make` gives, made once per process under that key. */
export function once<T>(key: string, make: () => T): T {
  if (!kept.has(key)) kept.set(key, make())
  return kept.get(key) as T
}
