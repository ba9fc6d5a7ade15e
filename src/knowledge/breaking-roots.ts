import { readJson } from './load.ts'
import type { BreakingRoot } from './types.ts'

/**
 * Roots known to have cross-signed a root that servers still chain to: once such a root has ended, libraries that
 * follow what the server sent end there. Also those that are still to end; each with a public source.
 */
export function breakingRoots(): readonly BreakingRoot[] {
  return readJson<BreakingRoot[]>('breaking-roots.json')
}
