/** Runs the rules over a model: evidence in, findings without remedies out. */
import { isRemoved, loadersOf, removed } from '../../rules/index.ts'
import { JobError } from '../errors.ts'
import type { Finding, Severity } from '../finding.ts'
import type { ImageModel, Location } from '../model.ts'
import type { Evidence, JudgeContext, Rule } from '../rule.ts'
import { silence } from '../silence/apply.ts'
import type { DockerfileModel } from '../trace/state.ts'
import { compareFindings } from './order.ts'

/** What a user may say of a rule: another severity for all its findings, or not to run it. */
export type RuleSettings = Readonly<Record<string, Severity | 'off'>>

/** A finding before its remedy, with what the remedy is made of. */
export interface Draft {
  readonly finding: Finding
  readonly rule: Rule
  readonly evidence: Evidence
}

/**
 * All findings of the rules of this model's scope, sorted, remedies not yet attached.
 * @throws JobError `usage` where the settings name a rule that does not exist
 */
export async function check(
  model: DockerfileModel | ImageModel,
  context: JudgeContext,
  settings: RuleSettings = {},
): Promise<Draft[]> {
  refuseUnknownRules(settings)
  const rules = await rulesOf(model.kind === 'dockerfile' ? 'dockerfile' : 'image', settings)
  const found = rules
    .filter(rule => !rule.last)
    .flatMap(rule => run(rule, model, context, settings[rule.id] as Severity | undefined))
  const { kept, unused } = silence(found, model)
  const lastContext: JudgeContext = { ...context, unusedIgnores: unused }
  const last = rules
    .filter(rule => rule.last)
    .flatMap(rule => run(rule, model, lastContext, settings[rule.id] as Severity | undefined))
  return [...kept, ...last].sort((a, b) => compareFindings(a.finding, b.finding))
}

/** By scope, in the order of their ids. Thousands of Dockerfiles are judged: those that are loaded are not asked for again. */
const loaded: Partial<Record<Rule['scope'], readonly Rule[]>> = {}

async function rulesOf(scope: Rule['scope'], settings: RuleSettings): Promise<readonly Rule[]> {
  const isOn = (id: string) => settings[id] !== 'off'
  const kept = loaded[scope]
  if (kept !== undefined) return kept.filter(({ id }) => isOn(id))
  const loaders = Object.entries(loadersOf(scope))
  const wanted = loaders.filter(([id]) => isOn(id))
  const rules = await Promise.all(wanted.map(([, load]) => load()))
  // A rule that is switched off is not loaded: then the next model may ask for one more.
  if (wanted.length === loaders.length) loaded[scope] = rules
  return rules
}

function run(
  rule: Rule,
  model: DockerfileModel | ImageModel,
  context: JudgeContext,
  setting: Severity | undefined,
): Draft[] {
  const drafts = new Map<string, Draft>()
  // The loader's scope fits the model; the union of both rule types can't say so.
  const evidences = (rule.check as (model: unknown, context: JudgeContext) => Iterable<Evidence>)(
    model,
    context,
  )
  for (const evidence of evidences) {
    const place = placeOf(evidence.location)
    if (drafts.has(place)) continue
    drafts.set(place, {
      rule,
      evidence,
      finding: {
        rule: rule.id,
        severity: setting ?? evidence.severity ?? rule.severity,
        message: rule.message(evidence, context),
        location: evidence.location,
        roots: evidence.roots ?? [],
        remedy: null,
        alternatives: [],
      },
    })
  }
  return [...drafts.values()]
}

/** One finding per rule and place: two with the same key are one. */
function placeOf(location: Location): string {
  return JSON.stringify([location.file, location.line, location.column, location.path])
}

function refuseUnknownRules(settings: RuleSettings): void {
  for (const id of Object.keys(settings)) {
    if (Object.hasOwn(loadersOf('dockerfile'), id) || Object.hasOwn(loadersOf('image'), id)) continue
    const why = isRemoved(id)
      ? `was removed: ${removed[id]}`
      : `does not exist; \`imgtrust rules\` lists them all`
    throw new JobError('usage', `rule ${JSON.stringify(id)} ${why}`)
  }
}
