import { JobError } from '../../errors.ts'
import type { SentError } from './messages.ts'

/** An error as it goes from thread to thread: a clone of it would lose its class and its code. */
export function sendable(error: unknown): SentError {
  if (error instanceof JobError) return { code: error.code, message: error.message, stack: null }
  const { message, stack } = error instanceof Error ? error : new Error(String(error))
  return { code: null, message, stack: stack ?? null }
}

export function received({ code, message, stack }: SentError): Error {
  if (code !== null) return new JobError(code, message)
  const error = new Error(message)
  if (stack !== null) error.stack = stack
  return error
}
