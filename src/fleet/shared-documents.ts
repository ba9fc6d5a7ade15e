import type { DocumentCache } from '../image/facts.ts'
import { limits } from '../limits.ts'

/** Manifests and configurations that images of one run share; the last ones stay in memory. */
export class SharedDocuments implements DocumentCache {
  readonly #under: DocumentCache | undefined
  readonly #kept = new Map<string, Uint8Array>()
  #bytes = 0

  constructor(under: DocumentCache | undefined) {
    this.#under = under
  }

  read(digest: string): Uint8Array | null {
    const known = this.#kept.get(digest) ?? this.#under?.read(digest) ?? null
    if (known !== null) this.#keep(digest, known)
    return known
  }

  write(digest: string, bytes: Uint8Array): void {
    this.#keep(digest, bytes)
    this.#under?.write(digest, bytes)
  }

  /** The one that was not used for longest goes first. */
  #keep(digest: string, bytes: Uint8Array): void {
    const before = this.#kept.get(digest)
    this.#kept.delete(digest)
    this.#kept.set(digest, bytes)
    this.#bytes += bytes.length - (before?.length ?? 0)
    for (const [oldest, { length }] of this.#kept) {
      if (this.#bytes <= limits.documentBytes) break
      this.#kept.delete(oldest)
      this.#bytes -= length
    }
  }
}
