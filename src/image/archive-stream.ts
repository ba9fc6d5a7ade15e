import { createHash } from 'node:crypto'
import { JobError } from '../errors.ts'
import { limits } from '../limits.ts'
import { type Archive, linkTarget, missingMember, noImageArchive } from './archive.ts'
import { compressionOf, Decompressor } from './decompress.ts'
import type { Budget, ContentReader, LayerFacts, ReadOptions } from './facts.ts'
import {
  checkDiffId,
  type ExpectedLayer,
  LayerReader,
  type TarDigest,
  throwIfAborted,
} from './layer-facts.ts'
import { MemoryBudget } from './memory-budget.ts'
import { normalisePath, printable } from './path.ts'
import { type TarBody, type TarEntry, TarWalker } from './tar.ts'
import { BLOCK, parseHeader } from './tar-header.ts'

const MOST_FILES = 20_000
const nobody = { digest: null, size: null, diffId: null }

/** A member of the archive that could be a layer: its facts, or what is wrong with it. */
interface ReadLayerMember {
  /** `sha256:…` of the bytes as they lie in the archive; null where that was not reckoned. */
  digest: string | null
  size: number
  facts: LayerFacts | null
  /** What it may be the layer of. */
  tar: TarDigest | null
  error: unknown
}

/**
 * An image archive that can be read only once, from its first byte to its last: standard input, an engine's answer,
 * a packed file. Which members are layers is said by a document that may come last, so every member that looks like
 * a layer is read as one, and only its facts are kept.
 */
export class StreamArchive implements Archive {
  readonly name: string
  readonly #reader: ContentReader
  readonly #documents = new Map<string, Uint8Array>()
  readonly #layers = new Map<string, ReadLayerMember>()
  readonly #links = new Map<string, string>()
  readonly #budget: Budget
  #documentBytes = 0
  #members = 0
  #waits: Promise<void>[] = []

  private constructor(name: string, reader: ContentReader, budget: Budget) {
    this.name = name
    this.#reader = reader
    this.#budget = budget
  }

