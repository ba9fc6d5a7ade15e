/** Base images that are really read (`--scan-base`), for the trace to begin with. */
import { JobError } from './errors.ts'
import type { ImageTree } from './image/facts.ts'
import { printable } from './image/path.ts'
import { readTree } from './image/read-image.ts'
import { parseReference } from './image/reference.ts'
import { type OpenOptions, openReference } from './image/source.ts'
import { matchRelease } from './knowledge/releases.ts'
import { storeLayout } from './knowledge/store-layouts.ts'
import { type ImageModel, type Maybe, unknown } from './model.ts'
import { naming } from './read-images.ts'
import type { ScannedImage } from './trace/scanned.ts'
import { buildImageModel } from './trust/model.ts'
import { trustReader } from './trust/reader.ts'

/** The base images of one run: each is read once, whatever number of Dockerfiles stands on it. */
export class BaseImages {
  readonly #open: Omit<OpenOptions, 'reader'>
  readonly #read = new Map<string, Promise<Maybe<ScannedImage>>>()
  readonly #failures: string[] = []

  /** @param open how the user wants images opened; who is asked is what Dockerfiles say, who may be strangers */
  constructor(open: Omit<OpenOptions, 'reader'>) {
    this.#open = { ...open, strangers: true }
  }

  /**
   * @param platform `linux/arm64`; null: linux on this machine's architecture
   * @returns what the image holds, or why it could not be read
   * @throws JobError `aborted`
   */
  image(reference: string, platform: string | null): Promise<Maybe<ScannedImage>> {
    const key = JSON.stringify([canonical(reference), platform])
    let image = this.#read.get(key)
    if (!image) {
      image = this.#scan(reference, platform)
      this.#read.set(key, image)
    }
    return image
  }

  /** A line for each image that could not be read. */
  get failures(): readonly string[] {
    return this.#failures
  }

  async #scan(reference: string, platform: string | null): Promise<Maybe<ScannedImage>> {
    const options: OpenOptions = {
      ...this.#open,
      reader: trustReader,
      ...(platform === null ? {} : { platform }),
    }
    try {
      const [image, ...others] = await openReference(reference, options)
      for (const other of others) await other.close()
      try {
        const { signal, layers, workers } = options
        const tree = await readTree(image!, trustReader, {
          ...(signal ? { signal } : {}),
          ...(layers ? { layers } : {}),
          ...(workers ? { workers } : {}),
        })
        return scannedImage(buildImageModel(image!, tree, naming), tree)
      } finally {
        await image!.close()
      }
    } catch (error) {
      if (!(error instanceof JobError) || error.code === 'aborted') throw error
      this.#failures.push(`the base image ${printable(reference)} could not be read: ${error.message}`)
      return unknown(error.message)
    }
  }
}

/** Names of one image have one key; what is no name of an image is told when it is opened. */
function canonical(reference: string): string {
  try {
    return parseReference(reference).canonical
  } catch {
    return reference
  }
}

const CONF = '/etc/ca-certificates.conf'
const PROGRAM_FOLDERS = ['/usr/sbin', '/usr/bin', '/sbin', '/bin']

/** What the trace begins with, of an image that was read. */
export function scannedImage(model: ImageModel, tree: ImageTree): ScannedImage {
  const { distribution, stores, config } = model
  const layout = distribution ? storeLayout(distribution.id) : null
  const packaged = filesIn(tree, layout?.conf ? layout.packaged : null)
  const main = stores.find(({ path, aliases }) => layout && [path, ...aliases].includes(layout.bundle))
  const gap = tree.unknowns.find(({ what }) => !what.startsWith('/'))
  return {
    distribution,
    stores,
    config,
    packages: model.packages.map(({ name }) => name),
    conf: confOf(tree),
    tool: layout?.tool ? PROGRAM_FOLDERS.some(folder => tree.exists(`${folder}/${layout.tool}`)) : false,
    packaged: new Map(
      [...packaged].map(([path, bytes]) => [path.slice(layout!.packaged!.length + 1), bytes]),
    ),
    release: main ? releaseOf(main, model) : null,
    anchors: new Map((layout?.anchors ?? []).flatMap(folder => [...filesIn(tree, folder)])),
    partial: gap ? `${gap.what}: ${gap.why}` : null,
  }
}

function confOf(tree: ImageTree): ScannedImage['conf'] {
  if (!tree.exists(CONF)) return null
  const bytes = tree.read(CONF)
  if (bytes === null) return unknown(`${CONF} of the base image could not be read`)
  return Buffer.from(bytes).toString('utf8').replace(/\n$/, '').split('\n')
}

function releaseOf(store: ImageModel['stores'][number], { distribution, packages }: ImageModel) {
  const { version } = packages.find(({ name }) => name === 'ca-certificates') ?? { version: null }
  return matchRelease(new Set(store.roots.map(({ sha256 }) => sha256)), {
    distribution: distribution?.id,
    version: distribution?.version,
    packageVersion: version,
  }).release
}

/** More files than any store has: what lies beyond is not told. */
const MOST_FILES = 5_000

/** The files in a folder at any depth, links followed inside the image; null: its content was not kept. */
function filesIn(tree: ImageTree, folder: string | null): Map<string, Uint8Array | null> {
  const found = new Map<string, Uint8Array | null>()
  const seen = new Set<string>()
  const walk = (path: string): void => {
    const names = tree.list(path)
    const real = tree.resolve(path)
    if (names === null) {
      if (real !== null) found.set(path, tree.read(path))
      return
    }
    if (real === null || seen.has(real)) return
    seen.add(real)
    for (const name of names) if (found.size < MOST_FILES) walk(`${path}/${name}`)
  }
  if (folder !== null && tree.exists(folder)) walk(folder)
  return found
}
