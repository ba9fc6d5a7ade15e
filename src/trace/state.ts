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

  /** The tool that makes the store anew is run, or a package's installation runs it. */
  | {
      readonly kind: 'refresh'
      readonly program: string
      readonly by: 'tool' | 'install'
      /** Was the tool there? */
      readonly there: Maybe<boolean>
      /** Who runs it; null: nobody was named, here or in the base. Unknown after sudo and its kin. */
      readonly user: Maybe<string | null>
      /** It is surely run, and its failure ends the build. */
      readonly sure: boolean
      readonly location: Location
    }
  /** A store that was there is taken away by a package manager or `rm`. */
  | {
      readonly kind: 'store-removed'
      readonly program: string
      readonly paths: readonly string[]
      readonly location: Location
    }
  /** Something is put behind a bundle that a tool generates. */
  | {
      readonly kind: 'bundle-append'
      readonly program: string
      readonly path: string
      readonly roots: Maybe<readonly Root[]>
      readonly location: Location
    }
  /** Roots are to leave a store: by conf, or by deleting their files. */
  | {
      readonly kind: 'root-removal'
      readonly program: string
      readonly how: 'conf' | 'file'
      /** What conf or the file calls them; none: the edit changed nothing. */
      readonly names: readonly string[]
      readonly roots: readonly Root[]
      readonly location: Location
    }
  /** The store's package is held at one version. */
  | {
      readonly kind: 'package-pinned'
      readonly program: string
      readonly name: string
      /** As written, with its operator: `=20190108-r0`. */
      readonly version: string
      readonly location: Location
      /** The range whose deletion frees it; null where the word does not stand there as it is. */
      readonly remove: { readonly start: number; readonly end: number } | null
    }
  /** ENV sets a variable. */
  | {
      readonly kind: 'env-set'
      readonly program: string
      readonly name: string
      readonly value: Maybe<string>
      readonly location: Location
      /** The range of its name. */
      readonly key: { readonly start: number; readonly end: number } | null
    }
  /** A certificate or bundle is fetched without any check of who gives it. */
  | {
      readonly kind: 'certificate-download'
      readonly program: string
      readonly how: 'http' | 'server'
      readonly url: string | null
      readonly checked: boolean
      readonly location: Location
    }
  /** keytool puts a file into a keystore. */
  | {
      readonly kind: 'keystore-import'
      readonly program: string
      readonly file: Maybe<CertificateFile>
      readonly location: Location
    }
  /** A program with roots of its own (npm, pip, …) speaks TLS, and nothing seen makes it read others. */
  | {
      readonly kind: 'own-roots-use'
      readonly program: string
      readonly runtime: 'node' | 'python'
      readonly location: Location
    }

/** A file's certificates, as far as they matter to those that read it. */
export interface CertificateFile {
  readonly certificates: readonly Root[]
  /** `none`: it holds no certificate. */
  readonly encoding: 'pem' | 'der' | 'none'
  readonly endsWithNewline: boolean
  /** It comes from the build context, as it is. */
  readonly fromContext: boolean
}

/** A certificate that the Dockerfile put where the administrators' anchors belong, in this or another distribution. */
export interface TracedAnchor {
  readonly path: string
  /** The instruction, or the word in it, that put it there. */
  readonly location: Location
  readonly file: Maybe<CertificateFile>
  /** Does this distribution's tool take it there, and if not, why? */
  readonly reading: 'read' | 'wrong-extension' | 'wrong-folder' | 'unknown'
  /** The folder that the tool would read; null where the distribution is not known. */
  readonly folder: string | null
  /** Did the tool run after it came? */
  readonly refreshed: boolean
  /** Another program was given it, or it can't be told what became of it. */
  readonly doubtful: boolean
}

/** What is known of a stage at its end beside its state. */
export interface StageEnd {
  /** The state that whoever builds on it begins with: after the stage's own ONBUILD triggers, where it has some. */
  readonly heir: TrustState
  readonly anchors: readonly TracedAnchor[]
  /** A file's certificates: null where surely no such file is there. */
  file(path: string): Maybe<CertificateFile | null>
  /** What ENTRYPOINT and CMD start. */
  readonly start: StageStart
  /** Something wrote to a keystore of Java, or put a link in its place. */
  readonly keystoreTouched: boolean
  /** npm, git, pip, … were told in a configuration which file to read. */
  readonly configured: ReadonlySet<string>
  /** Files that are given to the users of the image, the store among them, to write. */
  readonly storeOpened: boolean
}

export interface StageStart {
  /** Base names of the programs; those of the base image's own are not known. */
  readonly programs: readonly string[]
  /** It runs the tool. */
  readonly refreshes: boolean
  /** All of it was followed. */
  readonly followed: boolean
}

export interface TracedInstruction {
  /** Upper case: `RUN`, `COPY`. */
  readonly keyword: string
  readonly location: Location
  readonly before: TrustState
  readonly after: TrustState
  readonly events: readonly TrustEvent[]
  /** It compares something with a checksum, or checks a signature. */
  readonly checked?: true
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
  readonly end: StageEnd
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
