/** What can't be judged of an image: said beside the findings, so that nobody takes silence for health. */
import type { ImageModel, Instant, UnknownEntry } from '../model.ts'
import { placeOf } from '../questions/place.ts'
import { isAllowed } from '../questions/policy.ts'
import { isPublicStore, strangers } from '../questions/public-store.ts'
import { count, enumerate, shorten } from '../questions/words.ts'
import type { JudgeContext } from '../rule.ts'

/**
 * One entry for each store with roots of no public program of which nobody can tell whose they are: `unknown-root` is
 * silent there. Sorted by path.
 */
export function unjudged(
  model: ImageModel,
  { at, policy }: { readonly at: Instant; readonly policy?: JudgeContext['policy'] },
): UnknownEntry[] {
  return model.stores.flatMap(store => {
    const doubtful = strangers(model, store, at).doubtful.filter(root => !isAllowed(policy, root))
    if (doubtful.length === 0) return []
    const named = enumerate(doubtful.map(({ name }) => shorten(name)))
    const why = isPublicStore(model, store)
      ? `the store may be newer than the built-in facts: ${named}`
      : `what program the store is made from is not known here: ${named}`
    const whose = `whose ${count(doubtful.length, 'root')} of ${shorten(store.path)} ${doubtful.length === 1 ? 'is' : 'are'}`
    return [{ what: whose, why, location: placeOf(store) }]
  })
}
