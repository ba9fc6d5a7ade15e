import { lstat, stat } from 'node:fs/promises'
import { JobError } from '../errors.ts'
import type { ContentReader, DocumentCache, OpenedImage, ReadOptions } from './facts.ts'
import { printable } from './path.ts'
import type { Connections } from './registry/connections.ts'
import { sources } from './sources/index.ts'

/** How images are to be opened. Everything that comes from flags and environment is handed in. */
export interface OpenOptions extends ReadOptions {
  /** What is wanted of the bytes: an image that comes as a stream can be read only once, while it is opened. */
  readonly reader: ContentReader
  /** `--platform`; null or absent: linux on this machine's architecture. */
  readonly platform?: string | null
  readonly allPlatforms?: boolean
  /** `--deep`: of a folder or a host every file, not only the known places. */
  readonly deep?: boolean
  /** No network at all: registries are an error, engines only by their socket. */
  readonly offline?: boolean
  /** `HOST` or `HOST:PORT` that may be spoken to by plain http. */
  readonly plainHttp?: readonly string[]
  /** The name stands in a stranger's file: this machine and bare addresses are asked only where plainHttp names them. */
  readonly strangers?: boolean
  /** A PEM file with the CAs to trust beside the system's. */
  readonly caFile?: string
  /** A file with credentials, instead of Docker's and Podman's own. */
  readonly authfile?: string
  /** `DOCKER_HOST`, `DOCKER_CONFIG`, `REGISTRY_AUTH_FILE`, `CONTAINER_HOST`, `HOME`, …; absent: none of them. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Milliseconds without a byte until a registry or an engine is given up; absent: limits.idleMs. */
  readonly idleMs?: number
  /** Shared by the images of one run; absent: each has its own. */
  readonly connections?: Connections
  /** Absent: every document is asked for. */
  readonly documents?: DocumentCache
  /** What `-` reads; absent: the process's standard input. */
  readonly stdin?: AsyncIterable<Uint8Array>
}

/** One kind of place that images come from. */
export interface Source {
  /** Its id: `source` of what it opens, and the prefix by which users name it. */
  readonly id: string
  /**
   * @param name what stands after the prefix
   * @param forced the user named this source; else others are asked after it, and it fails in silence
   * @returns the images, or null where it does not have this one (an engine, asked for a plain name)
   */
  open(name: string, options: OpenOptions, forced: boolean): Promise<OpenedImage[] | null>
}

/** Where a name leads: the sources to ask, in order, and what to ask them for. */
interface Route {
  readonly ids: readonly string[]
  readonly name: string
  /** The user named the source: it must have it. */
  readonly forced: boolean
}

/**
 * Opens what a user typed. Usually one image; several with `allPlatforms`, or where an archive holds several.
 * Nothing but the chosen source is loaded.
 * @throws JobError `usage`, `not-found`, `unreachable`, `unauthorized`, and all that reading can bring
 */
export async function openImages(spec: string, options: OpenOptions): Promise<OpenedImage[]> {
  return openRoute(await routeOf(spec), spec, options)
}

/**
 * Opens what a Dockerfile names: an image of an engine or of a registry, whatever else is called so here.
 * @param reference as in FROM
 * @throws JobError `usage`, `not-found`, `unreachable`, `unauthorized`, and all that reading can bring
 */
export function openReference(reference: string, options: OpenOptions): Promise<OpenedImage[]> {
  return openRoute({ ids: engineFirst, name: reference, forced: false }, reference, options)
}

async function openRoute(route: Route, spec: string, options: OpenOptions): Promise<OpenedImage[]> {
  const ids = isKnown(route, options) ? ['registry'] : route.ids
  for (const id of ids) {
    const source = await sources[id]!()
    const images = await source.open(route.name, options, route.forced)
    if (images) return images
  }
  throw new JobError(
    'not-found',
    `${printable(spec)}: ${route.ids.join(' and ')} has no such image; pull it first`,
  )
}

/** A digest that the cache knows: neither an engine nor a registry need be asked for it. */
function isKnown({ forced, name }: Route, { documents }: OpenOptions): boolean {
  const digest = /@(sha256:[0-9a-f]{64})$/.exec(name)?.[1]
  return !forced && digest !== undefined && (documents?.read(digest) ?? null) !== null
}

/** @throws JobError `usage`, `not-found` */
async function routeOf(spec: string): Promise<Route> {
  if (spec === '-') return forced('stdin', spec)
  if (spec === 'host') return forced('host', '/')
  const colon = spec.indexOf(':')
  const prefix = colon < 0 ? '' : spec.slice(0, colon)
  if (prefixes.has(prefix)) {
    const name = spec.slice(colon + 1)
    if (name === '') {
      throw new JobError(
        'usage',
        `${prefix}: needs a name after the colon, as in ${prefix}:${example(prefix)}`,
      )
    }
    if (!isVersion(prefix, name)) return forced(prefix, name)
  }
  return (await fileRoute(spec)) ?? { ids: engineFirst, name: spec, forced: false }
}

const engineFirst: readonly string[] = ['docker', 'podman', 'registry']

const prefixes = new Set(Object.keys(sources).filter(id => id !== 'stdin' && id !== 'host'))

/** `registry:2` and `docker:27-dind` are Docker Hub's images of those names, not a repository called "2". */
function isVersion(prefix: string, name: string): boolean {
  return (
    (prefix === 'registry' || prefix === 'docker') &&
    /^\d[\w.-]*$/.test(name) &&
    !/^[0-9a-f]{12,64}$/.test(name)
  )
}

function forced(id: string, name: string): Route {
  return { ids: [id], name, forced: true }
}

function example(prefix: string): string {
  if (prefix.endsWith('archive')) return 'image.tar'
  return prefix.endsWith('dir') ? './folder' : 'alpine:3.20'
}

/** A file or a folder without prefix; null where the name can only be a reference. */
async function fileRoute(spec: string): Promise<Route | null> {
  const archive = /\.(?:tar|tgz|tar\.(?:gz|zst))$/i.test(spec)
  const path = /^(?:\.{0,2}\/|~)/.test(spec) || spec === '.' || spec === '..'
  const kind = await stat(spec).catch(() => null)
  if (kind?.isDirectory()) {
    if (await lstat(`${spec}/oci-layout`).catch(() => null)) return forced('oci-dir', spec)
    if (!path) return null
    throw new JobError(
      'usage',
      `${printable(spec)} is a folder without an oci-layout file; for an unpacked root filesystem say dir:${printable(spec)}`,
    )
  }
  if (kind && archive) return forced('docker-archive', spec)
  if (kind && path) {
    throw new JobError(
      'usage',
      `${printable(spec)} is a file whose name does not end in .tar or .tar.gz; for an image archive say docker-archive:${printable(spec)}`,
    )
  }
  if (path || (archive && !spec.includes(':')))
    throw new JobError('not-found', `${printable(spec)} is not there`)
  return null
}
