import { createHash } from 'node:crypto'
import { JobError } from '../errors.ts'
import type { Shard } from '../index.ts'

/** More parts than a list could have a use for. */
const MOST = 10_000

/** Is a target of this part? By its name alone: every target is in exactly one, whatever else is in the list. */
export function inShard(target: string, shard: Shard | null): boolean {
  if (shard === null) return true
  const hash = createHash('sha256').update(target).digest().readUIntBE(0, 6)
  return hash % shard.of === shard.number - 1
}

/**
 * Reads `I/N`.
 * @throws JobError `usage`
 */
export function parseShard(text: string): Shard {
  const [, number, of] = (/^(\d{1,5})\/(\d{1,5})$/.exec(text) ?? []).map(Number)
  if (number === undefined || of === undefined || of < 1 || of > MOST)
    throw new JobError(
      'usage',
      `--shard ${text}: say I/N, the number of the part and of all parts, as in 2/20`,
    )
  if (number < 1 || number > of)
    throw new JobError(
      'usage',
      `--shard ${text}: parts are counted from 1 to ${of}; where a count begins at 0, add one, as in $((JOB_COMPLETION_INDEX + 1))/${of}`,
    )
  return { number, of }
}
