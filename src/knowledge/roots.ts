export { breakingRoots } from './breaking-roots.ts'
export { neededRoots } from './needed-roots.ts'
export { allRoots, rootByFingerprint, rootByIndex, rootDer, rootsByName } from './root-list.ts'
export {
  type Incident,
  incidents,
  type RootStatus,
  type StatusAt,
  statusAt,
  trustedByMozillaAt,
} from './root-status.ts'
