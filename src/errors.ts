/**
 * Errors that a user can do something about: one line, no stack, exit status 2.
 * Anything else that is thrown is a defect of imgtrust.
 */
export type ErrorCode =
  | 'usage'
  | 'not-found'
  | 'unreadable'
  | 'unsupported'
  | 'unreachable'
  | 'unauthorized'
  | 'digest-mismatch'
  | 'truncated'
  | 'malformed'
  | 'limit'
  | 'timeout'
  | 'aborted'

export class JobError extends Error {
  override readonly name = 'JobError'
  readonly code: ErrorCode

  /**
   * @param code the class of the failure
   * @param message what happened, to which input, expected against found, what to do next; one line
   */
  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message.replace(/\s*\n\s*/g, ' '), options)
    this.code = code
  }
}

/** One line for any thrown value: a JobError's own words, the message of a system error, nothing of a stack. */
export function oneLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  return text.replace(/\s*[\r\n]+\s*/g, ' ').trim()
}
