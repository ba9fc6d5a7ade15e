import { createReadStream } from 'node:fs'
import { JobError, oneLine } from '../errors.ts'
import { limits } from '../limits.ts'

/**
 * Reads a list of targets, one a line; blank lines, spaces around a name, and lines that begin with `#` do not count.
 * What stands twice is taken once. It may be what `kubectl get pods` says of images: the `imageID` of a node with
 * Docker has `docker-pullable://` before it (dockershim of Kubernetes up to 1.23, cri-dockerd since).
 * @param path a file, or `-` for standard input
 * @throws JobError `unreadable`, `limit`; `usage` where it names none
 */
export async function readTargetList(
  path: string,
  stdin: AsyncIterable<Uint8Array> = process.stdin,
): Promise<string[]> {
  const name = path === '-' ? 'standard input' : path
  const chunks: Uint8Array[] = []
  let size = 0
  try {
    for await (const chunk of path === '-' ? stdin : createReadStream(path)) {
      size += chunk.length
      if (size > limits.targetListBytes) {
        throw new JobError(
          'limit',
          `--from-file ${name}: a list of more than ${limits.targetListBytes} bytes`,
        )
      }
      chunks.push(chunk)
    }
  } catch (error) {
    if (error instanceof JobError) throw error
    throw new JobError('unreadable', `--from-file ${name} can't be read: ${oneLine(error)}`)
  }
  const text = Buffer.concat(chunks)
    .toString('utf8')
    .replace(/^\ufeff/, '')
  const targets = text.split(/\r?\n/).map(line => line.trim().replace(/^docker-pullable:\/\//, ''))
  const named = targets.filter(target => target !== '' && !target.startsWith('#'))
  if (named.length === 0) throw new JobError('usage', `--from-file ${name} names no target; write one a line`)
  return [...new Set(named)]
}
