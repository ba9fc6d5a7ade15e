import { type Archive, fileCompression, TarFileArchive } from './archive.ts'
import { StreamArchive } from './archive-stream.ts'
import { fileChunks, openFile } from './files.ts'
import type { OpenOptions } from './source.ts'

/**
 * Opens an archive file: a plain tar is read where its members lie, a packed one from end to end.
 * @throws JobError `not-found`, `unreadable`, and as the two
 */
export async function openArchive(path: string, options: OpenOptions): Promise<Archive> {
  if ((await fileCompression(path)) === 'none') return TarFileArchive.open(path, options.signal)
  const handle = await openFile(path, path, true)
  try {
    const chunks = fileChunks(handle, 0, Number.MAX_SAFE_INTEGER)
    return await StreamArchive.read(path, chunks, options.reader, options)
  } finally {
    await handle.close()
  }
}
