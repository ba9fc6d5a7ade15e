/** What a user demands of trust stores. */

export interface Policy {
  /** Each must be in at least one trust store of the image. */
  readonly require: readonly PolicyEntry[]
  /** They may be in any store, whoever put them there. */
  readonly allow: readonly PolicyEntry[]
  /** None may be in any store. */
  readonly forbid: readonly PolicyEntry[]
  /** Absolute paths of stores that others than root may write on purpose. */
  readonly writable: readonly string[]
}

/** A certificate that a policy names, and where it does. */
export interface PolicyEntry {
  readonly algorithm: 'sha1' | 'sha256'
  /** Lower-case hex of the digest of the certificate's DER. */
  readonly fingerprint: string
  /** What its author says of it. */
  readonly comment: string | null
  readonly file: string
  readonly line: number
}

/** Several policies as one: what any of them demands. */
export function mergePolicies(policies: readonly Policy[]): Policy {
  return {
    require: policies.flatMap(policy => policy.require),
    allow: policies.flatMap(policy => policy.allow),
    forbid: policies.flatMap(policy => policy.forbid),
    writable: policies.flatMap(policy => policy.writable),
  }
}
