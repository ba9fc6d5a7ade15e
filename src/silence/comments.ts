/**
 * Ignores in a Dockerfile's comments:
 *
 *     # imgtrust ignore=stale-base-image reason="rebuilt by our own pipeline"
 *     # imgtrust ignore-file=tls-verification-disabled reason="a test image"
 *
 * The first counts for the instruction that follows it (or, between the lines of a continued instruction, for the next
 * line), the second for the whole file. Several rules are separated by commas.
 */
import type { Location } from '../model.ts'

export interface CommentIgnore {
  readonly rules: readonly string[]
  readonly reason: string | null
  /** Its own line, from 1. */
  readonly line: number
  /** The lines that it silences, both inclusive. */
  readonly from: number
  readonly to: number
}

const COMMENT =
  /^\s*#\s*imgtrust\s+(ignore|ignore-file)\s*=\s*([a-z0-9-]+(?:\s*,\s*[a-z0-9-]+)*)(?:\s+reason\s*=\s*(?:"([^"]*)"|(\S+)))?\s*$/i

/**
 * @param instructions where the instructions of the file stand
 */
export function readComments(text: string, instructions: readonly Location[]): CommentIgnore[] {
  const lines = text.split(/\r?\n/)
  return lines.flatMap((line, index) => {
    const match = COMMENT.exec(line)
    if (!match) return []
    const [, kind = '', rules = '', quoted, bare] = match
    const own = index + 1
    const range =
      kind.toLowerCase() === 'ignore-file' ? { from: 1, to: Infinity } : coveredBy(own, lines, instructions)
    return [
      { rules: rules.toLowerCase().split(/\s*,\s*/), reason: quoted ?? bare ?? null, line: own, ...range },
    ]
  })
}

function coveredBy(
  own: number,
  lines: readonly string[],
  instructions: readonly Location[],
): { from: number; to: number } {
  let next = own + 1
  while (next <= lines.length && /^\s*(?:#.*)?$/.test(lines[next - 1] ?? '')) next++
  const instruction = instructions.find(({ line }) => line === next)
  return { from: own, to: instruction?.endLine ?? next }
}
