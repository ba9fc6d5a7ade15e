/** What is made of several runs: the middle one, and how far they lie apart. */

export interface Summary {
  readonly median: number
  readonly min: number
  readonly max: number
  readonly count: number
}

/** @throws RangeError for none */
export function summarise(values: readonly number[]): Summary {
  if (values.length === 0) throw new RangeError('nothing was measured')
  const sorted = [...values].sort((a, b) => a - b)
  const half = sorted.length >> 1
  const upper = sorted[half]!
  const median = sorted.length % 2 === 1 ? upper : (sorted[half - 1]! + upper) / 2
  return { median, min: sorted[0]!, max: sorted.at(-1)!, count: sorted.length }
}
