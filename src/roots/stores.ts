/** The stores of a TARGET as `roots` looks at them: read from an image, traced along a Dockerfile, or a release's own. */
import { JobError } from '../errors.ts'
import type { TargetOptions } from '../index.ts'
import { allReleases } from '../knowledge/release-list.ts'
import { releaseById } from '../knowledge/releases.ts'
import { rootByIndex } from '../knowledge/roots.ts'
import type { KnownRoot } from '../knowledge/types.ts'
import { type Instant, isUnknown, type Match, type Maybe, type Root } from '../model.ts'
import { nearest } from '../policy/nearest.ts'
import { readTargets } from '../read-targets.ts'
import type { TargetResult } from '../result.ts'

export interface StoreOfTarget {
  /** Null of a release. */
  readonly path: string | null
  readonly aliases: readonly string[]
  readonly release: string | null
  readonly match: Match
  readonly roots: Maybe<readonly (Root | KnownRoot)[]>
}

export interface TargetStores {
  /** As typed, or the Dockerfile found in a folder. */
  readonly target: string
  readonly stores: readonly StoreOfTarget[]
  readonly error: string | null
}

/** `release:debian/ca-certificates 20230311`: what a published release holds, without any image. */
const RELEASE = 'release:'

/** @throws an abort; all else is in `error` */
export async function* storesOf(
  targets: readonly string[],
  options: TargetOptions & { readonly at: Instant },
): AsyncGenerator<TargetStores> {
  for (const target of targets) {
    if (target.startsWith(RELEASE)) yield releaseStores(target)
    else yield* readTargets([target], options, storesOfResult)
  }
}

function releaseStores(target: string): TargetStores {
  const id = target.slice(RELEASE.length)
  const release = releaseById(id)
  if (release === null) {
    const near = nearest(
      id,
      allReleases().map(each => each.id),
    )
    const hint =
      near === null ? 'say it as reports do, such as release:mozilla 2.60' : `did you mean '${near}'?`
    return { target, stores: [], error: `${target}: no such release is known; ${hint}` }
  }
  const { roots } = release
  const store: StoreOfTarget = {
    path: null,
    aliases: [],
    release: release.id,
    match: release.certainty === 'exact' ? 'exact' : 'nearest',
    roots: roots === null ? { unknown: `which roots ${id} holds is not known` } : roots.map(rootByIndex),
  }
  return { target, stores: [store], error: null }
}

function storesOfResult({ target, model, error }: TargetResult): TargetStores {
  const failed = (why: string): TargetStores => ({ target, stores: [], error: why })
  if (error !== null) return failed(error.message)
  if (model === null) return failed(`${target}: nothing could be read`)
  if (model.kind !== 'dockerfile') return { target, stores: model.stores, error: null }
  if (model.final === null) return failed(`${target}: has no FROM, so no stage is built`)
  const { stores } = model.final.final
  if (isUnknown(stores)) return failed(`${target}: its trust stores can't be told: ${stores.unknown}`)
  return { target, stores, error: null }
}

/** @throws JobError `unreadable` with the first reason why a target could not be read */
export async function storesOfOne(
  target: string,
  options: TargetOptions & { readonly at: Instant },
): Promise<TargetStores> {
  const all: TargetStores[] = []
  for await (const one of storesOf([target], options)) all.push(one)
  const [first] = all
  if (first === undefined) throw new JobError('not-found', `${target}: no Dockerfile here; name a file`)
  if (first.error !== null) throw new JobError('unreadable', first.error)
  if (all.length > 1)
    throw new JobError(
      'usage',
      `${target}: stands for ${all.length} things; name one of them, a file or a platform`,
    )
  return first
}
