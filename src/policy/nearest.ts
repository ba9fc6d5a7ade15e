/** Edits that turn one word into the other, two neighbours swapped counted as one (optimal string alignment). */
function distance(a: string, b: string): number {
  let before: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = last[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      let least = Math.min(change, last[j]! + 1, row[j - 1]! + 1)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, before[j - 2]! + 1)
      row.push(least)
    }
    before = last
    last = row
  }
  return last[b.length]!
}

/** Words longer than this are no slip of anybody's finger. */
const longest = 40

/** The word that was probably meant; null where none is near. */
export function nearest(word: string, known: readonly string[]): string | null {
  if (word.length > longest) return null
  const whole = known.find(each => each.length > 3 && word.toLowerCase().startsWith(each.toLowerCase()))
  if (whole !== undefined) return whole
  const near = known
    .map(each => ({ each, edits: distance(word.toLowerCase(), each.toLowerCase()) }))
    .sort((a, b) => a.edits - b.edits)[0]
  return near !== undefined && near.edits <= Math.max(1, Math.floor(near.each.length / 3)) ? near.each : null
}
