import { JobError } from '../errors.ts'
import { isDigest } from './digest.ts'
import { printable } from './path.ts'

/** A name of an image in a registry, normalised. */
export interface ImageReference {
  /** `docker.io`, `localhost:5000`: as it stands in the canonical name. */
  readonly registry: string
  /** `library/alpine` */
  readonly repository: string
  /** Null where only a digest is given. */
  readonly tag: string | null
  readonly digest: string | null
  /** `docker.io/library/alpine:3.11` */
  readonly canonical: string
}

// The grammar of distribution/reference (reference.go, normalize.go), the same in Docker, containerd and Podman.
const DOMAIN_PART = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])'
const DOMAIN = new RegExp(`^(?:${DOMAIN_PART}(?:\\.${DOMAIN_PART})*|\\[(?:[a-fA-F0-9:]+)\\])(?::[0-9]+)?$`)
const PATH = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/
const TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/
const MOST_NAME = 255

/**
 * Reads a reference as users type it: `alpine`, `alpine:3.11`, `ghcr.io/o/i:t`, `localhost:5000/a@sha256:…`.
 * The first part is a registry where it has a dot or a colon, is `localhost`, or has a capital; else it is Docker Hub,
 * and a single name there lies in `library/`. Without tag and digest the tag is `latest`.
 * @throws JobError `usage`
 */
export function parseReference(text: string): ImageReference {
  const bad = (why: string) =>
    new JobError('usage', `${printable(text) || 'an empty name'} is no image reference: ${why}`)
  const at = text.indexOf('@')
  const digest = at < 0 ? null : text.slice(at + 1)
  if (digest !== null && !isDigest(digest)) {
    throw bad('after @ comes sha256: and 64 digits of lower-case hex')
  }
  const named = at < 0 ? text : text.slice(0, at)
  const colon = named.indexOf(':', named.lastIndexOf('/') + 1)
  const tag = colon < 0 ? null : named.slice(colon + 1)
  if (tag !== null && !TAG.test(tag)) throw bad('the tag has letters, digits, _ . - and at most 128 of them')
  const name = colon < 0 ? named : named.slice(0, colon)
  const { registry, repository } = splitName(name)
  if (!DOMAIN.test(registry)) throw bad(`${printable(registry)} is no registry's name`)
  if (!PATH.test(repository)) {
    const upper = repository !== repository.toLowerCase()
    throw bad(upper ? 'a repository is written in lower case' : 'say it as REGISTRY/REPOSITORY:TAG')
  }
  if (name.length > MOST_NAME) throw bad(`the name has more than ${MOST_NAME} characters`)
  // 64 digits of hex are an engine's image id, in no registry a name.
  if (registry === 'docker.io' && /^[0-9a-f]{64}$/.test(name)) throw bad('it is an image id; say docker:ID')
  const shown = tag ?? (digest === null ? 'latest' : null)
  return {
    registry,
    repository,
    tag: shown,
    digest,
    canonical: `${registry}/${repository}${shown === null ? '' : `:${shown}`}${digest === null ? '' : `@${digest}`}`,
  }
}

/** May a repository be called so? */
export function isRepository(name: string): boolean {
  return name.length <= MOST_NAME && PATH.test(name)
}

/** May a tag be called so? */
export function isTag(name: string): boolean {
  return TAG.test(name)
}

function splitName(name: string): { readonly registry: string; readonly repository: string } {
  const slash = name.indexOf('/')
  const first = slash < 0 ? '' : name.slice(0, slash)
  const isRegistry = /[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase()
  if (!isRegistry) return { registry: 'docker.io', repository: slash < 0 ? `library/${name}` : name }
  const rest = name.slice(slash + 1)
  if (first !== 'docker.io' && first !== 'index.docker.io') return { registry: first, repository: rest }
  return { registry: 'docker.io', repository: rest.includes('/') ? rest : `library/${rest}` }
}
