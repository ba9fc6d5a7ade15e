import { nearest } from '../policy/nearest.ts'

/** `; did you mean 'json'?`, or nothing where no known word is near. */
export function didYouMean(word: string, known: readonly string[]): string {
  const near = nearest(word, known)
  return near === null ? '' : `; did you mean '${near}'?`
}
