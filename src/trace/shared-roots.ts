/** What is made of a release's roots, kept for as long as the release: many stages stand on the same few. */
import type { Root } from '../model.ts'
import type { TraceKnowledge } from './knowledge.ts'

/** By who gives out the roots of numbers, then by what the value is made of. */
const kept = new WeakMap<TraceKnowledge['rootByIndex'], WeakMap<object, unknown>>()

/** What `make` gives for an object of the knowledge: made once, and not to be changed. */
export function sharedBy<T>({ rootByIndex }: TraceKnowledge, key: object, make: () => T): T {
  let values = kept.get(rootByIndex)
  if (!values) {
    values = new WeakMap()
    kept.set(rootByIndex, values)
  }
  if (!values.has(key)) values.set(key, make())
  return values.get(key) as T
}

/** A known root, as models have it. */
export function modelRoot(knowledge: TraceKnowledge, index: number): Root {
  const known = knowledge.rootByIndex(index)
  return sharedBy(knowledge, known, () => {
    const { sha256, name, notBefore, notAfter } = known
    return { sha256, name, notBefore, notAfter }
  })
}
