/** Gives a finding the remedies that hold. */
import type { ImageModel } from '../model.ts'
import { choose } from '../remedy/choose.ts'
import type { Mend, Remedy } from '../remedy/plan.ts'
import { type Judging, prove } from '../remedy/prove.ts'
import type { JudgeContext } from '../rule.ts'
import type { DockerfileModel } from '../trace/state.ts'
import type { Draft } from './check.ts'

/** The proven ones in the rule's order; where none is, the first of which nobody can tell. What fails is not shown. */
export async function remediesOf(
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
