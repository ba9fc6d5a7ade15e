import type { FoundCertificate } from '../../image/facts.ts'
import type { StoreFormat } from '../../model.ts'
import { fingerprint } from '../certificate.ts'

/** A file of another form than PEM that holds certificates: it is kept whole and read once. */
export interface Container {
  readonly id: string
  /** As a user is told: `the Java keystore`. */
  readonly name: string
  /** Of the store that it makes where its certificates are anchors; null: no program reads its roots from one. */
  readonly format: StoreFormat | null
  /**
   * Is it one? Of a file that is not kept for its place `start` has the first {@link startBytes} bytes.
   * @param path as in the layers, without a leading slash
   */
  matches(path: string, size: number, start: Uint8Array): boolean
  /** Bad content never throws: it is a problem. */
  read(content: Uint8Array, context: ContainerContext): Contents
}

export interface ContainerContext {
  /** Passwords to try: those that the image names, then the usual ones. */
  readonly passwords: readonly string[]
  /** Rounds of key derivation that may still be spent on this image's keystores. */
  readonly work: { left: number }
}

export interface Contents {
  /** In file order; the same certificate may stand there twice. */
  readonly certificates: readonly ContainedCertificate[]
  /** What is there and can not be read or told, each as a sentence on the file. */
  readonly problems: readonly string[]
}

export interface ContainedCertificate extends FoundCertificate {
  /** Does the file itself say that it is a trust anchor for servers? Null: its form has no way to say so. */
  readonly anchor: boolean | null
  /** The name of its entry, where entries have names. */
  readonly alias?: string
}

/** Bytes by which a container is told: SQLite's and a PEM line's are the longest. */
export const startBytes = 32

/** The problem of a keystore that holds keys beside its certificates; none where `keys` is 0. */
export function keysProblem(keys: number): readonly string[] {
  if (keys === 0) return []
  return [
    `${keys} of its entries ${keys === 1 ? 'is a key' : 'are keys'}: which programs take their certificates for anchors is not known`,
  ]
}

/** A certificate as a container holds it. */
export function contained(
  der: Uint8Array,
  label: string,
  anchor: boolean | null,
  more: { readonly offset?: number; readonly rejected?: string; readonly alias?: string | null } = {},
): ContainedCertificate {
  const { offset = 0, rejected, alias } = more
  return {
    offset,
    der,
    sha256: fingerprint(der),
    label,
    problem: null,
    anchor,
    ...(rejected === undefined ? {} : { rejected }),
    ...(alias == null ? {} : { alias }),
  }
}
