/**
 * What V8 compiled of the packs that a command reads (`cachedData` of `vm.Script`), kept in the user's cache folder: one
 * file for each command, as each compiles other functions, so that a start reads it at once.
 */
import { readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Script } from 'node:vm'
import { makePrivate, userCacheFolder } from '../cache/private-folder.ts'

/** Files that are kept: a few commands of a few versions. */
const KEPT = 24

/** V8 copies what does not begin at such a place. */
const ALIGNMENT = 8

/** What lies in the file: a line of JSON that tells of each pack where its bytes are, from the line's end, and they. */
type Places = Readonly<Record<string, readonly [start: number, length: number]>>

export class CompiledCode {
  /** Null where the user wants none, or where the folder is not the user's alone. */
  readonly #file: string | null
  readonly #known: ReadonlyMap<string, Buffer>
  readonly #scripts = new Map<string, Script>()

  /**
   * @param command a word for what is run
   * @param digest that of all packs: V8 itself compares no more than a script's length
   */
  constructor(command: string, digest: string) {
    this.#file = fileOf(command, digest)
    this.#known = this.#file === null ? new Map() : read(this.#file)
  }

  /** The compiled form of a pack; null where none is known. */
  of(pack: string): Buffer | null {
    return this.#known.get(pack) ?? null
  }

  /** Notes a script that was made of a pack, with the compiled form where there was one. */
  ran(pack: string, script: Script): void {
    this.#scripts.set(pack, script)
  }

  /** Writes what is not there yet, or was refused. A full disk costs speed, nothing else. */
  keep(): void {
    const isNew = ([pack, script]: readonly [string, Script]) =>
      !this.#known.has(pack) || script.cachedDataRejected === true
    const made = [...this.#scripts].filter(isNew)
    if (this.#file === null || made.length === 0) return
    const forms = new Map([
      ...this.#known,
      ...made.map(([pack, script]) => [pack, script.createCachedData()] as const),
    ])
    write(this.#file, forms)
  }
}

function fileOf(command: string, digest: string): string | null {
  if (process.env.NODE_DISABLE_COMPILE_CACHE) return null
  const folder = join(userCacheFolder(process.env), 'code')
  return makePrivate(folder) ? join(folder, `${command}-${digest}-${process.version}-${process.arch}`) : null
}

function read(file: string): ReadonlyMap<string, Buffer> {
  try {
    const bytes = readFileSync(file)
    const start = bytes.indexOf('\n') + 1
    const places: Places = JSON.parse(bytes.toString('latin1', 0, start))
    return new Map(
      Object.entries(places).map(([pack, [from, length]]) => {
        const end = start + from + length
        if (end > bytes.length) throw new Error('cut off')
        return [pack, bytes.subarray(start + from, end)]
      }),
    )
  } catch {
    return new Map()
  }
}

/** Writes beside and renames, so that no other process reads half a file. */
function write(file: string, forms: ReadonlyMap<string, Buffer>): void {
  const draft = `${file}.${process.pid}`
  try {
    writeFileSync(draft, fileText(forms), { mode: 0o600 })
    renameSync(draft, file)
    prune(dirname(file))
  } catch {
    rmSync(draft, { force: true })
  }
}

function fileText(forms: ReadonlyMap<string, Buffer>): Buffer {
  let end = 0
  const padded = [...forms].map(([pack, bytes]) => {
    const start = end
    end = aligned(start + bytes.length)
    return {
      place: [pack, [start, bytes.length]] as const,
      bytes,
      filler: Buffer.alloc(end - start - bytes.length),
    }
  })
  const line = JSON.stringify(Object.fromEntries(padded.map(({ place }) => place)))
  return Buffer.concat([
    Buffer.from(`${line.padEnd(aligned(line.length + 1) - 1)}\n`),
    ...padded.flatMap(({ bytes, filler }) => [bytes, filler]),
  ])
}

const aligned = (size: number) => Math.ceil(size / ALIGNMENT) * ALIGNMENT

function prune(folder: string): void {
  const files = readdirSync(folder).map(name => join(folder, name))
  if (files.length <= KEPT) return
  const byAge = files.map(file => ({ file, time: statSync(file).mtimeMs })).sort((a, b) => b.time - a.time)
  for (const { file } of byAge.slice(KEPT)) rmSync(file, { force: true })
}