  /**
   * Reads the stream to its end.
   * @param name of the archive in messages
   * @throws JobError `truncated`, `malformed`, `limit`, `aborted`, `unsupported`
   */
  static async read(
    name: string,
    chunks: AsyncIterable<Uint8Array>,
    reader: ContentReader,
    options: ReadOptions,
  ): Promise<StreamArchive> {
    const archive = new StreamArchive(name, reader, options.budget ?? new MemoryBudget())
    const walker = new TarWalker(name, entry => archive.#visit(entry))
    const decompressor = new Decompressor(name, chunk => {
      walker.push(chunk)
      return archive.#waits.length > 0 ? archive.#settled() : undefined
    })
    let bytes = 0
    for await (const chunk of chunks) {
      throwIfAborted(options.signal)
      await decompressor.write(chunk)
      bytes += chunk.length
      options.onProgress?.(bytes)
    }
    throwIfAborted(options.signal)
    await decompressor.end()
    walker.end()
    await archive.#settled()
    return archive
  }

  async document(path: string): Promise<Uint8Array | null> {
    return this.#find(path, this.#documents)
  }

  size(): null {
    return null
  }

  async layer(
    path: string,
    expected: ExpectedLayer,
    what: string,
    reader: ContentReader,
    _options: ReadOptions,
  ): Promise<LayerFacts> {
    if (reader.version !== this.#reader.version) throw new Error('a stream is read for one reader only')
    const member = this.#find(path, this.#layers)
    if (!member) throw missingMember(this.name, path, what)
    if (member.error) throw member.error
    if (expected.size !== null && expected.size !== member.size) {
      throw new JobError(
        'digest-mismatch',
        `${what} has ${member.size} bytes, its descriptor states ${expected.size}; save the image again`,
      )
    }
    if (expected.digest !== null && expected.digest !== member.digest) {
      throw new JobError(
        'digest-mismatch',
        `${what} is not what its digest says: expected ${expected.digest}, found ${member.digest}; save the image again`,
      )
    }
    const diffId = member.tar!.as(expected.diffId)
    checkDiffId(what, expected.diffId, diffId)
    return { ...member.facts!, diffId }
  }

  #find<T>(path: string, where: ReadonlyMap<string, T>): T | null {
    let name: string | undefined = normalisePath(path)
    for (let links = 0; name !== undefined && links <= limits.linkDepth; links++) {
      const found = where.get(name)
      if (found !== undefined) return found
      name = this.#links.get(name)
    }
    return null
  }

  async #settled(): Promise<void> {
    await Promise.all(this.#waits.splice(0))
  }

  #visit(entry: TarEntry): TarBody | null {
    if (++this.#members > MOST_FILES) throw noImageArchive(this.name)
    const name = normalisePath(entry.path)
    if (entry.link !== null) this.#links.set(name, linkTarget(name, entry.type, entry.link))
    if (entry.type !== 'file') return null
    this.#links.delete(name)
    const head = Buffer.alloc(Math.min(BLOCK, entry.size))
    let filled = 0
    let body: TarBody | null | undefined
    return {
      push: chunk => {
        let rest = chunk
        if (body === undefined) {
          const count = Math.min(head.length - filled, chunk.length)
          head.set(chunk.subarray(0, count), filled)
          filled += count
          if (filled < head.length) return
          rest = chunk.subarray(count)
          body = this.#open(name, entry.size, head)
          body?.push(head)
        }
        if (rest.length > 0) body?.push(rest)
      },
      end: () => {
        if (entry.size === 0) body = this.#layer(name, 0, head)
        body?.end()
      },
    }
  }

  /** What a member is, by its first block. */
  #open(name: string, size: number, head: Uint8Array): TarBody | null {
    if (compressionOf(head) !== 'none' || (head.length === BLOCK && isTarHeader(head)))
      return this.#layer(name, size, head)
    return /^\s*[[{]/.test(Buffer.from(head).toString('latin1')) ? this.#document(name, size) : null
  }

  #document(name: string, size: number): TarBody | null {
    this.#documentBytes += size
    if (size > limits.manifestBytes || this.#documentBytes > limits.documentBytes) {
      throw new JobError(
        'limit',
        `${this.name}: ${printable(name)} makes its JSON documents larger than an image's are; is it one?`,
      )
    }
    const bytes = Buffer.alloc(size)
    let filled = 0
    return {
      push: chunk => {
        bytes.set(chunk, filled)
        filled += chunk.length
      },
      end: () => {
        this.#documents.set(name, bytes)
      },
    }
  }

  #layer(name: string, size: number, head: Uint8Array): TarBody {
    const member: ReadLayerMember = { digest: null, size, facts: null, tar: null, error: null }
    this.#layers.set(name, member)
    const layer = new LayerReader(`${printable(name)} in ${this.name}`, nobody, this.#reader, this.#budget)
    // Only layouts that name their blobs by digest ask for it; of a plain tar it is that of the tar.
    const hash = name.startsWith('blobs/') && compressionOf(head) !== 'none' ? createHash('sha256') : null
    // One step after the other; a member that fails may be none of the image's layers, so it is told when asked for.
    let chain = Promise.resolve()
    const then = (step: () => Promise<void> | undefined) => {
      chain = chain
        .then(() => (member.error ? undefined : step()))
        .catch(error => {
          member.error = error
        })
      this.#waits.push(chain)
    }
    return {
      push: chunk => {
        hash?.update(chunk)
        then(() => layer.write(chunk))
      },
      end: () => {
        if (hash) member.digest = `sha256:${hash.digest('hex')}`
        then(async () => {
          member.facts = await layer.end()
          member.tar = layer.digest
          member.digest ??= layer.digest.found
        })
      },
    }
  }
}

function isTarHeader(block: Uint8Array): boolean {
  try {
    parseHeader(block, '', 0)
    return true
  } catch {
    return false
  }
}
