import type { MessagePort } from 'node:worker_threads'
import { gunzip, type Inflater } from '../decompress.ts'
import type { ContentReader } from '../facts.ts'
import { packFacts } from '../facts-codec.ts'
import { readLayer } from '../layer-facts.ts'
import { readLayerFile } from '../layer-file.ts'
import { MemoryBudget } from '../memory-budget.ts'
import { makeHandlesBy } from '../zlib-handles.ts'
import { sendable } from './errors.ts'
import { Gate } from './gate.ts'
import type { FromWorker, InflateTask, LayerTask, ToWorker } from './messages.ts'
import { RingWriter } from './ring.ts'

/** Told of a file now and then. */
const PROGRESS = 4 * 1024 * 1024

/**
 * What a worker does: one task after the other, as the main thread (pool.ts) asks.
 * @param gate what is shared of its {@link Gate}
 * @param readers whose facts it can gather
 */
export function serveLayers(
  port: MessagePort,
  gate: SharedArrayBuffer,
  readers: readonly ContentReader[],
): void {
  const own = new Gate(gate)
  makeHandlesBy(make => own.pass(make))
  const say = (message: FromWorker, moved: readonly ArrayBuffer[] = []) => port.postMessage(message, moved)
  let sent = new Sent(() => {})
  const perform = (task: () => Promise<ArrayBuffer | null>) => {
    sent = new Sent(buffer => say({ kind: 'spent', buffer }, [buffer]))
    task().then(
      facts => say({ kind: 'done', facts }, facts ? [facts] : []),
      error => say({ kind: 'failed', error: sendable(error) }),
    )
  }
  port.on('message', (message: ToWorker) => {
    if (message.kind === 'layer') perform(() => readFacts(message.task, sent, readers, say))
    else if (message.kind === 'inflate') perform(() => inflate(message.task, sent, say))
    else if (message.kind === 'bytes') sent.take(message.buffer, message.length)
    else sent.end()
  })
}

async function readFacts(
  { what, expected, reader: version, budget: shared, file }: LayerTask,
  sent: Sent,
  readers: readonly ContentReader[],
  say: (message: FromWorker) => void,
): Promise<ArrayBuffer> {
  const reader = readers.find(each => each.version === version)
  if (!reader) throw new Error(`no reader ${version} in this worker`)
  let told = 0
  const onProgress = (bytes: number) => {
    if (bytes - told < PROGRESS) return
    told = bytes
    say({ kind: 'progress', bytes })
  }
  const budget = new MemoryBudget(shared)
  const facts = file
    ? await readLayerFile(file, what, expected, reader, { budget, onProgress })
    : await readLayer(what, sent, expected, reader, { budget })
  const parts = packFacts(facts)
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole.buffer
}

async function inflate(
  { what, ring }: InflateTask,
  sent: Sent,
  say: (message: FromWorker) => void,
): Promise<null> {
  const writer = new RingWriter(ring)
  const inflater: Inflater = gunzip(
    what,
    chunk => {
      writer.advance()
      say({ kind: 'piece', length: chunk.length })
      return undefined
    },
    () => writer.slot(),
  )
  try {
    for await (const chunk of sent) await inflater.write(chunk)
    await inflater.end()
    return null
  } catch (error) {
    await inflater.abort()
    throw error
  }
}

/** The bytes of a task as they are sent; each buffer goes back when the next one is asked for. */
class Sent implements AsyncIterable<Uint8Array> {
  readonly #spent: (buffer: ArrayBuffer) => void
  readonly #waiting: Uint8Array<ArrayBuffer>[] = []
  #ended = false
  #wake: () => void = () => {}

  constructor(spent: (buffer: ArrayBuffer) => void) {
    this.#spent = spent
  }

  take(buffer: ArrayBuffer, length: number): void {
    this.#waiting.push(new Uint8Array(buffer, 0, length))
    this.#wake()
  }

  end(): void {
    this.#ended = true
    this.#wake()
  }

  async *[Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    for (;;) {
      const chunk = this.#waiting.shift()
      if (chunk) {
        yield chunk
        this.#spent(chunk.buffer)
      } else if (this.#ended) {
        return
      } else {
        await new Promise<void>(resolve => {
          this.#wake = resolve
        })
      }
    }
  }
}
