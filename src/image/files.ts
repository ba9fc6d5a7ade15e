import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { JobError, oneLine } from '../errors.ts'

/** Bytes read from disk at once. */
const READ = 512 * 1024

/** Bytes of a file. */
export interface FilePart {
  readonly path: string
  /** The file's name in messages. */
  readonly what: string
  /** It may be a link. */
  readonly follow: boolean
  readonly start: number
  /** Exclusive; null: the file's end. */
  readonly end: number | null
}

/**
 * Opens a regular file that must not be a link.
 * @throws JobError `not-found`, `unreadable`
 */
export async function openFile(path: string, what: string, follow = false): Promise<FileHandle> {
  try {
    const handle = await open(path, follow ? flags : flags | constants.O_NOFOLLOW)
    if ((await handle.stat()).isFile()) return handle
    await handle.close()
  } catch (error) {
    throw whyNot(error, what)
  }
  throw new JobError('unreadable', `${what} is no regular file`)
}

/**
 * A small regular file that must not be a link, at once: each step through Node.js's threads takes longer than its read.
 * @param most bytes that it may have
 * @throws JobError `not-found`, `unreadable`, `limit`
 */
export function readSmallFile(path: string, what: string, most: number): Buffer {
  let file: number | null = null
  try {
    file = openSync(path, flags | constants.O_NOFOLLOW)
    const stat = fstatSync(file)
    if (!stat.isFile()) throw new JobError('unreadable', `${what} is no regular file`)
    if (stat.size > most) throw new JobError('limit', `${what} has ${stat.size} bytes, more than ${most}`)
    const bytes = Buffer.alloc(stat.size)
    let at = 0
    for (let read = -1; read !== 0 && at < bytes.length; at += read)
      read = readSync(file, bytes, at, bytes.length - at, at)
    return at === bytes.length ? bytes : bytes.subarray(0, at)
  } catch (error) {
    throw error instanceof JobError ? error : whyNot(error, what)
  } finally {
    if (file !== null) closeSync(file)
  }
}

/** A FIFO is not waited for. */
const flags = constants.O_RDONLY | constants.O_NONBLOCK

function whyNot(error: unknown, what: string): JobError {
  const code = (error as NodeJS.ErrnoException).code
  if (code === 'ENOENT' || code === 'ENOTDIR') return new JobError('not-found', `${what} is not there`)
  if (code !== 'ELOOP') return new JobError('unreadable', `${what} can't be read: ${oneLine(error)}`)
  return new JobError('unreadable', `${what} is a link, which is not followed`)
}

/**
 * Bytes `start` to `end` (exclusive) of an open file, in large chunks. A chunk is valid until the next one is asked
 * for: two buffers take turns, one is filled while the other is read.
 */
export async function* fileChunks(
  handle: FileHandle,
  start: number,
  end: number,
): AsyncGenerator<Uint8Array> {
  let at = start
  const fill = (buffer: Buffer | null) => {
    const size = Math.min(READ, end - at)
    if (size <= 0) return null
    const reading = handle.read(buffer ?? Buffer.allocUnsafeSlow(size), 0, size, at)
    // It is asked for after the chunk before: until then its failure is nobody's.
    reading.catch(() => {})
    return reading
  }
  let spare: Buffer | null = null
  let reading = fill(null)
  while (reading) {
    const { bytesRead, buffer } = await reading
    if (bytesRead === 0) return
    at += bytesRead
    reading = fill(spare)
    yield bytesRead === buffer.length ? buffer : buffer.subarray(0, bytesRead)
    spare = buffer
  }
}

/** Bytes `start` to `end` (exclusive) of an open file, fewer where it is shorter. */
export async function readPart(handle: FileHandle, start: number, end: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of fileChunks(handle, start, end)) chunks.push(Buffer.from(chunk))
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)
}
