import { createHash } from 'node:crypto'
import {
  closeSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { now } from '../clock.ts'
import { makePrivate } from './private-folder.ts'

/** Bytes that are kept; what was not used for longest goes first. */
export const DEFAULT_CACHE_BYTES = 1024 ** 3

const DIGEST_BYTES = 32
/** A file is marked as used no more often: a disk need not be written at each read. */
const USED_EVERY_MS = 3_600_000
/** A draft that a killed process left. */
const DRAFT = /\.draft$/
const NAME = /^[0-9a-f]{64}$/

export interface CacheStatus {
  readonly path: string
  readonly entries: number
  readonly bytes: number
  readonly limit: number
}

/**
 * Bytes by a key, in files of one private folder. Each file begins with the SHA-256 of its key and its bytes, checked
 * when it is read: what does not fit is gone, never believed. Files are written beside and renamed, so that processes
 * need not know of each other. Nothing of it throws: a cache that can't be used costs time and nothing else.
 */
export class Cache {
  readonly path: string
  readonly #limit: number
  #usable: boolean | null = null
  /** What lies in the folder, as far as this process knows; null: it has not looked. */
  #bytes: number | null = null
  #drafts = 0

  constructor(path: string, limit: number = DEFAULT_CACHE_BYTES) {
    this.path = path
    this.#limit = limit
  }

  /** @returns the bytes, or null where there are none that can be believed */
  read(key: string): Buffer | null {
    if (!this.#isUsable()) return null
    const file = this.#file(key)
    let whole: Buffer
    try {
      whole = readFileSync(file)
    } catch {
      return null
    }
    const bytes = whole.subarray(DIGEST_BYTES)
    if (whole.length < DIGEST_BYTES || !digestOf(key, bytes).equals(whole.subarray(0, DIGEST_BYTES))) {
      remove(file)
      return null
    }
    touch(file)
    return bytes
  }

  write(key: string, parts: readonly Uint8Array[]): void {
    if (!this.#isUsable()) return
    const bytes = parts.reduce((sum, part) => sum + part.length, DIGEST_BYTES)
    if (bytes > this.#limit) return
    const file = this.#file(key)
    const draft = `${file}.${process.pid}.${this.#drafts++}.draft`
    try {
      writeParts(draft, [digestOf(key, ...parts), ...parts])
      renameSync(draft, file)
      this.#bytes = (this.#bytes ?? this.status().bytes - bytes) + bytes
      if (this.#bytes > this.#limit) this.#evict()
    } catch {
      remove(draft)
    }
  }

  status(): CacheStatus {
    const files = this.#files()
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0)
    return { path: this.path, entries: files.length, bytes, limit: this.#limit }
  }

  /** Takes all of it away. @returns what there was */
  clear(): CacheStatus {
    const before = this.status()
    if (this.#isUsable()) for (const { file } of this.#files()) remove(file)
    this.#bytes = null
    return before
  }

  /** Down to nine tenths, so that not every write does it. */
  #evict(): void {
    const files = this.#files().sort((a, b) => a.used - b.used)
    let bytes = files.reduce((sum, file) => sum + file.bytes, 0)
    for (const each of files) {
      if (bytes <= this.#limit * 0.9) break
      remove(each.file)
      bytes -= each.bytes
    }
    this.#bytes = bytes
  }

  #files(): { readonly file: string; readonly bytes: number; readonly used: number }[] {
    let names: string[]
    try {
      names = readdirSync(this.path).filter(name => NAME.test(name) || DRAFT.test(name))
    } catch {
      return []
    }
    return names.flatMap(name => {
      const file = join(this.path, name)
      const status = statSync(file, { throwIfNoEntry: false })
      return status?.isFile() ? [{ file, bytes: status.size, used: status.mtimeMs }] : []
    })
  }

  #file(key: string): string {
    return join(this.path, createHash('sha256').update(key).digest('hex'))
  }

  #isUsable(): boolean {
    this.#usable ??= makePrivate(this.path)
    return this.#usable
  }
}

/** Part by part: put together, the facts of a large layer would lie in memory twice. */
function writeParts(file: string, parts: readonly Uint8Array[]): void {
  const handle = openSync(file, 'wx', 0o600)
  try {
    for (const part of parts) writeFileSync(handle, part)
  } finally {
    closeSync(handle)
  }
}

function digestOf(key: string, ...parts: readonly Uint8Array[]): Buffer {
  // The key's own digest ends it: no other key and bytes give the same.
  const hash = createHash('sha256').update(createHash('sha256').update(key).digest())
  for (const part of parts) hash.update(part)
  return hash.digest()
}

function touch(file: string): void {
  try {
    const at = now()
    if (Math.abs(at - statSync(file).mtimeMs) > USED_EVERY_MS) utimesSync(file, at / 1000, at / 1000)
  } catch {
    // It was read; that it is not marked makes it go a little sooner.
  }
}

function remove(file: string): void {
  try {
    rmSync(file, { force: true })
  } catch {
    // Another process was faster, or the folder has become read-only.
  }
}
