/** The clients and stores of an image, and what mending it would make of them. */
import type { ImageModel, Instant, TrustStore } from '../model.ts'
import { newestOfLine } from '../questions/line.ts'
import { newerBases } from '../questions/successor.ts'
import { applyToImage } from '../remedy/apply.ts'
import { choose } from '../remedy/choose.ts'
import { buildRemedy } from '../report/build.ts'
import type { Subject, SubjectClient } from './subject.ts'

/** @param clients those of the model that are asked; absent: all */
export function imageSubject(
  model: ImageModel,
  at: Instant,
  clients: readonly SubjectClient[] = model.clients.map(client => ({ client })),
): Subject {
  const { kind, source, reference, digest, platform, distribution } = model
  return {
    image: {
      kind,
      source,
      reference,
      digest,
      platform,
      distribution: distribution ? { ...distribution } : null,
      file: null,
    },
    model,
    clients,
    unknowns: model.unknowns,
    renewals: [...(offersMore(model) ? [{ kind: 'upgrade-store' } as const] : []), ...newerBases(model, at)],
    mended: mend =>
      choose(mend, model, at).flatMap(candidate => {
        const after = applyToImage(model, candidate.steps)
        return after === null ? [] : [{ candidate, after: { model: after, clients: follow(clients, after) } }]
      }),
    rendered: remedy => buildRemedy(remedy, model),
  }
}

/** The same clients in a changed model: on another base they may have another library. */
function follow(clients: readonly SubjectClient[], { clients: now }: ImageModel): SubjectClient[] {
  return clients.flatMap(subject => {
    const { program, path } = subject.client
    const same = now.find(each => each.program === program && each.path === path)
    return same ? [{ ...subject, client: same }] : []
  })
}

/** Does the newest release of the line bring other roots than a store of the image has? */
function offersMore(model: ImageModel): boolean {
  return model.stores.some(store => {
    const newest = newestOfLine(model, store)
    return newest !== null && differ(store, newest)
  })
}

function differ({ roots }: TrustStore, newest: readonly { readonly sha256: string }[]): boolean {
  const here = new Set(roots.map(({ sha256 }) => sha256))
  return newest.length !== here.size || newest.some(({ sha256 }) => !here.has(sha256))
}
