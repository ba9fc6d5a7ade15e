/** What was read by hand where the trace can't follow. */

import { factsId, lineOf } from '../../../src/knowledge/distributions.ts'
import { lifecycle } from '../../../src/knowledge/lifecycles.ts'
import { hasOwnStore } from '../../../src/knowledge/served.ts'
import { storeLayout } from '../../../src/knowledge/store-layouts.ts'
import type { Day } from '../../../src/model.ts'
import type { Resolver } from './resolver.ts'
import type { Distribution, Seen, SeenStore } from './seen.ts'

/** What the Dockerfiles of some tags were seen to do. The first row that fits a tag holds. */
export interface CuratedRow {
  readonly repo: string
  /** The distribution, in the words of the facts. */
  readonly os?: string
  /** The whole tag, the whole FROM, as regular expressions; a FROM that is not known is empty. */
  readonly tags?: string
  readonly from?: string
  /** The first and last day on which a tag that the row speaks of was dropped. */
  readonly first?: Day
  readonly last?: Day
  /** `none`; `package`: its own Dockerfile installs ca-certificates and keeps it; `base`: what its FROM has. */
  readonly store: 'none' | 'package' | 'base' | 'alpine-base'
  /** Of a root filesystem that no Dockerfile tells. */
  readonly ground?: true
  readonly tool?: boolean
  /** The FROM, where the tag's own is not known. */
  readonly fallback?: string
  readonly packages: readonly string[]
  readonly source: string
}

/** A group of tags, as the facts have it. */
export interface Group {
  readonly repo: string
  readonly tags: readonly string[]
  readonly os: Distribution | null
  readonly until: Day | null
  readonly from?: string
  readonly baseUntil?: Day
  readonly source: string
  readonly commit: string
  readonly dir: string
}

export function curatedRow(rows: readonly CuratedRow[], group: Group): CuratedRow | null {
  return rows.find(row => !row.ground && fits(row, group)) ?? null
}

/** @returns null where the row says what its base has, and that is not known */
export function curatedSeen(row: CuratedRow, group: Group, resolver: Resolver): Seen | null {
  const { os } = group
  const plain = {
    distribution: os,
    env: {},
    keystores: [],
    user: { unknown: 'nobody has looked' },
    frozen: group.baseUntil ?? null,
    from: group.from ?? null,
  }
  const from = group.from ?? fallbackOf(row, os)
  if (row.store === 'none') return { ...plain, stores: [], tool: false, packages: row.packages }
  if (row.store === 'base') {
    const under = from === null ? null : resolver.image(from, group.until)
    if (!under || 'unknown' in under.stores) return null
    const packages = [...new Set([...(under.packages ?? []), ...row.packages])].sort()
    return { ...under, distribution: os ?? under.distribution, user: plain.user, packages, from }
  }
  const layout = storeLayout(os?.id ?? '')
  if (!os || !layout) return null
  const line = lineOf('alpine', os.version)
  const apart = os.id === 'alpine' && line !== null && /^3\.([7-9]|1[01])$/.test(line)
  const own = os.id === 'alpine' && (line === null || !hasOwnStore(line))
  const store: SeenStore = {
    path: layout.bundle,
    aliases: apart || own ? [] : layout.aliases,
    how: 'package',
    distribution: os,
    day: null,
  }
  const below: SeenStore = {
    ...store,
    path: '/etc/ssl/cert.pem',
    aliases: [],
    how: 'base',
    day: group.baseUntil ?? null,
  }
  return { ...plain, stores: apart ? [below, store] : [store], tool: true, packages: row.packages }
}

function fits(row: CuratedRow, group: Group): boolean {
  if (row.repo !== group.repo) return false
  if (row.os !== undefined && row.os !== group.os?.id) return false
  const until = group.until ?? '9999-12-31'
  if ((row.first !== undefined && until < row.first) || (row.last !== undefined && until > row.last))
    return false
  if (row.from !== undefined && !whole(row.from).test(group.from ?? '')) return false
  return row.tags === undefined || group.tags.every(tag => whole(row.tags!).test(tag))
}

function whole(pattern: string): RegExp {
  return new RegExp(`^(?:${pattern})$`)
}

function fallbackOf(row: CuratedRow, os: Distribution | null): string | null {
  if (row.fallback === undefined || !os?.version) return null
  const codename =
    os.version === 'unstable' ? 'sid' : lifecycle(factsId(os.id), os.version)?.codename?.toLowerCase()
  if (row.fallback.includes('{codename}') && !codename) return null
  return row.fallback.replace('{codename}', codename ?? '').replace('{version}', os.version)
}
