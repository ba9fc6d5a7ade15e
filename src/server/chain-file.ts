import { createReadStream, readFileSync, statSync } from 'node:fs'
import { JobError, oneLine } from '../errors.ts'
import { printable } from '../image/path.ts'
import { limits } from '../limits.ts'
import { derFile } from '../trust/containers/der-file.ts'
import { containerOf } from '../trust/containers/index.ts'
import { pkcs7 } from '../trust/containers/pkcs7.ts'
import { PemScanner } from '../trust/find-pem.ts'
import { type Chain, chainOf } from './chain.ts'

/**
 * A chain from a file in the order of the file: PEM with any text around it (what `openssl s_client -showcerts`
 * prints), one DER certificate, or PKCS#7, whose order is that of the file too though the format promises none.
 * @param path `-` for standard input
 * @param stdin asked for that alone: Node.js makes a stream of it when it is looked at
 * @throws JobError `not-found`, `unreadable`, `limit`, `malformed`, `unsupported`; what `signal` is aborted with
 */
export async function readChainFile(
  path: string,
  stdin: () => AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<Chain> {
  const name = path === '-' ? 'standard input' : printable(path)
  const content = await readWhole(path, stdin, name, signal)
  const scanner = new PemScanner()
  scanner.push(content)
  const inPem = scanner.end()
  if (inPem.length > 0)
    return chainOf(
      name,
      inPem.map(({ der, problem }) => der ?? (problem as string)),
    )
  const container = containerOf(path, content)
  if (container === pkcs7 || container === derFile) {
    const { certificates, problems } = container.read(content, { passwords: [], work: { left: 0 } })
    if (certificates.length > 0)
      return chainOf(name, [...certificates.map(({ der }) => der as Uint8Array), ...problems])
    if (problems[0] !== undefined) throw new JobError('malformed', `${name}: ${problems[0]}`)
  } else if (container) {
    throw new JobError(
      'unsupported',
      `${name} is a keystore or a database: export the chain from it as PEM, the server's own certificate first`,
    )
  }
  throw new JobError(
    'malformed',
    `${name} holds no certificate; give what the server sends as PEM, its own certificate first`,
  )
}

async function readWhole(
  path: string,
  stdin: () => AsyncIterable<Uint8Array>,
  name: string,
  signal: AbortSignal,
): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let size = 0
  try {
    for await (const chunk of path === '-' ? untilAborted(stdin(), signal) : chunksOf(path, signal)) {
      size += chunk.length
      if (size > limits.chainFileBytes)
        throw new JobError(
          'limit',
          `${name} has more than ${limits.chainFileBytes} bytes: no server sends so much`,
        )
      chunks.push(chunk)
    }
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof JobError) throw error
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT') throw new JobError('not-found', `${name}: there is no such file`)
    if (code === 'EISDIR')
      throw new JobError('unreadable', `${name} is a folder: name the file with the chain`)
    throw new JobError('unreadable', `${name} can't be read: ${printable(oneLine(error))}`)
  }
  return Buffer.concat(chunks)
}

/**
 * A plain file at once: to load what streams are made of takes longer than to read it. All else (a pipe, which may hang;
 * what can't be read) as a stream.
 */
function chunksOf(path: string, signal: AbortSignal): Iterable<Uint8Array> | AsyncIterable<Uint8Array> {
  return isPlain(path) ? [readFileSync(path)] : createReadStream(path, { signal })
}

function isPlain(path: string): boolean {
  try {
    const stat = statSync(path)
    return stat.isFile() && stat.size <= limits.chainFileBytes
  } catch {
    return false
  }
}

/** A stream that hangs is told, not waited for. */
async function* untilAborted(
  chunks: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const iterator = chunks[Symbol.asyncIterator]()
  const { promise: late, reject } = promiseOf()
  const stop = () => reject(signal.reason)
  signal.addEventListener('abort', stop, { once: true })
  try {
    for (;;) {
      signal.throwIfAborted()
      const next = await Promise.race([iterator.next(), late])
      if (next.done) return
      yield next.value
    }
  } finally {
    signal.removeEventListener('abort', stop)
    void iterator.return?.()?.catch(() => {})
  }
}

function promiseOf(): { readonly promise: Promise<never>; readonly reject: (why: unknown) => void } {
  let reject: (why: unknown) => void = () => {}
  const promise = new Promise<never>((_resolve, refuse) => {
    reject = refuse
  })
  promise.catch(() => {})
  return { promise, reject }
}
