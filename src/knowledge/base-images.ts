import { type Maybe, unknown } from '../model.ts'
import { osReleaseId } from './distributions.ts'
import { contentsOf } from './image-contents.ts'
import { findTag, hasRepository } from './image-tags.ts'
import { officialReference } from './official-reference.ts'
import { partAsOf } from './status.ts'
import type { BaseImage } from './types.ts'

export { type Successor, successor } from './successor.ts'

/**
 * What is known of an official image.
 * @param reference `node:14`, `library/node`, `docker.io/library/node:14`; without a tag `latest`
 * @returns unknown with the reason: not an official image, no such tag, a digest
 */
export function lookupImage(reference: string): Maybe<BaseImage> {
  const official = officialReference(reference)
  if (!official) return unknown(`${reference} is not one of Docker's official images`)
  const { repo, tag, digest } = official
  const name = `docker.io/library/${repo}`
  if (digest !== null)
    return unknown(`which image ${digest} of ${name} is, is not known: a tag beside a digest says nothing`)
  if (!hasRepository(repo))
    return unknown(`there is no official image ${name} known on ${partAsOf('base-images')}`)
  const group = findTag(repo, tag)
  if (!group) return unknown(`${name} has no tag ${tag} known on ${partAsOf('base-images')}`)
  const { os } = group
  const system = os === null ? 'unknown' : os.id === 'windows' || os.id === 'scratch' ? os.id : 'linux'
  return {
    repo,
    tag,
    distribution: system === 'linux' ? { id: idOf(os!.id, os!.version), version: os!.version } : null,
    os: system,
    until: group.until,
    baseUntil: group.baseUntil,
    from: group.from,
    ...contentsOf(group),
  }
}

function idOf(id: string, version: string | null): string {
  return id === 'opensuse' && version === null ? 'opensuse-tumbleweed' : osReleaseId(id)
}
