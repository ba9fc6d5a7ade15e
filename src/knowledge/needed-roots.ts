import { readJson } from './load.ts'
import type { NeededRoot } from './types.ts'

/** Roots without which widely used public services can't be reached, each with the service's own notice. */
export function neededRoots(): readonly NeededRoot[] {
  return readJson<NeededRoot[]>('needed-roots.json')
}
