/** What the main thread and a worker say to each other. Types alone. */
import type { ErrorCode } from '../../errors.ts'
import type { FilePart } from '../files.ts'
import type { ExpectedLayer } from '../layer-facts.ts'

/** A layer whose facts are wanted. */
export interface LayerTask {
  /** Its name in messages. */
  readonly what: string
  readonly expected: ExpectedLayer
  /** `version` of the reader that gathers the facts. */
  readonly reader: string
  /** What all layers of the image take in memory (memory-budget.ts). */
  readonly budget: SharedArrayBuffer
  /** Where its bytes lie; null: they are sent. */
  readonly file: FilePart | null
}

/** gzip data that is sent, to be unpacked into a ring (ring.ts). */
export interface InflateTask {
  readonly what: string
  readonly ring: SharedArrayBuffer
}

export type ToWorker =
  | { readonly kind: 'layer'; readonly task: LayerTask }
  | { readonly kind: 'inflate'; readonly task: InflateTask }
  /** Bytes of the task at hand; the buffer is moved, and comes back. */
  | { readonly kind: 'bytes'; readonly buffer: ArrayBuffer; readonly length: number }
  | { readonly kind: 'end' }

export type FromWorker =
  /** The bytes were read: their buffer comes back. */
  | { readonly kind: 'spent'; readonly buffer: ArrayBuffer }
  /** So many bytes of the file were read. */
  | { readonly kind: 'progress'; readonly bytes: number }
  /** So many bytes stand in the ring's next slot. */
  | { readonly kind: 'piece'; readonly length: number }
  /** The task is done: facts as facts-codec.ts packs them; null: all was unpacked. */
  | { readonly kind: 'done'; readonly facts: ArrayBuffer | null }
  | { readonly kind: 'failed'; readonly error: SentError }

/** A JobError; without a code a defect. */
export interface SentError {
  readonly code: ErrorCode | null
  readonly message: string
  readonly stack: string | null
}
