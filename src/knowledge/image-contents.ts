import { type Day, isUnknown, type Maybe, unknown } from '../model.ts'
import type { TagGroup, TagStore } from './image-tags.ts'
import { baseImageRelease, servedOn } from './served.ts'
import type { BaseStore, Release } from './types.ts'

/** What an image holds of what matters here. */
export interface ImageContents {
  readonly stores: Maybe<readonly BaseStore[]>
  readonly tool: Maybe<boolean>
  readonly packages: readonly string[]
  readonly env: Readonly<Record<string, string | null>>
  readonly user: Maybe<string | null>
  readonly keystores: readonly string[]
}

/** The stores of an image with their releases, told from how and when they came into it. */
export function contentsOf(group: TagGroup): ImageContents {
  const contents = group.contents()
  const { packages, env, user, keystores, source } = contents
  const rest = { packages, env, user, keystores }
  if (isUnknown(contents.stores)) return { stores: contents.stores, tool: contents.stores, ...rest }
  const stores = contents.stores.map(
    (store): BaseStore => ({
      path: store.path,
      aliases: store.aliases,
      release: releaseOf(store, group),
      source,
    }),
  )
  const tool = contents.tool ?? unknown('whether it has the tool that makes the store anew is not known')
  return { stores, tool, ...rest }
}

function releaseOf(store: TagStore, { baseUntil }: TagGroup): Release | null {
  const { how, distribution, version, day } = store
  switch (how) {
    case 'other':
      return null
    case 'base':
      return version === null ? null : baseImageRelease(version, day)
    case 'package': {
      const release = servedOn(distribution, version, day)
      // An image whose base is frozen may have been built for the last time on any day after that.
      const first = baseUntil !== null && (day === null || baseUntil < day) ? baseUntil : day
      return first === day || servedOn(distribution, version, first)?.id === release?.id ? release : null
    }
  }
}

/** The earlier of two days on which something froze; null: it is still rebuilt. */
export function earlier(a: Day | null, b: Day | null): Day | null {
  if (a === null || b === null) return a ?? b
  return a < b ? a : b
}
