/** Judges a model at an instant: runs the rules of its scope, and gives each finding the remedies that hold. */

import type { Finding } from './finding.ts'
import { check, type RuleSettings } from './judge/check.ts'
import type { ImageModel, Instant } from './model.ts'
import type { Policy } from './policy/policy.ts'
import type { Judging } from './remedy/prove.ts'
import type { JudgeContext } from './rule.ts'
import type { DockerfileModel } from './trace/state.ts'

export interface JudgeOptions {
  /** The judge's clock (`--at`). */
  readonly at: Instant
  /** Milliseconds before its end in which a root counts as expiring. */
  readonly expiringWithin: number
  readonly rules?: RuleSettings
  /** What the user demands of stores. */
  readonly policy?: Policy
  /**
   * How to trace the changed text of a Dockerfile, so that its remedies can be proven. Images need nothing: their
   * remedies are applied to the model itself. Without it a Dockerfile's remedies are marked as not proven.
   */
  readonly prove?: { readonly retrace: (text: string) => DockerfileModel | Promise<DockerfileModel> }
}

/**
 * The findings of one model, sorted by place, then by rule: same model, same instant, same findings.
 * @throws JobError `usage` where `rules` names a rule that does not exist
 */
export async function judge(
  model: DockerfileModel | ImageModel,
  { at, expiringWithin, rules = {}, policy, prove: proving }: JudgeOptions,
): Promise<Finding[]> {
  const context: JudgeContext = { at, expiringWithin, ...(policy && { policy }) }
  const rejudge: Judging['rejudge'] = async changed =>
    (await check(changed, context, rules)).map(({ finding }) => finding)
  const judging: Judging =
    proving === undefined
      ? { rejudge }
      : {
          rejudge: onceFor((changed: DockerfileModel | ImageModel) => rejudge(changed)),
          retrace: onceFor(async (text: string) => proving.retrace(text)),
        }
  const drafts = await check(model, context, rules)
  // Most Dockerfiles have no finding: they need not load what makes remedies.
  if (drafts.length === 0) return []
  const { remediesOf } = await import('./judge/remedies.ts')
  const findings: Finding[] = []
  for (const draft of drafts) {
    const [remedy = null, ...alternatives] = await remediesOf(draft, drafts, model, context, judging)
    findings.push({ ...draft.finding, remedy, alternatives })
  }
  return findings
}

/** Several findings of a Dockerfile often have the same remedy: its changed text is traced and judged once. */
function onceFor<K, V>(make: (key: K) => Promise<V>): (key: K) => Promise<V> {
  const made = new Map<K, Promise<V>>()
  return key => {
    const value = made.get(key) ?? make(key)
    made.set(key, value)
    return value
  }
}
