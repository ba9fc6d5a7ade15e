/** Which Dockerfiles of a repository are taken: a sample that stays the same while others come and go. */
import { createHash } from 'node:crypto'

/**
 * At most `most` of these paths, sorted; which ones depends on the seed and on each path alone.
 */
export function sample(paths: readonly string[], most: number, seed: string): string[] {
  if (paths.length <= most) return [...paths].sort()
  return byChance(paths, seed).slice(0, most).sort()
}

/** The same strings in an order that only the seed decides. */
export function byChance(strings: readonly string[], seed: string): string[] {
  const keyed = strings.map(text => ({
    text,
    key: createHash('sha256').update(`${seed}\n${text}`).digest('hex'),
  }))
  return keyed.sort((a, b) => (a.key < b.key ? -1 : 1)).map(({ text }) => text)
}
