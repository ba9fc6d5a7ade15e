/** What each client of a subject says of a chain that a server sent. */
import { type KnownProfile, profileFor } from '../knowledge/tls-profiles.ts'
import {
  type Client,
  type ImageModel,
  type Instant,
  isUnknown,
  type Maybe,
  type TrustStore,
  unknown,
} from '../model.ts'
import type { Anchors } from '../path/anchors.ts'
import { predict } from '../path/predict.ts'
import type { Verdict } from '../path/verdict.ts'
import type { Certificate } from '../trust/certificate.ts'
import type { Certificates } from './certificates.ts'
import type { SubjectClient } from './subject.ts'

/** A server as its clients see it. */
export interface Sent {
  readonly host: string
  /** As received, the server's own first. */
  readonly certificates: readonly Certificate[]
}

export interface ClientVerdict extends Verdict {
  readonly client: SubjectClient
  /** The store that the path ends in, else the first that it reads; null: it reads none, or that is not known. */
  readonly store: TrustStore | null
  /** Null where the client's way is not known. */
  readonly basis: KnownProfile['basis'] | null
}

/** Asks clients of one server; those of one way and one store build their paths once. */
export class Judge {
  readonly #sent: Sent
  readonly #at: Instant
  readonly #certificates: Certificates
  /** By store, then by all that a client's way is told by. */
  readonly #verdicts = new WeakMap<Anchors, Map<string, Verdict>>()

  constructor(sent: Sent, at: Instant, certificates: Certificates) {
    this.#sent = sent
    this.#at = at
    this.#certificates = certificates
  }

  /** @param model the subject's, or what it would be after a remedy */
  ask(subject: SubjectClient, model: ImageModel): ClientVerdict {
    const stores = readBy(subject.client, model)
    const [first = null] = isUnknown(stores) ? [] : stores
    const cannot = (why: string, basis: ClientVerdict['basis'] = null): ClientVerdict => ({
      ...nothing,
      why,
      client: subject,
      store: first,
      basis,
    })
    if (subject.unknown !== undefined) return cannot(subject.unknown)
    const { client, foretold } = subject
    const known = subject.known ?? profileFor(client)
    if (isUnknown(known)) return cannot(known.unknown)
    const basis = foretold ? 'nearest' : known.basis
    if (isUnknown(stores)) return cannot(stores.unknown, basis)
    const trusted = this.#certificates.together(stores)
    if (isUnknown(trusted)) return cannot(trusted.unknown, basis)
    const verdict = this.#predict(trusted, known)
    const missing = verdict.reason === 'unknown-issuer' || verdict.reason === 'self-signed'
    const broken = stores.find(store => store.broken !== undefined && store.broken.length > 0)
    if (missing && broken)
      return cannot(
        `${broken.path} holds certificates that can't be read, and the one that is missing may be among them`,
        basis,
      )
    const anchor = verdict.chain.at(-1)
    const end = stores.find(store => store.roots.some(({ sha256 }) => sha256 === anchor))
    return { ...verdict, client: subject, store: end ?? first, basis }
  }

  #predict(store: Anchors, { profile, otherwise }: KnownProfile): Verdict {
    const asked = this.#verdicts.get(store) ?? new Map<string, Verdict>()
    this.#verdicts.set(store, asked)
    const way = JSON.stringify([profile, otherwise])
    let verdict = asked.get(way)
    if (verdict === undefined) {
      const { host, certificates: sent } = this.#sent
      verdict = predict({ sent, store, host, at: this.#at, purpose: 'server' }, { profile, otherwise })
      asked.set(way, verdict)
    }
    return verdict
  }
}

const nothing = { accepted: null, reason: null, chain: [], brokenBy: null } as const

/** The stores that a client reads, as the model has them. */
function readBy({ program, reads }: Client, model: ImageModel): Maybe<readonly TrustStore[]> {
  if (reads === undefined) {
    const named = model.stores.filter(({ consumers }) => consumers.includes(program))
    return named.length > 0 ? named : unknown(`where ${program} looks for roots is not known`)
  }
  const found = reads.map(path =>
    model.stores.find(store => store.path === path || store.aliases.includes(path)),
  )
  return [...new Set(found.filter(store => store !== undefined))]
}
