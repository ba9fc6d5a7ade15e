import { JobError } from './errors.ts'
import type { RuleSettings } from './judge/check.ts'
import { unjudged } from './judge/unknowns.ts'
import { judge } from './judge.ts'
import type { Instant } from './model.ts'
import type { Policy } from './policy/index.ts'
import { type ReadSettings, readImages } from './read-images.ts'
import type { TargetResult } from './result.ts'

export interface ScanSettings extends ReadSettings {
  readonly at: Instant
  readonly expiringWithin: number
  readonly rules?: RuleSettings
  readonly policy?: Policy
}

/**
 * Reads and judges what one name stands for: one image, or several with `allPlatforms`. What a user can mend is
 * in `error` of a result, never thrown; an abort is thrown.
 * @param open what is opened for it, where that is not its name
 */
export async function* scanTarget(
  target: string,
  settings: ScanSettings,
  open = target,
): AsyncGenerator<TargetResult> {
  const { at, expiringWithin, rules, policy } = settings
  try {
    for await (const read of readImages(target, settings, open)) {
      if (read instanceof JobError) {
        yield failed(target, read)
        continue
      }
      try {
        const context = { at, ...(policy ? { policy } : {}) }
        const findings = await judge(read, { ...context, expiringWithin, ...(rules ? { rules } : {}) })
        // After the judging: to a rule an unknown is a reason to be silent, and these are about silence itself.
        const model = { ...read, unknowns: [...read.unknowns, ...unjudged(read, context)] }
        yield { target, kind: model.kind, model, findings, error: null }
      } catch (error) {
        yield failed(target, error)
      }
    }
  } catch (error) {
    yield failed(target, error)
  }
}

/** A target of which there is nothing but the reason. @throws what is no user's to mend, and an abort */
export function failed(target: string, error: unknown): TargetResult {
  if (error instanceof JobError && error.code !== 'aborted')
    return { target, kind: 'image', model: null, findings: [], error }
  throw error
}
