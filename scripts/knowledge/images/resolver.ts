/** Follows an official image's Dockerfile, and those of its bases as they were on its day. */
import type { BuildContext } from '../../../src/dockerfile/context.ts'
import { osReleaseId } from '../../../src/knowledge/distributions.ts'
import { officialReference } from '../../../src/knowledge/official-reference.ts'
import { newestRelease } from '../../../src/knowledge/releases.ts'
import type { BaseImage, BaseStore } from '../../../src/knowledge/types.ts'
import { type Day, isUnknown, type Maybe, unknown } from '../../../src/model.ts'
import { builtIn } from '../../../src/trace/knowledge.ts'
import type { DockerfileModel, StoreOrigin, TracedStage, TracedStore } from '../../../src/trace/state.ts'
import { traceDockerfile } from '../../../src/trace/trace.ts'
import { dockerfileOf, type EntryFile, entryContext } from './files.ts'
import type { Entry, LibraryHistory } from './library.ts'
import type { Mirrors } from './mirrors.ts'
import {
  type Distribution,
  frozenOn,
  packagesThatMatter,
  type Seen,
  type SeenStore,
  unseen,
  variablesThatMatter,
} from './seen.ts'

const deepest = 12

/** What a base that no Dockerfile explains holds: a distribution's root filesystem. */
export type Ground = (repo: string, entry: Entry, tag: string, day: Day | null) => Seen | null

export class Resolver {
  readonly #mirrors: Mirrors
  readonly #history: LibraryHistory
  readonly #ground: Ground
  /** By the content of a Dockerfile. */
  readonly #asked = new Map<string, Needs>()
  readonly #seen = new Map<string, Seen>()
  readonly #images = new Map<string, Seen>()
  traced = 0

  constructor(mirrors: Mirrors, history: LibraryHistory, ground: Ground) {
    this.#mirrors = mirrors
    this.#history = history
    this.#ground = ground
  }

  /** An image by its reference, as those that stood on it on that day found it. */
  image(reference: string, day: Day | null, depth = 0): Seen {
    const official = officialReference(reference)
    if (!official) return unseen(`${reference} is not one of Docker's official images`)
    const { repo, tag, digest } = official
    if (digest !== null) return unseen(`which image ${reference} is, is not known`)
    const key = `${repo}:${tag} ${day ?? ''}`
    const known = this.#images.get(key)
    if (known) return known
    const found = this.#history.entryAt(repo, tag, day)
    const seen = found
      ? frozenOn(this.entry(repo, tag, found.entry, found.dropped ?? day, depth), found.dropped)
      : unseen(`there was no ${repo}:${tag}`)
    this.#images.set(key, seen)
    return seen
  }

