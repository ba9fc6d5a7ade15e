/** The built-in facts: public truths about roots, releases, images and libraries. Nothing is read before it is asked for. */
export { lookupImage, successor } from './base-images.ts'
export { endOfLife, isSupported, lifecycle, lifecyclesOf, newestSupported } from './lifecycles.ts'
export {
  baseImageRelease,
  matchRelease,
  newestRelease,
  releaseById,
  releasesOf,
  servedOn,
} from './releases.ts'
export {
  allRoots,
  breakingRoots,
  rootByFingerprint,
  rootByIndex,
  rootDer,
  rootsByName,
  statusAt,
  trustedByMozillaAt,
} from './roots.ts'
export { knowledgeDate, knowledgeInputs, knowledgeParts } from './status.ts'
export { storeLayout } from './store-layouts.ts'
export { failsOnExpiredCrossSign, tlsLibrariesOf } from './tls-libraries.ts'
export type * from './types.ts'
