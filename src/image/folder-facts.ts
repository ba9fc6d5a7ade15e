import { constants, type Dirent } from 'node:fs'
import { lstat, open, readdir, readlink } from 'node:fs/promises'
import { JobError, oneLine } from '../errors.ts'
import { limits } from '../limits.ts'
import type { ContentReader, EntryType, LayerFacts, ReadOptions } from './facts.ts'
import { FactsGatherer } from './facts-gatherer.ts'
import { throwIfAborted } from './layer-facts.ts'
import { printable } from './path.ts'

/** Folders at the root that are not gone into: they hold what the running kernel and its services show. */
const notOnDisk = new Set(['proc', 'sys', 'dev', 'run'])

const READ = 1024 * 1024

/**
 * The facts of an unpacked root filesystem, as if it were the one layer of an image.
 * Only folders and regular files of the root's own file system are opened, no link is followed, and a file only where
 * the reader wants it. What may not be read is an unknown.
 * @throws JobError `not-found`, `unreadable`, `limit`, `aborted`
 */
export async function folderFacts(
  root: string,
  reader: ContentReader,
  options: ReadOptions,
): Promise<LayerFacts> {
  return new FolderWalk(root, reader, options).run()
}

class FolderWalk {
  readonly #root: string
  readonly #options: ReadOptions
  readonly #gatherer: FactsGatherer
  readonly #wanted: ContentReader
  #device = 0
  #entries = 0
  #bytes = 0

  constructor(root: string, reader: ContentReader, options: ReadOptions) {
    this.#root = root
    this.#wanted = reader
    this.#options = options
    this.#gatherer = new FactsGatherer(root, reader, options.budget)
  }

  async run(): Promise<LayerFacts> {
    const top = await lstat(`${this.#root}/.`).catch(error => {
      throw new JobError('not-found', `${printable(this.#root)} can't be read as a folder: ${oneLine(error)}`)
    })
    this.#device = top.dev
    const todo = ['']
    for (let path = todo.pop(); path !== undefined; path = todo.pop()) {
      throwIfAborted(this.#options.signal)
      for (const entry of await this.#list(path)) {
        const inside = path === '' ? entry.name : `${path}/${entry.name}`
        const enter = await this.#take(inside, entry)
        if (enter && !notOnDisk.has(inside)) todo.push(inside)
      }
    }
    return this.#gatherer.facts(null)
  }

  async #list(path: string): Promise<readonly Dirent[]> {
    try {
      const entries = await readdir(`${this.#root}/${path}`, { withFileTypes: true })
      // The order of a folder on disk is chance.
      return entries.sort((a, b) => (a.name < b.name ? -1 : 1))
    } catch (error) {
      if (path === '')
        throw new JobError('unreadable', `${printable(this.#root)} can't be read: ${oneLine(error)}`)
      this.#unreadable(path, error)
      return []
    }
  }

  /** @returns whether it is a folder to go into */
  async #take(path: string, dirent: Dirent): Promise<boolean> {
    if (++this.#entries > limits.entries) {
      throw new JobError('limit', `${printable(this.#root)} holds more than ${limits.entries} files`)
    }
    const full = `${this.#root}/${path}`
    try {
      const stats = await lstat(full)
      const type = typeOf(dirent)
      if (type === 'file' && stats.isFile()) {
        await this.#file(path, full, stats.size)
        return false
      }
      const link = type === 'symlink' ? await readlink(full) : null
      const { mode, uid, gid } = stats
      const none = { size: 0, content: null, found: [] }
      this.#gatherer.add({ path, type, link, mode: mode & 0o7777, uid, gid, ...none })
      return type === 'dir' && stats.isDirectory() && stats.dev === this.#device
    } catch (error) {
      if (error instanceof JobError) throw error
      this.#unreadable(path, error)
      return false
    }
  }

  async #file(path: string, full: string, listed: number): Promise<void> {
    const { keepStart, startBytes = 1 } = this.#wanted
    const start = keepStart !== undefined && listed >= startBytes
    if (!start && !this.#wanted.keep(path, listed) && !this.#wanted.scan(path, listed)) {
      const { mode, uid, gid, size } = await lstat(full)
      this.#gatherer.add({
        path,
        type: 'file',
        link: null,
        mode: mode & 0o7777,
        uid,
        gid,
        size,
        content: null,
        found: [],
      })
      return
    }
    const handle = await open(full, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    try {
      const stats = await handle.stat()
      if (!stats.isFile() || stats.dev !== this.#device) return
      const body = this.#gatherer.file(path, stats.mode & 0o7777, stats.uid, stats.gid, stats.size)
      if (!body) return
      const buffer = Buffer.allocUnsafe(Math.min(READ, stats.size))
      let left = stats.size
      while (left > 0) {
        throwIfAborted(this.#options.signal)
        const { bytesRead } = await handle.read(buffer, 0, Math.min(buffer.length, left))
        // It has shrunk since: what is there counts.
        if (bytesRead === 0) break
        body.push(buffer.subarray(0, bytesRead))
        left -= bytesRead
        this.#bytes += bytesRead
        this.#options.onProgress?.(this.#bytes)
      }
      body.end()
    } finally {
      await handle.close()
    }
  }

  #unreadable(path: string, error: unknown): void {
    const code = (error as NodeJS.ErrnoException).code
    // A file of a running system may vanish while it is walked.
    if (code === 'ENOENT') return
    const why = code === 'EACCES' || code === 'EPERM' ? 'not readable for this user' : oneLine(error)
    this.#gatherer.unknown({ what: `/${path}`, why, code: 'unreadable' })
  }
}

function typeOf(entry: Dirent): EntryType {
  if (entry.isFile()) return 'file'
  if (entry.isDirectory()) return 'dir'
  if (entry.isSymbolicLink()) return 'symlink'
  return 'other'
}
