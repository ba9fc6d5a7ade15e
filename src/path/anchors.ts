import type { Certificate } from '../trust/certificate.ts'
import type { DistinguishedName } from '../trust/names.ts'
import { foldedName, identifiersFit } from './issuers.ts'

/** A root of a store, as far as it is known before somebody asks for it by its name. */
export interface Anchor {
  readonly sha256: string
  readonly subject: DistinguishedName
  /** Called at most once, and for most roots of a store never. */
  read(): Certificate
}

/**
 * The roots of a store as clients look for them: by name, or whether it is there. Of some 140 roots that a store has, a
 * server's chain names two or three; the others are not even read.
 */
export class Anchors {
  readonly size: number
  /** In the order of the store's file, each once. */
  readonly #all: ReadonlyMap<string, Anchor>
  /** By folded subject, each in the order of the store's file; its certificates once they were asked for. */
  readonly #named = new Map<string, { readonly anchors: Anchor[]; read?: readonly Certificate[] }>()

  constructor(anchors: Iterable<Anchor>) {
    const all = new Map<string, Anchor>()
    for (const anchor of anchors) {
      if (all.has(anchor.sha256)) continue
      all.set(anchor.sha256, anchor)
      const name = foldedName(anchor.subject)
      const group = this.#named.get(name)
      if (group) group.anchors.push(anchor)
      else this.#named.set(name, { anchors: [anchor] })
    }
    this.#all = all
    this.size = all.size
  }

  /** Of certificates that are read already. */
  static of(certificates: readonly Certificate[]): Anchors {
    return new Anchors(
      certificates.map(each => ({ sha256: each.sha256, subject: each.subject, read: () => each })),
    )
  }

  /** Several stores as one, in their order. */
  static joined(stores: readonly Anchors[]): Anchors {
    return new Anchors(stores.flatMap(store => [...store.#all.values()]))
  }

  has({ sha256 }: Pick<Certificate, 'sha256'>): boolean {
    return this.#all.has(sha256)
  }

  /** Those of this subject, in the order of the store's file. */
  named(name: DistinguishedName): readonly Certificate[] {
    const group = this.#named.get(foldedName(name))
    if (!group) return none
    group.read ??= group.anchors.map(anchor => anchor.read())
    return group.read
  }

  /** Those that could have issued a certificate, by its name and by the identifiers that both carry. */
  issuersOf(certificate: Certificate): readonly Certificate[] {
    return this.named(certificate.issuer).filter(each => identifiersFit(each, certificate))
  }
}

const none: readonly Certificate[] = []
