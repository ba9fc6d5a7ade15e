import type { Location, TrustStore } from '../model.ts'

/** Where a store is in an image. */
export function placeOf({ path, layer }: TrustStore): Location {
  return layer === null ? { path } : { path, layer }
}
