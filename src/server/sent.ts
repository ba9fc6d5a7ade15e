import type { Unknown } from '../model.ts'
import type { Starttls } from './ports.ts'

/** The chain as a server sends it, before anybody judges it. */
export interface SentChain {
  /** The name that the client asks for (server name indication and the check of the name); addresses bare. */
  readonly host: string
  /** Null for a file. */
  readonly port: number | null
  /**
   * DER, at least one, the server's own first; in the order received, duplicates and strays kept. Each can be read by
   * `readCertificate`.
   */
  readonly certificates: readonly Uint8Array[]
  /** How it was read. */
  readonly how: 'tls1.0' | 'tls1.1' | 'tls1.2' | 'tls1.3' | 'file'
  /** What was sent (or stood in the file) beside them and can't be read as a certificate. */
  readonly unreadable: readonly Unknown[]
}

/** What a SERVER on the command line means. */
export type ServerTarget =
  | {
      readonly kind: 'tls'
      readonly typed: string
      /** In lower case and ASCII, without a trailing dot; IPv6 addresses without brackets. */
      readonly host: string
      readonly port: number
      readonly starttls: Starttls | null
    }
  /** `path` is `-` for standard input. */
  | { readonly kind: 'file'; readonly typed: string; readonly path: string }

export interface ReadServerOptions {
  /** Milliseconds for all of it: names, proxy, connecting, STARTTLS and the handshake, or the file. */
  readonly timeout: number
  readonly signal?: AbortSignal
  /** Ask for this name instead of the target's; a file has none of its own and needs it. */
  readonly host?: string
  /** Where `HTTPS_PROXY` and `NO_PROXY` stand; the process's own where it is absent. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** The process's own where it is absent. */
  readonly stdin?: AsyncIterable<Uint8Array>
}
