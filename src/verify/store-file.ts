/** A trust store that a user names: a file of any form that is read in images, or a folder with hashed names. */
import { open, readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { JobError, oneLine } from '../errors.ts'
import { FactsGatherer } from '../image/facts-gatherer.ts'
import { overlay } from '../image/overlay.ts'
import { printable } from '../image/path.ts'
import { limits } from '../limits.ts'
import type { TrustStore, UnknownEntry } from '../model.ts'
import { naming } from '../read-images.ts'
import { buildImageModel } from '../trust/model.ts'
import { trustReader } from '../trust/reader.ts'

export interface StoreFile {
  readonly store: TrustStore
  readonly unknowns: readonly UnknownEntry[]
}

/** As the hidden image calls it: environment variables are what points programs at stores anywhere. */
const place = 'store'
/** Names that OpenSSL looks for in a folder (openssl-rehash(1)). */
const hashName = /^[0-9a-f]{8}\.\d{1,5}$/

/**
 * Reads it as an image's store is read: the file is looked at as the one file of an image whose environment names it.
 * @param path as typed; it is the store's path in reports
 * @throws JobError `not-found`, `unreadable`, `limit`, `malformed` (no root in it)
 */
export async function readStoreFile(path: string): Promise<StoreFile> {
  const what = `--store ${printable(path)}`
  const info = await stat(path).catch(error => {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT') throw new JobError('not-found', `${what}: there is no such file`)
    throw new JobError('unreadable', `${what}: can't be read (${oneLine(error)})`)
  })
  const gatherer = new FactsGatherer(path, {
    ...trustReader,
    keep: (_, size) => size <= limits.keptFileBytes,
  })
  const folder = info.isDirectory()
  if (folder) {
    const names = (await readdir(path))
      .filter(name => hashName.test(name))
      .slice(0, limits.certificatesPerFile)
    if (names.length === 0)
      throw new JobError(
        'malformed',
        `${what}: a folder without hashed names (${'`'}openssl rehash${'`'} makes them), so no client finds a root in it; name the bundle`,
      )
    for (const name of names) await gather(gatherer, join(path, name), `${place}/${name}`, what)
  } else if (info.isFile()) await gather(gatherer, path, `${place}/${basename(path)}`, what)
  else throw new JobError('unreadable', `${what}: neither a file nor a folder`)
  const tree = overlay([gatherer.facts(null)])
  const inside = folder ? `/${place}` : `/${place}/${basename(path)}`
  const model = buildImageModel(
    {
      kind: 'rootfs',
      source: 'file',
      reference: path,
      digest: null,
      platform: null,
      config: { user: null, env: { [folder ? 'SSL_CERT_DIR' : 'SSL_CERT_FILE']: inside } },
      layers: [],
    },
    tree,
    naming,
  )
  const unknowns = model.unknowns.map(({ what, why }) => ({
    what: what.replaceAll(inside, path),
    why,
    location: { path },
  }))
  const store = model.stores.find(each => each.path === inside)
  if (!store) {
    const why = unknowns[0] === undefined ? 'no root certificate is in it' : unknowns[0].why
    throw new JobError('malformed', `${what}: ${why}; give a PEM bundle or a keystore`)
  }
  return { store: { ...store, path }, unknowns }
}

async function gather(gatherer: FactsGatherer, path: string, inside: string, what: string): Promise<void> {
  try {
    const handle = await open(path)
    try {
      const { size } = await handle.stat()
      if (size > limits.keptFileBytes)
        throw new JobError(
          'limit',
          `${what}: ${size} bytes, a store of more than ${limits.keptFileBytes} is not read`,
        )
      const content = Buffer.alloc(size)
      const { bytesRead } = await handle.read(content, 0, size, 0)
      const body = gatherer.file(inside, 0o644, 0, 0, size)
      body?.push(content.subarray(0, bytesRead))
      body?.end()
    } finally {
      await handle.close()
    }
  } catch (error) {
    if (error instanceof JobError) throw error
    throw new JobError('unreadable', `${what}: can't be read (${oneLine(error)})`)
  }
}
