import { constants, type Dirent, type Stats } from 'node:fs'
import { lstat, open, readdir, readlink } from 'node:fs/promises'
import { JobError, oneLine } from '../errors.ts'
import { limits } from '../limits.ts'
import type { ContentReader, EntryType, LayerFacts, ReadOptions } from './facts.ts'
import { FactsGatherer } from './facts-gatherer.ts'
import { isKnownFile, isKnownFolder, isKnownLink } from './known-places.ts'
import { throwIfAborted } from './layer-facts.ts'
import { normalisePath, printable, splitPath } from './path.ts'

/** Folders at the root that are not gone into: they hold what the running kernel and its services show. */
const notOnDisk = new Set(['proc', 'sys', 'dev', 'run'])

const READ = 1024 * 1024

/** How much of a root filesystem is read. */
export interface FolderOptions extends ReadOptions {
  /** Every file, not only the known places. */
  readonly deep?: boolean
}

/**
 * The facts of an unpacked root filesystem, as if it were the one layer of an image: of the known places
 * (known-places.ts) or of every file.
 * Only folders and regular files of the root's own file system are opened, no link is followed by the system (those
 * that lead out of the known places are resolved here, inside the root), and a file only where the reader wants it.
 * What may not be read is an unknown, what vanishes meanwhile was not there.
 * @throws JobError `not-found`, `unreadable`, `limit`, `aborted`
 */
export async function folderFacts(
  root: string,
  reader: ContentReader,
  options: FolderOptions,
): Promise<LayerFacts> {
  return new FolderWalk(root, reader, options).run()
}

class FolderWalk {
  readonly #root: string
  readonly #options: FolderOptions
  readonly #gatherer: FactsGatherer
  readonly #wanted: ContentReader
  /** Folders outside the known places to which a link of those leads. */
  readonly #linked = new Set<string>()
  #device = 0
  #entries = 0
  #bytes = 0

  constructor(root: string, reader: ContentReader, options: FolderOptions) {
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
    await this.#walk('', this.#options.deep ? () => true : isKnownFolder)
    // A set grows while it is gone through: links there may lead on.
    for (const path of this.#linked) await this.#visitLinked(path)
    return this.#gatherer.facts(null)
  }

  async #walk(start: string, enters: (path: string) => boolean): Promise<void> {
    const todo = [start]
    for (let path = todo.pop(); path !== undefined; path = todo.pop()) {
      throwIfAborted(this.#options.signal)
      for (const entry of await this.#list(path)) {
        const inside = path === '' ? entry.name : `${path}/${entry.name}`
        const enter = await this.#take(inside, typeOf(entry))
        if (enter && !notOnDisk.has(inside) && enters(inside)) todo.push(inside)
      }
    }
  }

  /**
   * What a link of a known place leads to: a file, or a folder with all in it. The way there is gone step by step, for
   * the system would follow a link in it out of the root; such a link is noted, and followed as the next one.
   */
  async #visitLinked(path: string): Promise<void> {
    let here = ''
    for (const name of path.split('/')) {
      here = here === '' ? name : `${here}/${name}`
      const stats = await lstat(`${this.#root}/${here}`).catch(() => null)
      if (!stats || stats.dev !== this.#device) return
      if (here === path || stats.isSymbolicLink()) {
        const enter = await this.#take(here, typeOf(stats), path.slice(here.length))
        if (enter) await this.#walk(path, () => true)
        return
      }
    }
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

  /**
   * @param rest what follows it on the way to something; null: it was met in a folder
   * @returns whether it is a folder to go into
   */
  async #take(path: string, type: EntryType, rest: string | null = null): Promise<boolean> {
    if (++this.#entries > limits.entries) {
      throw new JobError('limit', `${printable(this.#root)} holds more than ${limits.entries} files`)
    }
    const full = `${this.#root}/${path}`
    try {
      const stats = await lstat(full)
      if (type === 'file' && stats.isFile()) {
        await this.#file(path, full, stats)
        return false
      }
      const link = type === 'symlink' ? await readlink(full) : null
      if (link !== null && (rest !== null || isKnownLink(path))) this.#follow(path, link + (rest ?? ''))
      this.#note(path, type, link, stats)
      return type === 'dir' && stats.isDirectory() && stats.dev === this.#device
    } catch (error) {
      if (error instanceof JobError) throw error
      this.#unreadable(path, error)
      return false
    }
  }

  #follow(path: string, link: string): void {
    if (this.#options.deep || this.#linked.size >= limits.linkedFolders) return
    const target = normalisePath(link.startsWith('/') ? link : `${splitPath(path).parent}/${link}`)
    const [top = ''] = target.split('/')
    if (target !== '' && !notOnDisk.has(top) && !isKnownFolder(target)) this.#linked.add(target)
  }

  #note(path: string, type: EntryType, link: string | null, { mode, uid, gid, size }: Stats): void {
    const bytes = type === 'file' ? size : 0
    const none = { content: null, found: [] }
    this.#gatherer.add({ path, type, link, mode: mode & 0o7777, uid, gid, size: bytes, ...none })
  }

  /** Whether the bytes of a file are asked for. */
  #wants(path: string, size: number): boolean {
    const { keepStart, startBytes = 1 } = this.#wanted
    if (this.#wanted.keep(path, size)) return true
    if (!this.#options.deep && !isKnownFile(path)) return false
    return (keepStart !== undefined && size >= startBytes) || this.#wanted.scan(path, size) !== null
  }

  async #file(path: string, full: string, listed: Stats): Promise<void> {
    if (!this.#wants(path, listed.size)) {
      this.#note(path, 'file', null, listed)
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
    const gone = code === 'ENOENT' || code === 'ENOTDIR'
    // A file of a running system may vanish while it is walked. One whose name is no UTF-8 only seems to.
    if (gone && !path.includes('\ufffd')) return
    const denied = code === 'EACCES' || code === 'EPERM'
    const why = gone
      ? 'its name is no UTF-8, by which it can’t be asked for'
      : denied
        ? 'not readable for this user'
        : oneLine(error)
    this.#gatherer.unknown({ what: `/${path}`, why, code: 'unreadable' })
  }
}

function typeOf(entry: Dirent | Stats): EntryType {
  if (entry.isFile()) return 'file'
  if (entry.isDirectory()) return 'dir'
  if (entry.isSymbolicLink()) return 'symlink'
  return 'other'
}
