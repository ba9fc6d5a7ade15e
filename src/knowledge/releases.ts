export { matchRelease, type ReleaseHints, type ReleaseMatch } from './match-release.ts'
export { allReleases, releaseById, releasesOf } from './release-list.ts'
export { baseImageRelease, newestRelease, servedOn } from './served.ts'