  canRead(entry: Entry): boolean {
    return dockerfileOf(this.#mirrors, entry) !== null
  }

  /** What an entry of the library was built to. */
  entry(repo: string, tag: string, entry: Entry, day: Day | null, depth = 0): Seen {
    const ground = this.#ground(repo, entry, tag, day)
    if (ground) return ground
    if (depth > deepest) return unseen(`the bases of ${repo}:${tag} lead nowhere`)
    const file = dockerfileOf(this.#mirrors, entry)
    if (!file)
      return unseen(`the Dockerfile of ${entry.source}@${entry.commit} ${entry.dir} could not be read`)
    return this.#followed(entry, file, day, depth)
  }

  #followed(entry: Entry, file: EntryFile, day: Day | null, depth: number): Seen {
    const text = withoutVersions(file.text)
    const asked = this.#asked.get(text)
    if (asked) {
      const known = this.#seen.get(this.#key(entry, text, asked, day, depth))
      if (known) return known
    }
    const needs = asked ?? { references: new Set<string>(), files: new Set<string>() }
    const context = entryContext(this.#mirrors, entry, path => needs.files.add(path))
    const seen = new Tracing(reference => {
      needs.references.add(reference)
      return this.image(reference, day, depth + 1)
    }, context).run(file.text, file.path)
    this.traced++
    this.#asked.set(text, needs)
    this.#seen.set(this.#key(entry, text, needs, day, depth), seen)
    return seen
  }

  /** A Dockerfile gives the same where its bases and the files beside it are the same. */
  #key(entry: Entry, text: string, needs: Needs, day: Day | null, depth: number): string {
    const bases = [...needs.references].sort().map(reference => this.image(reference, day, depth + 1))
    const objects: (string | null)[] = []
    const context = entryContext(this.#mirrors, entry, (_path, object) => objects.push(object))
    for (const path of [...needs.files].sort()) context.read(path)
    return `${text} ${objects.join(' ')} ${JSON.stringify(bases)}`
  }
}

/**
 * Dockerfiles of one series differ in the version of what they bring alone, which moves no store: `FROM` and names that
 * go on in a number (`libssl1.1`) stay.
 */
function withoutVersions(text: string): string {
  return text
    .replace(/[0-9A-Fa-f]{32,}/g, 'H')
    .split('\n')
    .map(line => {
      if (/^\s*(FROM|COPY)\b/i.test(line)) return line
      return line
        .replace(
          /^(\s*(?:ENV|ARG)\s+\w*(?:VERSION|SHA\w*|URL|BUILD|RELEASE|REVISION|MD5|COMMIT)[ =])[^\\]*/,
          '$1V',
        )
        .replace(/(?<![A-Za-uw-z\d.])\d+(?:\.\d+)+(?:[a-z-]*\d+)*/g, 'V')
    })
    .join('\n')
}

/** What a Dockerfile asked for. */
interface Needs {
  readonly references: Set<string>
  readonly files: Set<string>
}

/** One run of the trace, with the bases that were seen instead of the built-in ones. */
class Tracing {
  readonly #look: (reference: string) => Seen
  readonly #context: BuildContext
  readonly #bases = new Map<string, Seen>()

  constructor(look: (reference: string) => Seen, context: BuildContext) {
    this.#look = look
    this.#context = context
  }

  run(text: string, path: string): Seen {
    let model: DockerfileModel
    try {
      model = traceDockerfile(text, {
        file: path,
        platform: 'linux/amd64',
        context: this.#context,
        knowledge: { ...builtIn, lookupImage: reference => this.#lookup(reference) },
      })
    } catch (error) {
      return unseen(`its Dockerfile could not be read: ${(error as Error).message}`)
    }
    const stage = model.final
    if (!stage) return unseen('its Dockerfile has no stage')
    const base = this.#baseOf(model, stage)
    const { stores, tool, packages, env, user } = stage.final
    const variables = [...env].filter(([name]) => variablesThatMatter.test(name)).sort()
    const seenStores = isUnknown(stores) ? stores : stores.map(store => this.#store(model, stage, store))
    const named = isUnknown(packages)
      ? null
      : [...packages].filter(name => packagesThatMatter.test(name)).sort()
    return {
      distribution: base.distribution,
      stores: seenStores,
      tool: isUnknown(stores) ? stores : tool,
      packages: isUnknown(packages) ? null : withStorePackage({ packages: named, stores: seenStores, tool }),
      env: Object.fromEntries(variables.map(([name, value]) => [name, isUnknown(value) ? null : value])),
      user,
      keystores: keystoresOf(
        stage,
        path,
        base.reference === null ? [] : (this.#bases.get(base.reference)?.keystores ?? []),
      ),
      frozen: base.frozen,
      from: base.reference === 'scratch' ? null : base.reference,
    }
  }

  #lookup(reference: string): Maybe<BaseImage> {
    const seen = this.#look(reference)
    this.#bases.set(reference, seen)
    if (seen.distribution === null && isUnknown(seen.stores)) return unknown(seen.stores.unknown)
    return asBase(reference, seen)
  }

  /** What is under a stage, through the stages that it stands on. */
  #baseOf(
    model: DockerfileModel,
    stage: TracedStage,
  ): { reference: string | null; distribution: Distribution | null; frozen: Day | null } {
    const { base } = stage
    switch (base.kind) {
      case 'stage':
        return this.#baseOf(model, model.stages[base.index]!)
      case 'scratch':
        return { reference: 'scratch', distribution: null, frozen: null }
      case 'unknown':
      case 'image': {
        const seen = this.#bases.get(base.reference)
        return {
          reference: base.reference,
          distribution: seen?.distribution ?? null,
          frozen: seen?.frozen ?? null,
        }
      }
    }
  }

  #store(model: DockerfileModel, stage: TracedStage, store: TracedStore): SeenStore {
    const { path, aliases } = store
    return { path, aliases, ...this.#told(model, stage, store, store.origin) }
  }

  #told(
    model: DockerfileModel,
    stage: TracedStage,
    store: TracedStore,
    origin: StoreOrigin,
  ): Pick<SeenStore, 'how' | 'distribution' | 'day'> {
    switch (origin.kind) {
      case 'install':
        return { how: 'package', distribution: this.#baseOf(model, stage).distribution, day: null }
      case 'base': {
        const seen = this.#bases.get(origin.reference)
        const below = seen && !isUnknown(seen.stores) ? seen.stores : []
        const twin = below.find(one => one.path === store.path) ?? (below.length === 1 ? below[0] : undefined)
        if (twin) return { how: twin.how, distribution: twin.distribution, day: twin.day }
        break
      }
      case 'copy': {
        const { from, was } = origin
        if (from === null || was === null) break
        const source = model.stages.find(one => one.name === from || String(one.index) === from)
        return this.#told(model, source ?? stage, store, was)
      }
      case 'edit':
        if (origin.was === null || store.release === null || store.match === 'unknown') break
        return this.#told(model, stage, store, origin.was)
    }
    return { how: 'other', distribution: null, day: null }
  }
}

/**
 * A Java that the Dockerfile itself puts under JAVA_HOME has a store of its own; Debian's packages share one.
 * @param path of the Dockerfile: it tells a JRE from a JDK, whose version 8 keeps its JRE in a folder of its own
 */
function keystoresOf(stage: TracedStage, path: string, below: readonly string[]): readonly string[] {
  const { env, packages } = stage.final
  if (below.length > 0) return below
  const home = env.get('JAVA_HOME')
  if (!isUnknown(packages) && packages.has('ca-certificates-java')) return ['/etc/ssl/certs/java/cacerts']
  if (typeof home !== 'string' || !home.startsWith('/') || stage.base.kind === 'scratch') return []
  const version = env.get('JAVA_VERSION')
  if (typeof version !== 'string') return []
  const old = /^(jdk-?)?(1\.[678]|[678](u|\.|$))/i.test(version)
  if (old && !/\b(jre|jdk)\b/.test(path)) return []
  return [`${home.replace(/\/+$/, '')}${old && /\bjdk\b/.test(path) ? '/jre' : ''}/lib/security/cacerts`]
}

/** Where the package brought the store, it is there, whatever else is. */
function withStorePackage({ packages, stores, tool }: Pick<Seen, 'packages' | 'stores' | 'tool'>): string[] {
  const brought = !isUnknown(stores) && tool === true && stores.some(({ how }) => how === 'package')
  return [...new Set([...(brought ? ['ca-certificates'] : []), ...(packages ?? [])])].sort()
}

/** In the form in which the trace takes it. The newest release stands for whichever it is. */
function asBase(reference: string, seen: Seen): BaseImage {
  const { distribution } = seen
  const official = officialReference(reference)
  return {
    repo: official?.repo ?? reference,
    tag: official?.tag ?? '',
    distribution: distribution && { id: osReleaseId(distribution.id), version: distribution.version },
    os: distribution?.id === 'windows' ? 'windows' : distribution?.id === 'scratch' ? 'scratch' : 'linux',
    until: null,
    baseUntil: null,
    from: null,
    stores: isUnknown(seen.stores)
      ? seen.stores
      : seen.stores.map(
          (store): BaseStore => ({
            path: store.path,
            aliases: store.aliases,
            release:
              store.how === 'other' || !store.distribution
                ? null
                : newestRelease(store.distribution.id, store.distribution.version),
            source: '',
          }),
        ),
    tool: seen.tool,
    packages: withStorePackage(seen),
    env: seen.env,
    user: seen.user,
    keystores: seen.keystores,
  }
}
