import type { ErrorCode } from '../errors.ts'

/** What goes wrong on the way to a server's certificates; {@link readServer} puts the server's name before it. */
export class Fault extends Error {
  override readonly name = 'Fault'
  readonly code: ErrorCode
  /** The description of a fatal alert that the server sent (RFC 8446 §6), or null. */
  readonly alert: number | null
  /** The server ended the connection before it said anything. */
  readonly silent: boolean

  constructor(
    code: ErrorCode,
    message: string,
    more: { readonly alert?: number; readonly silent?: boolean } = {},
  ) {
    super(message)
    this.code = code
    this.alert = more.alert ?? null
    this.silent = more.silent ?? false
  }
}
