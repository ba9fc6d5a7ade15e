/** From what a user names to the images of a run: catalogues are listed, everything else stays as it is. */
import { JobError } from '../errors.ts'
import { isDigest, sha256 } from '../image/digest.ts'
import { parseManifest } from '../image/manifest.ts'
import type { ImageReference } from '../image/reference.ts'
import { listRepositories, listTags } from '../image/registry/catalogue.ts'
import { matches, type Pattern, parsePattern } from '../image/registry/pattern.ts'
import type { OpenOptions } from '../image/source.ts'
import { registryClient } from '../image/sources/registry.ts'
import { inOrder } from './in-order.ts'

/** One image of a run. */
export interface Expanded {
  /** As typed, or as one could type it. */
  readonly name: string
  /** What is opened: of a catalogue the image that was listed, whatever its tag names later. */
  readonly open: string
  /** Other names of the same image. */
  readonly also?: readonly string[]
  /** Why what was typed names nothing. */
  readonly error?: JobError
}

type Options = Omit<OpenOptions, 'reader'>

const PREFIX = 'registry:'
const ASKED_AT_ONCE = 8

/** Tags under which cosign and others put what belongs to an image (sigstore/cosign, "Tag-based discovery"). */
const BESIDE = /^sha256-[0-9a-f]{64}(?:\.[a-z]+)?$/

/**
 * Each catalogue (`registry:HOST/team/*`) becomes its images, by repository, then tag; what is no image is left out with a
 * note. A catalogue that can't be read is its error.
 * @throws what is thrown for an abort
 */
export async function expand(
  targets: readonly string[],
  options: Options,
  onNote: (line: string) => void,
): Promise<Expanded[]> {
  const all: Expanded[] = []
  const seen = new Set<string>()
  for (const target of targets) {
    for (const one of await expandOne(target, options, onNote)) {
      if (seen.has(one.name)) continue
      seen.add(one.name)
      all.push(one)
    }
  }
  return all
}

async function expandOne(
  target: string,
  options: Options,
  onNote: (line: string) => void,
): Promise<readonly Expanded[]> {
  try {
    const pattern = target.startsWith(PREFIX) ? parsePattern(target.slice(PREFIX.length)) : null
    if (pattern === null) return [{ name: target, open: target }]
    if (options.offline)
      throw new JobError('unreachable', `${target} is not asked for: --offline allows no registry`)
    return await catalogue(target, pattern, options, onNote)
  } catch (error) {
    if (!(error instanceof JobError) || error.code === 'aborted') throw error
    return [{ name: target, open: target, error }]
  }
}

async function catalogue(
  target: string,
  pattern: Pattern,
  options: Options,
  onNote: (line: string) => void,
): Promise<readonly Expanded[]> {
  const skipped = new Map<string, string[]>()
  const skip = (why: string, name: string) => skipped.set(why, [...(skipped.get(why) ?? []), name])
  const { repositories, strange } = await repositoriesOf(pattern, options)
  const images: Expanded[] = []
  for await (const found of inOrder(
    repositories,
    { atOnce: ASKED_AT_ONCE, laneOf: () => '' },
    (repository, signal) => imagesOf(repository, pattern, { ...options, signal }, skip),
    options.signal,
  ))
    for (const one of found) images.push(one)
  if (strange > 0) skip('under names that no image can have', `${strange} of them`)
  for (const [why, names] of [...skipped].sort(([a], [b]) => (a < b ? -1 : 1)))
    onNote(`${target}: left out ${listed(names)}: ${why}`)
  if (images.length === 0)
    throw new JobError(
      'not-found',
      `${target} names no image: ${repositories.length} repositories fit, and no tag of an image in them`,
    )
  return images
}

async function repositoriesOf(
  { registry, repository }: Pattern,
  options: Options,
): Promise<{ readonly repositories: readonly string[]; readonly strange: number }> {
  if (!repository.includes('*')) return { repositories: [repository], strange: 0 }
  const client = await registryClient(referenceOf(registry, '', null), options, 'registry:catalog:*')
  try {
    const { names, strange } = await listRepositories(client, registry)
    return { repositories: names.filter(name => matches(repository, name)), strange }
  } finally {
    client.close()
  }
}

/** The images of one repository whose tags fit; several tags of one image are told under the first. */
async function imagesOf(
  repository: string,
  { registry, tag: wanted }: Pattern,
  options: Options,
  skip: (why: string, name: string) => void,
): Promise<readonly Expanded[]> {
  const client = await registryClient(referenceOf(registry, repository, null), options)
  const name = `${PREFIX}${registry}/${repository}`
  try {
    const { names, strange } = await listTags(client, registry, repository)
    if (strange > 0) skip('under names that no tag can have', `${strange} in ${name}`)
    const byDigest = new Map<string, string[]>()
    const tags = names.filter(tag => matches(wanted, tag))
    const lanes = { atOnce: ASKED_AT_ONCE, laneOf: () => '' }
    const ask = async (tag: string) => {
      if (BESIDE.test(tag))
        return { tag, digest: null, artifact: 'what belongs to an image (signatures, attestations)' }
      return { tag, ...(await digestOf(client, tag, referenceOf(registry, repository, tag), options)) }
    }
    for await (const { tag, digest, artifact } of inOrder(tags, lanes, ask, options.signal)) {
      if (artifact !== null) skip(artifact, `${name}:${tag}`)
      // A tag of which nothing can be told is asked again when it is its turn, and says then what is wrong.
      else byDigest.set(digest ?? tag, [...(byDigest.get(digest ?? tag) ?? []), tag])
    }
    return [...byDigest].map(([digest, [first = '', ...others]]) => ({
      name: `${name}:${first}`,
      open: isDigest(digest) ? `${name}:${first}@${digest}` : `${name}:${first}`,
      ...(others.length > 0 && { also: others.map(tag => `${name}:${tag}`) }),
    }))
  } catch (error) {
    if (!(error instanceof JobError) || error.code === 'aborted') throw error
    return [{ name, open: name, error }]
  } finally {
    client.close()
  }
}

/** Which image a tag names, or what it is instead. */
async function digestOf(
  client: Awaited<ReturnType<typeof registryClient>>,
  tag: string,
  { canonical }: ImageReference,
  { documents }: Options,
): Promise<{ readonly digest: string | null; readonly artifact: string | null }> {
  try {
    const what = `the manifest of ${canonical}`
    const { bytes } = await client.manifest(tag, what)
    const digest = sha256(bytes)
    documents?.write(digest, bytes)
    const document = parseManifest(bytes, what)
    return { digest, artifact: document.kind === 'manifest' ? document.artifact : null }
  } catch (error) {
    if (!(error instanceof JobError) || error.code === 'aborted') throw error
    return { digest: null, artifact: null }
  }
}

function referenceOf(registry: string, repository: string, tag: string | null): ImageReference {
  const canonical = `${registry}/${repository}${tag === null ? '' : `:${tag}`}`
  return { registry, repository, tag, digest: null, canonical }
}

/** The first ones, and how many more. */
function listed(names: readonly string[]): string {
  const rest = names.length - 2
  return rest > 1 ? `${names.slice(0, 2).join(', ')} and ${rest} more` : names.join(', ')
}
