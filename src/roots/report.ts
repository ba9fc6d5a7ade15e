/**
 * What `imgtrust roots` prints as JSON, version 1. The JSON Schema that ships (schema/roots.v1.json) is made from
 * these types by `npm run docs`. They grow, they do not change.
 */
import type { Count, Report, ReportDay, RootStatus, Sha256, Time } from '../report/report.ts'

/** imgtrust roots, version 1. */
export type RootsReport = RootList | RootLives | RootDifference

interface RootsHead {
  version: 1
  /** The judge's clock (`--at`). */
  at: Time
  tool: Report['tool']
}

/** `roots list`: the roots of each store of the targets; without a target all roots that the built-in facts hold. */
export interface RootList extends RootsHead {
  kind: 'list'
  targets: RootListTarget[]
}

export interface RootListTarget {
  /** As typed; null: the built-in facts. */
  target: string | null
  stores: RootListStore[]
  /** Why its stores could not be read or told: one line; null where they could. */
  error: string | null
}

export interface RootListStore {
  /** The real path; null of the built-in facts, and of a release. */
  path: string | null
  aliases: string[]
  release: string | null
  match: 'exact' | 'nearest' | 'unknown'
  roots: ListedRoot[]
  /** Why its roots are not known; null where they are. */
  unknown: string | null
}

export interface ListedRoot {
  sha256: Sha256
  name: string
  notBefore: Time
  notAfter: Time
  status: RootStatus[]
  /** Does Mozilla trust it for servers at that date? False also of one that it never held. */
  mozilla: boolean
  /** Do the built-in facts know it: did a public program or distribution ever carry it? */
  known: boolean
}

/** `roots show`: the life of each root that a text may mean. */
export interface RootLives extends RootsHead {
  kind: 'show'
  /** As typed. */
  query: string
  roots: RootLife[]
}

export interface RootLife extends ListedRoot {
  /** All labels it ever had in Mozilla's data, the newest last. */
  labels: string[]
  subject: string
  /** Upper-case hex. */
  serial: string
  /** `RSA 2048`, `EC secp384r1`, … */
  key: string
  /** The file that Debian's and Alpine's packages make of it. */
  file: string
  events: RootLifeEvent[]
  incidents: RootIncident[]
  /** Roots that it signed beside their own signature, so that old stores believe them. */
  crossSigned: NamedRoot[]
  /** Roots that signed it so. */
  crossSignedBy: NamedRoot[]
  /** Public services that need it, and from when. */
  neededBy: { services: string; from: ReportDay; source: string }[]
  /** Which stores carried it, by their releases. */
  stores: RootStay[]
}

export interface NamedRoot {
  sha256: Sha256
  name: string
}

/** One event in Mozilla's program. */
export interface RootLifeEvent {
  date: ReportDay
  change: 'added' | 'trusted' | 'no-server-trust' | 'distrusted' | 'distrust-after' | 'removed'
  /** The version of Mozilla's data on that day. */
  version: string | null
  /** With `added`: trusted for servers from then on. */
  trusted?: boolean
  /** With `distrust-after`: certificates issued after this day are not trusted. */
  after?: ReportDay
  /** Bugzilla number. */
  bug?: Count
  url?: string
}

export interface RootIncident {
  name: string
  from: ReportDay
  reason: string
  source: string
}

/** One stay of a root in a store. */
export interface RootStay {
  /** The archive of a line (`debian 9`), or `mozilla`, `certifi`, `alpine/base`. */
  store: string
  brought: RootStep
  /** Brought by the first release that is known of this store: it may have been there before. */
  first: boolean
  /** The release without it; null: the newest known one still holds it. */
  dropped: RootStep | null
}

export interface RootStep {
  release: string
  /** It came not before this day; null: not known. */
  from: ReportDay | null
  /** It surely had come by this day; null: not known. */
  by: ReportDay | null
}

/** `roots diff`: what differs between the stores of two targets. */
export interface RootDifference extends RootsHead {
  kind: 'diff'
  a: DifferenceSide
  b: DifferenceSide
  /** Stores that are one thing in both: found under one path, or both the system's. */
  pairs: StorePair[]
  same: boolean
}

export interface DifferenceSide {
  /** As typed. */
  target: string
  /** Paths of the stores that have no counterpart. */
  unpaired: string[]
}

export interface StorePair {
  a: ComparedStore
  b: ComparedStore
  onlyA: ListedRoot[]
  onlyB: ListedRoot[]
  both: Count
}

export interface ComparedStore {
  path: string | null
  release: string | null
  match: 'exact' | 'nearest' | 'unknown'
  count: Count
}
