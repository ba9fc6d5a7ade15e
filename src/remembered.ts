/**
 * Asks once for each object and key, as long as the object is there: rules, remedies and images that share a store ask
 * the same of it one after another.
 * @param make may look at the object and the key alone, and what it gives is never undefined
 * @returns the same, whose answers are shared: nobody changes them, nor the object
 */
export function remembered<A extends object, K, T extends NonNullable<unknown> | null>(
  make: (about: A, key: K) => T,
): (about: A, key: K) => T {
  const known = new WeakMap<A, Map<K, T>>()
  return (about, key) => {
    let answers = known.get(about)
    if (answers === undefined) {
      answers = new Map()
      known.set(about, answers)
    }
    let answer = answers.get(key)
    if (answer === undefined) {
      answer = make(about, key)
      answers.set(key, answer)
    }
    return answer
  }
}
