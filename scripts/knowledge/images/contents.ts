/** What is known of a group of tags, in the form in which the data files keep it. */
import type { Day } from '../../../src/model.ts'
import type { Distribution, Seen } from './seen.ts'

/** A row of a `contents` table: everything but the days and the place. */
export interface ContentsRow {
  /** Stores: path, aliases, how, distribution and version. */
  readonly s?: readonly (readonly [string, readonly string[], 'package' | 'base' | 'other', string, string])[]
  /** Why they are not known. */
  readonly w?: string
  readonly t?: boolean
  readonly p?: readonly string[]
  readonly e?: Readonly<Record<string, string | null>>
  /** Absent: not known; empty: nobody. */
  readonly u?: string
  readonly k?: readonly string[]
}

export interface Contents {
  readonly row: ContentsRow
  /** One for each store. */
  readonly days: readonly (Day | null)[]
  /** `owner/name`, commit, folder; or a text alone. */
  readonly place: readonly string[]
  readonly os: Distribution | null
  readonly from: string | null
  readonly frozen: Day | null
}

/** @param until the day on which the tags were dropped */
export function contentsOf(seen: Seen, place: readonly string[], until: Day | null): Contents {
  const known = !('unknown' in seen.stores)
  const stores = 'unknown' in seen.stores ? [] : seen.stores
  const { tool, packages, env, user, keystores } = seen
  const row: ContentsRow = {
    ...('unknown' in seen.stores
      ? { w: seen.stores.unknown }
      : {
          s: stores.map(
            ({ path, aliases, how, distribution }) =>
              [path, aliases, how, distribution?.id ?? '', distribution?.version ?? ''] as const,
          ),
        }),
    ...(typeof tool === 'boolean' && known ? { t: tool } : {}),
    ...(packages !== null && packages.length > 0 ? { p: packages } : {}),
    ...(Object.keys(env).length > 0 ? { e: env } : {}),
    ...(user === null ? { u: '' } : typeof user === 'string' ? { u: user } : {}),
    ...(keystores.length > 0 ? { k: keystores } : {}),
  }
  const days = stores.map(store =>
    store.day !== null && (until === null || store.day < until) ? store.day : until,
  )
  const { distribution: os, from, frozen } = seen
  return { row, days, place, os, from, frozen }
}
