/** What would mend a refusal, on the side of the image: tried on the model, and the client asked again. */
import type { Instant, Root, TrustStore } from '../model.ts'
import type { Mend, Remedy } from '../remedy/plan.ts'
import type { ClientVerdict, Judge } from './judge.ts'
import type { Mended, Subject } from './subject.ts'

export interface AfterRemedy {
  /** What the client would say then; null: it can't be told. */
  readonly accepted: boolean | null
  /** The path that it would take then, as in the verdict; empty where it can't be told. */
  readonly chain: ClientVerdict['chain']
  readonly remedy: Remedy
}

/** The reasons that a change of the image can take away: a store, or the library that reads it. */
const ofTheStore: ReadonlySet<string> = new Set([
  'certificate-expired',
  'unknown-issuer',
  'self-signed',
  'no-store',
  'weak-signature',
  'weak-key',
])

/** Finds remedies for one server's verdicts; what mends one program is tried once for all. */
export class Remedies {
  readonly #subject: Subject
  readonly #judge: Judge
  readonly #at: Instant
  readonly #tried = new Map<string, readonly Mended[]>()

  /** @param judge that of the verdicts */
  constructor(subject: Subject, judge: Judge, at: Instant) {
    this.#subject = subject
    this.#judge = judge
    this.#at = at
  }

  /** The first that makes the client accept, else the first of which nobody can tell; null: none is known. */
  for(verdict: ClientVerdict): AfterRemedy | null {
    if (verdict.accepted !== false || verdict.reason === null || !ofTheStore.has(verdict.reason)) return null
    let doubtful: AfterRemedy | null = null
    let failed: AfterRemedy | null = null
    for (const mend of this.#mends(verdict)) {
      for (const { candidate, after } of this.#mended(mend)) {
        const again = this.#ask(verdict, after)
        const { doubt, ...remedy } = candidate
        const accepted = again?.accepted ?? null
        const result = {
          accepted,
          chain: again?.chain ?? [],
          remedy: { ...remedy, proven: accepted === true && doubt === undefined },
        }
        if (accepted === true) return result
        if (accepted === null) doubtful ??= result
        else failed ??= result
      }
    }
    return doubtful ?? failed
  }

  #mends(verdict: ClientVerdict): Mend[] {
    const { store } = verdict
    if (store === null) return [{ kind: 'install-store' }, ...this.#subject.renewals]
    const expired = expiredOnTheWay(verdict, store, this.#at)
    const removal: Mend[] =
      expired.length > 0 ? [{ kind: 'remove-roots', store: store.path, roots: expired }] : []
    return [...removal, ...this.#subject.renewals]
  }

  #mended(mend: Mend): readonly Mended[] {
    const key = JSON.stringify(mend, (_, value) => (value instanceof Uint8Array ? undefined : value))
    let found = this.#tried.get(key)
    if (found === undefined) {
      found = this.#subject.mended(mend)
      if (found.length === 0 && mend.kind === 'remove-roots') found = [withoutRoots(this.#subject, mend)]
      this.#tried.set(key, found)
    }
    return found
  }

  #ask(verdict: ClientVerdict, after: Mended['after']): ClientVerdict | null {
    const { program, path } = verdict.client.client
    const same = after.clients.find(({ client }) => client.program === program && client.path === path)
    return same ? this.#judge.ask(same, after.model) : null
  }
}

/** The expired roots of the store that the path runs into, or that it would run into next. */
function expiredOnTheWay({ chain, brokenBy }: ClientVerdict, store: TrustStore, at: Instant): Root[] {
  const on = new Set([...chain, ...(brokenBy === null ? [] : [brokenBy])])
  return store.roots.filter(({ sha256, notAfter }) => notAfter < at && on.has(sha256))
}

/** A store by itself has nothing that could be run: what would be true without the roots can still be told. */
function withoutRoots(subject: Subject, { store, roots }: Extract<Mend, { kind: 'remove-roots' }>): Mended {
  const gone = new Set(roots.map(({ sha256 }) => sha256))
  const stores = subject.model.stores.map(each =>
    each.path === store ? { ...each, roots: each.roots.filter(({ sha256 }) => !gone.has(sha256)) } : each,
  )
  return {
    candidate: {
      summary: `Take ${roots.map(({ name }) => name).join(' and ')} out of ${store}`,
      steps: [],
      fixable: false,
    },
    after: { model: { ...subject.model, stores }, clients: subject.clients },
  }
}
