import { createHash, type Hash } from 'node:crypto'
import { JobError } from '../errors.ts'

/** The algorithms that the OCI image spec registers for digests ("Descriptors", "Registered Algorithms"). */
const hexLength: Readonly<Record<string, number>> = { sha256: 64, sha512: 128 }

/** Whether the text is a digest that can be verified: `sha256:` or `sha512:` and lower-case hex of its length. */
export function isDigest(text: unknown): text is string {
  if (typeof text !== 'string') return false
  const colon = text.indexOf(':')
  const hex = text.slice(colon + 1)
  return colon > 0 && hexLength[text.slice(0, colon)] === hex.length && /^[0-9a-f]+$/.test(hex)
}

/** `sha256:…` of some bytes. */
export function sha256(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}

/** What a stream of bytes is known to be before it is read; null where that is not known. */
export interface Expected {
  readonly digest: string | null
  readonly size: number | null
}

/**
 * Watches bytes pass and holds them against what was promised. The size is judged at once (a stranger can't send more
 * than was announced), the digest at the end.
 */
export class Verifier {
  readonly #what: string
  readonly #expected: Expected
  readonly #hash: Hash | null
  #size = 0

  /**
   * @param what the name of the bytes in messages
   * @param hashed somebody else reckons the digest of the same bytes, and gives it to {@link end}
   */
  constructor(what: string, expected: Expected, hashed = false) {
    this.#what = what
    this.#expected = expected
    this.#hash = expected.digest === null || hashed ? null : createHash(expected.digest.split(':')[0]!)
  }

  get size(): number {
    return this.#size
  }

  /** @throws JobError `digest-mismatch` when more comes than was announced */
  push(chunk: Uint8Array): void {
    this.#size += chunk.length
    const { size } = this.#expected
    if (size !== null && this.#size > size) {
      throw new JobError(
        'digest-mismatch',
        `${this.#what} has more than the ${size} bytes that its descriptor states; fetch or save the image again`,
      )
    }
    this.#hash?.update(chunk)
  }

  /**
   * @param hashed the digest of the bytes, where somebody else reckons it
   * @throws JobError `truncated` or `digest-mismatch`
   */
  end(hashed?: string): void {
    const { size, digest } = this.#expected
    if (size !== null && this.#size < size) {
      throw new JobError(
        'truncated',
        `${this.#what} ends after ${this.#size} of ${size} bytes; fetch or save the image again`,
      )
    }
    if (digest === null) return
    const found = hashed ?? `${digest.split(':')[0]}:${this.#hash!.digest('hex')}`
    if (found !== digest) {
      throw new JobError(
        'digest-mismatch',
        `${this.#what} is not what its digest says: expected ${digest}, found ${found}; fetch or save the image again`,
      )
    }
  }
}

/** Verifies bytes that are there as a whole. @throws as {@link Verifier} */
export function verify(bytes: Uint8Array, what: string, expected: Expected): void {
  const verifier = new Verifier(what, expected)
  verifier.push(bytes)
  verifier.end()
}
