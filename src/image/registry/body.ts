import type { IncomingMessage } from 'node:http'
import { JobError } from '../../errors.ts'
import { explainNetwork } from './http.ts'

/**
 * The chunks of a response, a cut connection told as what it is.
 * @throws JobError `truncated`, `timeout`, `aborted`
 */
export async function* bodyChunks(
  response: IncomingMessage,
  url: URL,
  what: string,
): AsyncGenerator<Uint8Array> {
  let bytes = 0
  try {
    for await (const chunk of response) {
      bytes += (chunk as Uint8Array).length
      yield chunk as Uint8Array
    }
  } catch (error) {
    const told = explainNetwork(error, url)
    if (told.code !== 'unreachable') throw told
    throw new JobError(
      'truncated',
      `${url.host} cut the connection after ${bytes} bytes of ${what}; try again`,
    )
  }
  const stated = Number(response.headers['content-length'] ?? Number.NaN)
  if (bytes < stated) {
    throw new JobError('truncated', `${url.host} sent ${bytes} of ${stated} bytes of ${what}; try again`)
  }
}

/**
 * A whole response, which must not be larger than `most` bytes.
 * @throws JobError `limit`, and as {@link bodyChunks}
 */
export async function readBody(
  response: IncomingMessage,
  url: URL,
  most: number,
  what: string,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of bodyChunks(response, url, what)) {
    bytes += chunk.length
    if (bytes > most) {
      response.destroy()
      throw new JobError('limit', `${what} has more than ${most} bytes`)
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
