/** The facts that the trace asks for, behind an interface: tests hand in their own. */
import { lookupImage } from '../knowledge/base-images.ts'
import { endOfLife } from '../knowledge/lifecycles.ts'
import { newestRelease } from '../knowledge/releases.ts'
import { rootByFingerprint, rootByIndex, rootDer } from '../knowledge/roots.ts'
import { storeLayout } from '../knowledge/store-layouts.ts'
import type { BaseImage, KnownRoot, Release, StoreLayout } from '../knowledge/types.ts'
import type { Day, Maybe } from '../model.ts'

export interface TraceKnowledge {
  lookupImage(reference: string): Maybe<BaseImage>
  /** What an install or upgrade in this distribution release gives. */
  newestRelease(distribution: string, version: string | null): Release | null
  rootByIndex(index: number): KnownRoot
  rootBySha256(sha256: string): KnownRoot | null
  rootDer(index: number): Uint8Array
  storeLayout(distribution: string): StoreLayout | null
  endOfLife(distribution: string, version: string): Day | null
}

/** The built-in facts. */
export const builtIn: TraceKnowledge = {
  lookupImage,
  newestRelease: (distribution, version) => newestRelease(distribution, version),
  rootByIndex,
  rootBySha256: rootByFingerprint,
  rootDer,
  storeLayout,
  endOfLife,
}
