/**
 * The trust trace: what is known of a stage's trust before and after each of its instructions. Types alone.
 */

import type { BaseImage } from '../knowledge/types.ts'
import type { Distribution, Location, Match, Maybe, Root, StoreFormat, UnknownEntry } from '../model.ts'

/** A trust store as the trace predicts it. */
export interface TracedStore {
  readonly path: string
  readonly aliases: readonly string[]
  readonly sources: readonly string[]
  readonly format: StoreFormat
  readonly release: string | null
  readonly match: Match
  /** The roots, or why they can't be told. */
  readonly roots: Maybe<readonly Root[]>
  /** What brought its present content. */
  readonly origin: StoreOrigin
}

export type StoreOrigin =
  /** It came with the base image; `frozen` is the day on which what it holds stopped changing (null: still rebuilt). */
  | {
      readonly kind: 'base'
      readonly reference: string
      readonly frozen: string | null
      readonly line: number
    }
  /** A package install or upgrade of this file. */
  | { readonly kind: 'install'; readonly line: number }
  /** COPY or ADD; `from` is the stage or image it came from, null for the build context. */
  | {
      readonly kind: 'copy'
      readonly from: string | null
      readonly line: number
      readonly was: StoreOrigin | null
    }
  /** An edit, a download, a refresh of this file. */
  | { readonly kind: 'edit'; readonly line: number; readonly was: StoreOrigin | null }

/** The trust state at one point of a stage. */
export interface TrustState {
  /** All stores: an empty list means surely none; unknown where that can't be told. */
  readonly stores: Maybe<readonly TracedStore[]>
  /** The lines of Debian's or Alpine's `/etc/ca-certificates.conf`; null: surely not there. */
  readonly conf: Maybe<readonly string[] | null>
  /** Is `update-ca-certificates` (or the family's tool) there? */
  readonly tool: Maybe<boolean>
  /** Environment of the final image: ENV of the base and of the file. Values may be unknown. */
  readonly env: ReadonlyMap<string, Maybe<string>>
  /** As USER says; null where it was never said here or in the base. */
  readonly user: Maybe<string | null>
  readonly shell: readonly string[]
  /** Packages known to be installed by name; unknown where the base's own list isn't known. */
  readonly packages: Maybe<ReadonlySet<string>>
}

/** A use of the network, or an edit of trust, that an instruction makes: what the rules look at. */
export type TrustEvent =
  /** A client of the system's store is run on a URL (null: which one can't be told). */
  | {
      readonly kind: 'tls-use'
      readonly program: string
      readonly url: string | null
      readonly loopback: boolean
      readonly state: TrustState
      readonly location: Location
      readonly shipped: boolean
    }
  /** Verification is switched off: by a flag, a setting, an ENV or a configuration file. */
  | {
      readonly kind: 'verification-off'
      readonly program: string
      /** The word that does it, as written: `-k`, `NODE_TLS_REJECT_UNAUTHORIZED=0`. */
      readonly how: string
      readonly location: Location
      /** The URL is loopback, or it stands in a HEALTHCHECK of localhost. */
      readonly loopback: boolean
      /** A checksum or signature is checked in the same RUN. */
      readonly checked: boolean
      /** Text range whose deletion switches verification on again; null where more than that is needed. */
      readonly remove: { readonly start: number; readonly end: number } | null
    }
  /** The client of the system's store is installed and not seen to serve http or loopback alone. */
  | {
      readonly kind: 'client-installed'
      readonly program: string
      readonly location: Location
      readonly state: TrustState
    }

export interface TracedInstruction {
  /** Upper case: `RUN`, `COPY`. */
  readonly keyword: string
  readonly location: Location
  readonly before: TrustState
  readonly after: TrustState
  readonly events: readonly TrustEvent[]
}

/** What a FROM stands on. */
export type StageBase =
  | { readonly kind: 'scratch' }
  | { readonly kind: 'stage'; readonly index: number }
  /** A reference that knowledge has. */
  | { readonly kind: 'image'; readonly reference: string; readonly image: BaseImage }
  /** A reference that can't be resolved: why. */
  | { readonly kind: 'unknown'; readonly reference: string; readonly why: string }

export interface TracedStage {
  /** Its name, or null. */
  readonly name: string | null
  readonly index: number
  /** The FROM instruction. */
  readonly location: Location
  /** The range of the image reference in FROM, in UTF-16 code units of the text. */
  readonly reference: { readonly text: string; readonly start: number; readonly end: number }
  readonly base: StageBase
  readonly distribution: Distribution | null
  readonly instructions: readonly TracedInstruction[]
  /** After its last instruction. */
  readonly final: TrustState
  /** `final`: the stage that is built; `root-filesystem`: a store or a root filesystem is copied from it; `programs`; `none`. */
  readonly ships: 'final' | 'root-filesystem' | 'programs' | 'none'
}

/** One Dockerfile, traced. */
export interface DockerfileModel {
  readonly kind: 'dockerfile'
  readonly file: string
  readonly text: string
  readonly stages: readonly TracedStage[]
  /** The stage that is built: the last, or `--target`. Null where the file has none. */
  readonly final: TracedStage | null
  readonly unknowns: readonly UnknownEntry[]
}
