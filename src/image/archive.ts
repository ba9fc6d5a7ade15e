import type { FileHandle } from 'node:fs/promises'
import { JobError } from '../errors.ts'
import { limits } from '../limits.ts'
import { compressionOf } from './decompress.ts'
import type { ContentReader, LayerFacts, ReadOptions } from './facts.ts'
import { fileChunks, openFile, readPart, readSmallFile } from './files.ts'
import { type ExpectedLayer, throwIfAborted } from './layer-facts.ts'
import { readLayerFile } from './layer-file.ts'
import { normalisePath, printable, splitPath } from './path.ts'
import { TarWalker } from './tar.ts'

/** Named files of an image layout: a folder, a tar file, or a tar stream that was read once. */
export interface Archive {
  /** Its path as typed. */
  readonly name: string
  /** The bytes of a small file; null where there is none. @throws JobError `limit`, `truncated`, `unreadable` */
  document(path: string): Promise<Uint8Array | null>
  /** Bytes of the file at `path`; null where that is only known when it was read. */
  size(path: string): number | null
  /** The facts of a layer that lies at `path`, verified. @throws JobError, `malformed` where there is none */
  layer(
    path: string,
    expected: ExpectedLayer,
    what: string,
    reader: ContentReader,
    options: ReadOptions,
  ): Promise<LayerFacts>
}

/** Files of one image archive: three a layer in the oldest layout. More is something else. */
const MOST_FILES = 20_000

/** The first bytes of a file, enough to tell its compression. */
export async function fileCompression(path: string): Promise<ReturnType<typeof compressionOf>> {
  const handle = await openFile(path, path, true)
  try {
    const head = Buffer.alloc(4)
    await handle.read(head, 0, 4, 0)
    return compressionOf(head)
  } finally {
    await handle.close()
  }
}

/** A folder: files by their path below it, links not followed. */
export class FolderArchive implements Archive {
  readonly name: string

  constructor(name: string) {
    this.name = name
  }

  async document(path: string): Promise<Uint8Array | null> {
    const file = `${this.name}/${path}`
    try {
      return readSmallFile(file, file, limits.manifestBytes)
    } catch (error) {
      if (error instanceof JobError && error.code === 'not-found') return null
      throw error
    }
  }

  size(): null {
    return null
  }

  async layer(
    path: string,
    expected: ExpectedLayer,
    what: string,
    reader: ContentReader,
    options: ReadOptions,
  ): Promise<LayerFacts> {
    const file = `${this.name}/${path}`
    const part = { path: file, what: `${what} (${file})`, follow: false, start: 0, end: null }
    return readLayerFile(part, what, expected, reader, options)
  }
}

type Member = { readonly offset: number; readonly size: number } | { readonly link: string }

/** A plain tar file: its headers are walked once, its members then read where they lie. */
export class TarFileArchive implements Archive {
  readonly name: string
  readonly #members: ReadonlyMap<string, Member>

  private constructor(name: string, members: ReadonlyMap<string, Member>) {
    this.name = name
    this.#members = members
  }

  /** @throws JobError `malformed`, `truncated`, `unreadable`, `limit`, `aborted` */
  static async open(path: string, signal?: AbortSignal): Promise<TarFileArchive> {
    const members = new Map<string, Member>()
    const walker = new TarWalker(path, entry => {
      const name = normalisePath(entry.path)
      if (members.size >= MOST_FILES) throw noImageArchive(path)
      if (entry.sparse) {
        throw new JobError(
          'unsupported',
          `${path}: ${printable(name)} is a sparse file; pack the archive without tar --sparse, or give it on standard input`,
        )
      }
      if (entry.type === 'file') members.set(name, { offset: entry.offset, size: entry.size })
      else if (entry.link !== null) members.set(name, { link: linkTarget(name, entry.type, entry.link) })
      return null
    })
    const handle = await openFile(path, path, true)
    try {
      const { size } = await handle.stat()
      let at = 0
      while (at < size && !walker.ended) {
        throwIfAborted(signal)
        for await (const chunk of fileChunks(handle, at, Math.min(size, at + 16 * 1024))) {
          walker.push(chunk)
          at += chunk.length
        }
        const skip = walker.takeSkip()
        if (at + skip > size) {
          throw new JobError(
            'truncated',
            `${path} is cut: its last member ends ${at + skip - size} bytes after its end; save it again`,
          )
        }
        at += skip
      }
      walker.end()
    } finally {
      await handle.close()
    }
    return new TarFileArchive(path, members)
  }

  async document(path: string): Promise<Uint8Array | null> {
    const member = this.#member(path)
    if (!member) return null
    const handle = await openFile(this.name, this.name, true)
    try {
      return await readDocument(handle, member.offset, member.size, `${printable(path)} in ${this.name}`)
    } finally {
      await handle.close()
    }
  }

  size(path: string): number | null {
    return this.#member(path)?.size ?? null
  }

  async layer(
    path: string,
    expected: ExpectedLayer,
    what: string,
    reader: ContentReader,
    options: ReadOptions,
  ): Promise<LayerFacts> {
    const member = this.#member(path)
    if (!member) throw missingMember(this.name, path, what)
    const { offset: start, size } = member
    const part = { path: this.name, what: this.name, follow: true, start, end: start + size }
    return readLayerFile(part, what, { ...expected, size: expected.size ?? size }, reader, options)
  }

  #member(path: string): { readonly offset: number; readonly size: number } | null {
    let name = normalisePath(path)
    for (let links = 0; links <= limits.linkDepth; links++) {
      const member = this.#members.get(name)
      if (!member) return null
      if ('offset' in member) return member
      name = member.link
    }
    return null
  }
}

/** Where a link inside an archive leads: old `docker save` writes a layer that repeats as a link to the first. */
export function linkTarget(name: string, type: string, link: string): string {
  return normalisePath(
    type === 'symlink' && !link.startsWith('/') ? `${splitPath(name).parent}/${link}` : link,
  )
}

export function missingMember(archive: string, path: string, what: string): JobError {
  return new JobError(
    'malformed',
    `${archive} does not hold ${printable(path)}, which is to be ${what}; save the image again`,
  )
}

export function noImageArchive(path: string): JobError {
  return new JobError(
    'unsupported',
    `${path} is no image archive (no manifest.json or index.json in it); if it is a root filesystem, unpack it and scan dir:FOLDER`,
  )
}

async function readDocument(
  handle: FileHandle,
  start: number,
  size: number,
  what: string,
): Promise<Uint8Array> {
  if (size > limits.manifestBytes) {
    throw new JobError('limit', `${what} has ${size} bytes, more than ${limits.manifestBytes}`)
  }
  return readPart(handle, start, start + size)
}
