import { rootByFingerprint, rootDer } from '../knowledge/roots.ts'
import { isUnknown, type Maybe, type Root, type TrustStore, unknown } from '../model.ts'
import { type Anchor, Anchors } from '../path/anchors.ts'
import { type Certificate, readCertificate, readSubject } from '../trust/certificate.ts'

/**
 * The certificates behind roots, for all who ask in one run. A root is looked at once, whatever number of stores holds
 * it; a list of roots is put in order once, and of those whose subject nobody asks for nothing else is read.
 */
export class Certificates {
  readonly #anchors = new Map<string, Maybe<Anchor>>()
  readonly #stores = new WeakMap<readonly Root[], Maybe<Anchors>>()
  readonly #joined = new WeakMap<Anchors, WeakMap<Anchors, Anchors>>()

  /** Unknown where the bytes of one are not at hand or can't be read. */
  of(roots: readonly Root[]): Maybe<Anchors> {
    let store = this.#stores.get(roots)
    if (store === undefined) {
      store = this.#read(roots)
      this.#stores.set(roots, store)
    }
    return store
  }

  /** Several stores as the one that a client makes of them, in their order; none: an empty one. */
  together(stores: readonly TrustStore[]): Maybe<Anchors> {
    let all = empty
    for (const { path, roots } of stores) {
      const next = this.of(roots)
      if (isUnknown(next)) return unknown(`${path} can't be held against it: ${next.unknown}`)
      all = this.#join(all, next)
    }
    return all
  }

  #join(first: Anchors, second: Anchors): Anchors {
    if (first.size === 0) return second
    const known = this.#joined.get(first) ?? new WeakMap<Anchors, Anchors>()
    this.#joined.set(first, known)
    const whole = known.get(second) ?? Anchors.joined([first, second])
    known.set(second, whole)
    return whole
  }

  #read(roots: readonly Root[]): Maybe<Anchors> {
    const found: Anchor[] = []
    for (const root of roots) {
      let anchor = this.#anchors.get(root.sha256)
      if (anchor === undefined) {
        anchor = anchorOf(root)
        this.#anchors.set(root.sha256, anchor)
      }
      if (isUnknown(anchor)) return unknown(`of its root "${root.name}" ${anchor.unknown}`)
      found.push(anchor)
    }
    return new Anchors(found)
  }
}

const empty = new Anchors([])

function anchorOf(root: Root): Maybe<Anchor> {
  const { sha256 } = root
  const der = root.der ?? builtIn(sha256)
  if (der === null) return unknown('the certificate itself is not at hand')
  // What its own reader told of it, or the built-in facts hold, can be read; another reader may have taken the rest.
  const readable = root.der === undefined || root.certificate !== undefined
  const certificate = readable ? null : readCertificate(der)
  if (certificate !== null && isUnknown(certificate)) return certificate
  const subject = certificate ? certificate.subject : readSubject(der)
  if (isUnknown(subject)) return subject
  let read = certificate
  return {
    sha256,
    subject,
    read: () => (read ??= mustRead(der)),
  }
}

function mustRead(der: Uint8Array): Certificate {
  const certificate = readCertificate(der)
  if (isUnknown(certificate)) throw new Error(`a root that was read before: ${certificate.unknown}`)
  return certificate
}

function builtIn(sha256: string): Uint8Array | null {
  const known = rootByFingerprint(sha256)
  return known === null ? null : rootDer(known.index)
}
