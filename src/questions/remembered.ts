import type { Instant, Root } from '../model.ts'

/**
 * Asks once for each list of roots and instant: rules ask the same of a store one after another, and compare each store
 * of an image with all others.
 * @param make may look at the roots and the instant alone
 * @returns the same, whose answers are shared: nobody changes them, nor a list of roots that it was asked of
 */
export function remembered<T>(
  make: (roots: readonly Root[], at: Instant) => T,
): (roots: readonly Root[], at: Instant) => T {
  const known = new WeakMap<readonly Root[], Map<Instant, T>>()
  return (roots, at) => {
    let answers = known.get(roots)
    if (answers === undefined) {
      answers = new Map()
      known.set(roots, answers)
    }
    let answer = answers.get(at)
    if (answer === undefined) {
      answer = make(roots, at)
      answers.set(at, answer)
    }
    return answer
  }
}
