/** The facts that the trace asks for, behind an interface: tests hand in their own. */
import { lookupImage } from '../knowledge/base-images.ts'
import { endOfLife } from '../knowledge/lifecycles.ts'
import { newestRelease } from '../knowledge/releases.ts'
import { rootByFingerprint, rootByIndex, rootDer } from '../knowledge/roots.ts'
import { storeLayout } from '../knowledge/store-layouts.ts'
import type { BaseImage, KnownRoot, Release, StoreLayout } from '../knowledge/types.ts'
import type { Day, Maybe } from '../model.ts'
import { Recent } from '../recent.ts'
import type { ScannedImage } from './scanned.ts'

export interface TraceKnowledge {
  lookupImage(reference: string): Maybe<BaseImage>
  /**
   * What was read of an image where base images are scanned; unknown: it could not be read, with the reason;
   * undefined: nobody looked.
   * @param platform as FROM or the build asks for it; null: nobody does
   */
  scannedImage?(reference: string, platform: string | null): Maybe<ScannedImage> | undefined
  /** What an install or upgrade in this distribution release gives. */
  newestRelease(distribution: string, version: string | null): Release | null
  rootByIndex(index: number): KnownRoot
  rootBySha256(sha256: string): KnownRoot | null
  rootDer(index: number): Uint8Array
  storeLayout(distribution: string): StoreLayout | null
  endOfLife(distribution: string, version: string): Day | null
}

/** Images and lines that are kept at hand: a few dozen stand under most Dockerfiles. */
const MOST = 500
const images = new Recent<string, Maybe<BaseImage>>(MOST)
const newest = new Recent<string, { readonly release: Release | null }>(MOST)

/** The built-in facts. */
export const builtIn: TraceKnowledge = {
  lookupImage: reference => images.get(reference, () => lookupImage(reference)),
  newestRelease: (distribution, version) =>
    newest.get(`${distribution} ${version}`, () => ({ release: newestRelease(distribution, version) }))
      .release,
  rootByIndex,
  rootBySha256: rootByFingerprint,
  rootDer,
  storeLayout,
  endOfLife,
}
