import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { brotliCompressSync, constants } from 'node:zlib'

/** One part of the built-in facts, as the generator made it. */
export interface Part {
  readonly name: string
  readonly entries: number
  readonly asOf: string
  readonly source: string
  /** Files of the data folder; names that end in `.br` are packed here. */
  readonly files: ReadonlyMap<string, Uint8Array | string>
  /** More numbers that tests hold the data against. */
  readonly counts?: Readonly<Record<string, number>>
}

/** @param quality 0 to 11; the data that is committed is packed with 11 */
export function packed(content: Uint8Array | string, quality: number): Buffer {
  const bytes = Buffer.from(content)
  return brotliCompressSync(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: quality,
      [constants.BROTLI_PARAM_LGWIN]: 24,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  })
}

/** One JSON value a line, so that a change of the facts is a small diff. */
export function lines(values: readonly unknown[]): string {
  return `[\n${values.map(value => JSON.stringify(value)).join(',\n')}\n]\n`
}

/** Writes all parts; files of an earlier run that no part makes any more are deleted, `NOTICE` stays. */
export function write(folder: string, files: ReadonlyMap<string, Uint8Array>): void {
  mkdirSync(folder, { recursive: true })
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    const name = path.slice(folder.length + 1)
    if (entry.isFile() && name !== 'NOTICE' && !files.has(name)) rmSync(path)
  }
  for (const [name, bytes] of files) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), bytes)
  }
}
