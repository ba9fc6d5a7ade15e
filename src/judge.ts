/** Judges a model at an instant: runs the rules of its scope, and gives each finding the remedies that hold. */

import type { Finding } from './finding.ts'
import { check, type Draft, type RuleSettings } from './judge/check.ts'
import type { ImageModel, Instant } from './model.ts'
import { choose } from './remedy/choose.ts'
import type { Mend, Remedy } from './remedy/plan.ts'
import { type Judging, prove } from './remedy/prove.ts'
import type { JudgeContext } from './rule.ts'
import type { DockerfileModel } from './trace/state.ts'

export interface JudgeOptions {
  /** The judge's clock (`--at`). */
  readonly at: Instant
  /** Milliseconds before its end in which a root counts as expiring. */
  readonly expiringWithin: number
  readonly rules?: RuleSettings
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
  { at, expiringWithin, rules = {}, prove: proving }: JudgeOptions,
): Promise<Finding[]> {
  const context: JudgeContext = { at, expiringWithin }
  const rejudge: Judging['rejudge'] = async changed =>
    (await check(changed, context, rules)).map(({ finding }) => finding)
  const judging: Judging = proving === undefined ? { rejudge } : { rejudge, retrace: proving.retrace }
  const drafts = await check(model, context, rules)
  const findings: Finding[] = []
  for (const draft of drafts) {
    const [remedy = null, ...alternatives] = await remediesOf(draft, drafts, model, context, judging)
    findings.push({ ...draft.finding, remedy, alternatives })
  }
  return findings
}

/** The proven ones in the rule's order; where none is, the first of which nobody can tell. What fails is not shown. */
async function remediesOf(
  draft: Draft,
  drafts: readonly Draft[],
  model: DockerfileModel | ImageModel,
  context: JudgeContext,
  judging: Judging,
): Promise<Remedy[]> {
  const claim = {
    finding: draft.finding,
    all: drafts.map(({ finding }) => finding),
    because:
      draft.evidence.because === undefined
        ? null
        : new Set(draft.evidence.because.map(({ sha256 }) => sha256)),
  }
  const proven: Remedy[] = []
  let unproven: Remedy | null = null
  for (const candidate of mendsOf(draft, model, context).flatMap(mend => choose(mend, model, context.at))) {
    const verdict = await prove(candidate, claim, model, judging)
    if (verdict === true) proven.push({ ...candidate, proven: true })
    else if (verdict === null) unproven ??= { ...candidate, proven: false }
  }
  return proven.length > 0 || unproven === null ? proven : [unproven]
}

function mendsOf(
  { rule, evidence }: Draft,
  model: DockerfileModel | ImageModel,
  context: JudgeContext,
): readonly Mend[] {
  if (rule.remedy === undefined) return []
  // The draft came from this rule and this model; the union of both rule types can't say so.
  return (rule.remedy as (evidence: unknown, model: unknown, context: JudgeContext) => readonly Mend[])(
    evidence,
    model,
    context,
  )
}
