import { nearest } from '../policy/nearest.ts'

/** `; did you mean 'json'?`, or nothing where no known word is near, or begins so. */
export function didYouMean(word: string, known: readonly string[]): string {
  const begun = word.length < 4 ? [] : known.filter(each => each.startsWith(word))
  const near = nearest(word, known) ?? (begun.length === 1 ? begun[0] : null)
  return near ? `; did you mean '${near}'?` : ''
}
