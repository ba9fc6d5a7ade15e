/** A reference into the official library. */
export interface OfficialReference {
  readonly repo: string
  readonly tag: string
  readonly digest: string | null
}

/**
 * Names under which the official library is to be had: Docker Hub's own, and mirrors that say of themselves that they
 * serve it under this path (https://gallery.ecr.aws/docker, https://cloud.google.com/artifact-registry/docs/pull-cached-dockerhub-images).
 */
const homes = [
  'docker.io/library/',
  'index.docker.io/library/',
  'registry-1.docker.io/library/',
  'registry.hub.docker.com/library/',
  'public.ecr.aws/docker/library/',
  'mirror.gcr.io/library/',
  'library/',
]

/**
 * Reads a reference as people write it.
 * @returns null where it does not name the official library
 */
export function officialReference(reference: string): OfficialReference | null {
  const at = reference.indexOf('@')
  const digest = at < 0 ? null : reference.slice(at + 1)
  let name = at < 0 ? reference : reference.slice(0, at)
  const home = homes.find(prefix => name.startsWith(prefix))
  if (home) name = name.slice(home.length)
  else if (/^(?:index\.)?docker\.io\//.test(name)) name = name.slice(name.indexOf('/') + 1)
  if (name.includes('/')) return null
  const colon = name.indexOf(':')
  const repo = colon < 0 ? name : name.slice(0, colon)
  const tag = colon < 0 ? 'latest' : name.slice(colon + 1)
  if (!/^[a-z0-9]+(?:[._-]+[a-z0-9]+)*$/.test(repo) || !/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/.test(tag))
    return null
  return { repo, tag, digest }
}
