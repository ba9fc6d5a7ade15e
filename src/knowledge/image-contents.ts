import { type Day, isUnknown, type Maybe, unknown } from '../model.ts'
import { factsId, lineOf } from './distributions.ts'
import { findTag, type TagGroup } from './image-tags.ts'
import { lifecycle } from './lifecycles.ts'
import { readJson } from './load.ts'
import { officialReference } from './official-reference.ts'
import { baseImageRelease, hasOwnStore, servedOn } from './served.ts'
import { storeLayout } from './store-layouts.ts'
import type { BaseStore } from './types.ts'

/** What the Dockerfiles of some tags were seen to do. The first row that fits a tag holds. */
interface ContentsRow {
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
  /** The FROM, where the tag's own is not known. */
  readonly fallback?: string
  readonly packages: readonly string[]
  readonly source: string
}

/** What an image holds of what matters here. */
export interface ImageContents {
  readonly stores: Maybe<readonly BaseStore[]>
  readonly tool: Maybe<boolean>
  readonly packages: readonly string[]
}

/** How a store came into an image, before its release is looked up. */
interface Holding {
  /** Alpine's own bundle, and the day on which it froze (null: still rebuilt). */
  readonly own: { readonly version: string; readonly day: Day | null; readonly source: string } | null
  /** The distribution's package, and the day. */
  readonly installed: { readonly day: Day | null; readonly source: string } | null
  readonly packages: readonly string[]
}

const deepest = 12

/** The stores, the tool and the packages of an image, told from its row and, where that says so, from its FROM. */
export function contentsOf(group: TagGroup, tag: string): ImageContents {
  const holding = holdingOf(group, tag, null, 0)
  if (isUnknown(holding)) return { stores: holding, tool: holding, packages: [] }
  const { os } = group
  const id = os?.id ?? ''
  const stores: BaseStore[] = []
  if (holding.own) stores.push(...ownStore(holding.own))
  if (holding.installed) {
    const layout = storeLayout(id)
    if (!layout) {
      const why = unknown(`how ${id || 'its distribution'} keeps its trust store is not known`)
      return { stores: why, tool: why, packages: holding.packages }
    }
    const line = lineOf(id, os?.version ?? null)
    const apart = id === 'alpine' && line !== null && keepsOwnBundle(line)
    // Where the package's bundle and the base's are one file, the package's is the newer content.
    if (!apart) stores.length = 0
    stores.push({
      path: layout.bundle,
      aliases: apart || (id === 'alpine' && line !== null && !hasOwnStore(line)) ? [] : layout.aliases,
      release: os ? servedOn(id, os.version, holding.installed.day) : null,
      source: holding.installed.source,
    })
  }
  return { stores, tool: holding.installed !== null, packages: holding.packages }
}

/** Up to 3.11 Alpine's `/etc/ssl/cert.pem` is a file of its own that no tool refreshes. */
function keepsOwnBundle(line: string): boolean {
  return /^3\.([7-9]|1[01])$/.test(line)
}

function ownStore(own: { version: string; day: Day | null; source: string }): BaseStore[] {
  const line = lineOf('alpine', own.version)
  if (line === null || !hasOwnStore(line)) return []
  const plain = keepsOwnBundle(line)
  return [
    {
      path: plain ? '/etc/ssl/cert.pem' : '/etc/ssl/certs/ca-certificates.crt',
      aliases: plain ? [] : ['/etc/ssl/cert.pem'],
      release: baseImageRelease(own.version, own.day),
      source: own.source,
    },
  ]
}

function holdingOf(group: TagGroup, tag: string, day: Day | null, depth: number): Maybe<Holding> {
  const reference = `${group.repo}:${tag}`
  if (group.os?.id === 'windows') return unknown('Windows keeps its trust store in the registry')
  if (group.os?.id === 'scratch') return { own: null, installed: null, packages: [] }
  if (depth > deepest) return unknown(`the bases of ${reference} lead nowhere`)
  const row = readJson<ContentsRow[]>('image-contents.json').find(candidate => fits(candidate, group, tag))
  if (!row) return unknown(`nobody has looked whether ${reference} holds a trust store`)
  const own = earlier(group.until, day)
  const packages = row.packages
  switch (row.store) {
    case 'none':
      return { own: null, installed: null, packages }
    case 'alpine-base': {
      const version = group.tags.find(other => /^\d+\.\d+\.\d+$/.test(other)) ?? group.os?.version
      if (!version) return unknown(`which Alpine ${reference} is, is not known`)
      return { own: { version, day: own, source: row.source }, installed: null, packages }
    }
    case 'package': {
      const below = group.os?.id === 'alpine' ? alpineOf(group, own, row.source) : null
      return { own: below, installed: { day: own, source: row.source }, packages }
    }
    case 'base': {
      const from = group.from ?? fallbackOf(row, group)
      const frozen = earlier(own, group.baseUntil)
      const base = from === null ? null : officialReference(from)
      const under = base && !base.digest ? findTag(base.repo, base.tag) : null
      if (!base || !under) return unknown(`what ${reference} stands on is not known`)
      const held = holdingOf(under, base.tag, frozen, depth + 1)
      if (isUnknown(held)) return held
      return {
        own: held.own && { ...held.own, source: `${row.source}; ${held.own.source}` },
        installed: held.installed && { ...held.installed, source: `${row.source}; ${held.installed.source}` },
        packages: [...new Set([...held.packages, ...packages])],
      }
    }
  }
}

/** The bundle that an image on Alpine has from Alpine's base image. */
function alpineOf(group: TagGroup, day: Day | null, source: string): Holding['own'] {
  const version = group.os?.version
  return version ? { version, day: earlier(day, group.baseUntil), source } : null
}

function fits(row: ContentsRow, group: TagGroup, tag: string): boolean {
  if (row.repo !== group.repo) return false
  if (row.os !== undefined && row.os !== group.os?.id) return false
  const until = group.until ?? '9999-12-31'
  if ((row.first !== undefined && until < row.first) || (row.last !== undefined && until > row.last))
    return false
  if (row.from !== undefined && !whole(row.from).test(group.from ?? '')) return false
  return row.tags === undefined || whole(row.tags).test(tag)
}

function whole(pattern: string): RegExp {
  return new RegExp(`^(?:${pattern})$`)
}

function fallbackOf(row: ContentsRow, group: TagGroup): string | null {
  const { os } = group
  if (row.fallback === undefined || !os?.version) return null
  const codename =
    os.version === 'unstable' ? 'sid' : lifecycle(factsId(os.id), os.version)?.codename?.toLowerCase()
  if (row.fallback.includes('{codename}') && !codename) return null
  return row.fallback.replace('{codename}', codename ?? '').replace('{version}', os.version)
}

/** The earlier of two days on which something froze; null: it is still rebuilt. */
export function earlier(a: Day | null, b: Day | null): Day | null {
  if (a === null || b === null) return a ?? b
  return a < b ? a : b
}
