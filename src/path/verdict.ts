import type { Instant } from '../model.ts'
import type { Certificate } from '../trust/certificate.ts'
import type { Anchors } from './anchors.ts'

/** Why a client refuses. */
export type RefusalReason =
  | 'certificate-expired'
  | 'not-yet-valid'
  | 'unknown-issuer'
  | 'self-signed'
  | 'hostname-mismatch'
  | 'weak-key'
  | 'weak-signature'
  | 'not-a-ca'
  | 'path-length'
  | 'name-constraint'
  | 'wrong-purpose'
  | 'bad-signature'
  | 'unhandled-extension'
  | 'no-store'

/** What a server sends and whom it is asked for, a store, and the day. */
export interface PathInput {
  /** As received: the server's own certificate first. */
  readonly sent: readonly Certificate[]
  readonly store: Anchors
  /** A DNS name or an address. */
  readonly host: string
  readonly at: Instant
  readonly purpose: 'server'
}

/** What a client says of a server. */
export interface Verdict {
  /** Null: it can't be told, see `why`. */
  readonly accepted: boolean | null
  /** Null where it accepts or can't be told. */
  readonly reason: RefusalReason | null
  /** SHA-256 of the certificates of the path as this client builds it, the server's own first. */
  readonly chain: readonly string[]
  /** SHA-256 of the certificate at fault; null where none is: one that is missing has no fingerprint. */
  readonly brokenBy: string | null
  /** Why it can't be told; null where it can. */
  readonly why: string | null
}

/** One thing that is wrong with a path. */
export interface Fault {
  readonly reason: RefusalReason
  /** Null where something is missing. */
  readonly by: Certificate | null
}

/** A path that a client built, and what it says is wrong with it, in the order in which it finds out. */
export interface Judged {
  readonly chain: readonly Certificate[]
  readonly faults: readonly Fault[]
}

/** Thrown where a client's answer hangs on something that can't be computed here; becomes a verdict of null. */
export class CannotTell extends Error {
  override readonly name = 'CannotTell'
}
