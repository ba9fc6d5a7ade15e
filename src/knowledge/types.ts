/** The types of the built-in facts. knowledge/ imports nothing but the shared model's types. */
import type { Day, Maybe } from '../model.ts'

/** One certificate that a public root program or a distribution ever carried. */
export interface KnownRoot {
  /** Its number in the built-in list. */
  readonly index: number
  readonly sha256: string
  /** The newest label in Mozilla's data, else the subject's CN, else its last OU or O. */
  readonly name: string
  /** All labels it ever had, the newest last. */
  readonly labels: readonly string[]
  /** The file that Debian's and Alpine's packages make of it: `AddTrust_External_Root.crt`. */
  readonly file: string
  readonly subject: string
  /** Upper-case hex. */
  readonly serial: string
  /** Milliseconds since 1970. */
  readonly notBefore: number
  readonly notAfter: number
  /** `RSA 2048`, `EC secp384r1`, … */
  readonly key: string
  readonly events: readonly RootEvent[]
}

/** One event of a root's life in Mozilla's program. */
export interface RootEvent {
  readonly date: Day
  /** The version that the source bore on that day; the release that shipped it may be the next one. */
  readonly version: string | null
  readonly change: 'added' | 'trusted' | 'no-server-trust' | 'distrusted' | 'distrust-after' | 'removed'
  /** With `added`: was it trusted for servers from then on? */
  readonly trusted?: boolean
  /** With `distrust-after`: certificates issued after this day are not trusted. */
  readonly after?: Day
  /** Bugzilla number. */
  readonly bug?: number
}

/** A root that has expired, and that had cross-signed a root still in use: it breaks chains in old TLS libraries. */
export interface BreakingRoot {
  readonly sha256: string
  readonly name: string
  /** The roots that it cross-signed. */
  readonly crossSigned: readonly { readonly sha256: string; readonly name: string }[]
  /** The form of the chains that it breaks: some libraries fail on one of the two only. */
  readonly shape?: '2020' | '2021'
  readonly source: string
}

/** A root that named public services need, and what reaches them without it. */
export interface NeededRoot {
  readonly sha256: string
  readonly name: string
  /** Roots that serve as well, as long as they have not ended: the services' servers send a cross certificate. */
  readonly or: readonly { readonly sha256: string; readonly name: string }[]
  /** Who needs it, as the end of a sentence: `Google's services`. */
  readonly services: string
  /** The day from which it is needed. */
  readonly from: Day
  readonly source: string
}

/** A published set of roots with a date. */
export interface Release {
  /** `alpine/base 3.8.5`, `debian/ca-certificates 20230311`, `mozilla 2.60`, `certifi 2024.2.2`. */
  readonly id: string
  readonly family: string
  readonly package: string | null
  readonly version: string
  /** The day it was published; null where no source says. */
  readonly date: Day | null
  /** The Mozilla version it was made from. */
  readonly mozilla: string | null
  /** Numbers of its roots; null where they can't be told. */
  readonly roots: readonly number[] | null
  /** `exact`: read from the package itself; `about`: Mozilla's set of that version, with the changes its changelog names. */
  readonly certainty: 'exact' | 'about'
  readonly source: string
}

/** How a distribution family keeps its trust store. */
export interface StoreLayout {
  /** `debian`, `alpine`, `rhel`, … */
  readonly family: string
  /** The generated bundle. */
  readonly bundle: string
  readonly aliases: readonly string[]
  /** The package that brings store and tool. */
  readonly package: string
  readonly tool: 'update-ca-certificates' | 'update-ca-trust' | null
  /** The list of packaged certificates that the tool reads; null where there is none. */
  readonly conf: string | null
  /** Where the packaged certificates lie. */
  readonly packaged: string | null
  /** Where administrators put their anchors. */
  readonly anchors: readonly string[]
  readonly source: string
}

/** A store that a base image holds. */
export interface BaseStore {
  readonly path: string
  readonly aliases: readonly string[]
  readonly release: Release | null
  readonly source: string
}

/** A tag of an official image. */
export interface BaseImage {
  /** Repository and tag in the official library: `node`, `14`. */
  readonly repo: string
  readonly tag: string
  /** Null where it is not known (also for scratch and Windows: see `os`). */
  readonly distribution: { readonly id: string; readonly version: string | null } | null
  readonly os: 'linux' | 'windows' | 'scratch' | 'unknown'
  /** The day the tag was dropped and froze; null: still rebuilt. */
  readonly until: Day | null
  /** The earlier day on which something under it froze; null: none did. */
  readonly baseUntil: Day | null
  /** FROM of its final stage, where its Dockerfile could be read. */
  readonly from: string | null
  /** The stores it holds: surely none is an empty list; unknown where nobody traced it. */
  readonly stores: Maybe<readonly BaseStore[]>
  /** Is the tool that refreshes the store there? */
  readonly tool: Maybe<boolean>
  /** Names of packages that matter here and that it surely holds (ca-certificates, curl, wget, git, openssl, …). */
  readonly packages: readonly string[]
  /** Variables that it sets and that matter here; null: to what can't be told. Absent where nobody traced it. */
  readonly env?: Readonly<Record<string, string | null>>
  /** As its USER says; null: nobody was named. Absent where nobody traced it. */
  readonly user?: Maybe<string | null>
  /** Java's own stores that it surely holds. */
  readonly keystores?: readonly string[]
}

export interface Lifecycle {
  readonly id: string
  readonly version: string
  readonly codename: string | null
  readonly released: Day
  /** The last day on which its public archive gives updates to everybody (Debian: the end of LTS); null: none set. */
  readonly endOfLife: Day | null
  /** The day on which the distribution's own team stopped (Debian: before LTS); equals endOfLife elsewhere. */
  readonly standardEnd: Day | null
  readonly source: string
}

/** Does a TLS library of a build fail on a chain whose expired root it still holds? */
export interface TlsLibraryFact {
  readonly distribution: string
  readonly release: string
  /** `OpenSSL`, `GnuTLS`, `LibreSSL`, `NSS`, `OpenJDK`. */
  readonly library: string
  readonly version: string
  readonly securityLevel: number | null
  readonly failsOnExpiredCrossSign: Maybe<boolean>
  readonly source: string
  readonly confidence: 'seen' | 'derived' | 'memory'
}

/** One part of the built-in facts and how old it is. */
export interface KnowledgePart {
  readonly name: string
  readonly asOf: Day
  readonly made: Day
  readonly entries: number
  readonly source: string
  readonly bytes: number
}
