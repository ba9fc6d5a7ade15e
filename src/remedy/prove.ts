/**
 * Proves a remedy on the model before it is shown: applied, judged again, the finding must be gone and none be new.
 * How to trace and to judge is handed in, so that remedy/ depends on neither.
 */
import { JobError } from '../errors.ts'
import { type Finding, reaches } from '../finding.ts'
import { type ImageModel, isUnknown } from '../model.ts'
import type { DockerfileModel } from '../trace/state.ts'
import { applyToImage } from './apply.ts'
import type { Candidate } from './candidate.ts'
import { dockerfileEdits } from './dialects/dockerfile.ts'
import { applyEdits, lineAfter } from './dialects/text.ts'
import type { Step } from './plan.ts'

export interface Judging {
  /** Traces the changed text of the same Dockerfile, with the same context and options. */
  readonly retrace?: (text: string) => DockerfileModel | Promise<DockerfileModel>
  /** Findings without remedies. */
  readonly rejudge: (model: DockerfileModel | ImageModel) => Promise<readonly Finding[]>
}

/** What is to be proven: the finding, those that were there beside it, and the roots that gave the reason. */
export interface Claim {
  readonly finding: Finding
  readonly all: readonly Finding[]
  /** Fingerprints; null: the whole finding must be gone. */
  readonly because: ReadonlySet<string> | null
}

/** True: proven; false: it does not mend, or does harm, and must not be shown; null: the model can't tell. */
export type Verdict = boolean | null

export async function prove(
  candidate: Candidate,
  claim: Claim,
  model: DockerfileModel | ImageModel,
  judging: Judging,
): Promise<Verdict> {
  const verdict =
    model.kind === 'dockerfile'
      ? await proveOnDockerfile(candidate, claim, model, judging)
      : await proveOnImage(candidate, claim, model, judging)
  // The finding may be gone, and yet what it was about not be mended.
  return verdict === true && candidate.doubt !== undefined ? null : verdict
}

async function proveOnDockerfile(
  candidate: Candidate,
  claim: Claim,
  model: DockerfileModel,
  { retrace, rejudge }: Judging,
): Promise<Verdict> {
  const edits = dockerfileEdits(candidate.steps, model)
  if (edits === null || edits.length === 0) return false
  if (retrace === undefined) return null
  const after = await traceOrNull(() => retrace(applyEdits(model.text, edits)))
  if (after === null) return false
  if (wentBlind(candidate.steps, model, after)) return null
  const moved = claim.all.map(finding => moveFinding(finding, line => lineAfter(model.text, edits, line)))
  const target = moved[claim.all.indexOf(claim.finding)]
  return target !== undefined && holds({ ...claim, finding: target, all: moved }, await rejudge(after))
}

/** Null where the changed text is no Dockerfile that can be traced: such a remedy must not be shown. */
async function traceOrNull(
  trace: () => DockerfileModel | Promise<DockerfileModel>,
): Promise<DockerfileModel | null> {
  try {
    return await trace()
  } catch (error) {
    if (error instanceof JobError) return null
    throw error
  }
}

async function proveOnImage(
  candidate: Candidate,
  claim: Claim,
  model: ImageModel,
  { rejudge }: Judging,
): Promise<Verdict> {
  const after = applyToImage(model, candidate.steps)
  return after === null ? null : holds(claim, await rejudge(after))
}

/**
 * A finding that vanishes because less is known afterwards is no proof. A newer base is known well enough where it is
 * an official tag that is still rebuilt: then its store is current, whatever it is.
 */
function wentBlind(steps: readonly Step[], before: DockerfileModel, after: DockerfileModel): boolean {
  if (after.final === null) return true
  const change = steps.find(step => step.kind === 'set-base')
  if (change !== undefined) {
    const { base } = after.stages.find(({ reference }) => reference.text === change.to) ?? after.final
    if (base.kind === 'image' && base.image.until === null) return false
  }
  const { stores } = after.final.final
  if (isUnknown(stores)) return before.final === null || !isUnknown(before.final.final.stores)
  return stores.some(({ path, roots }) => isUnknown(roots) && wasKnown(before, path))
}

function wasKnown({ final }: DockerfileModel, path: string): boolean {
  if (final === null || isUnknown(final.final.stores)) return false
  const store = final.final.stores.find(candidate => candidate.path === path)
  return store !== undefined && !isUnknown(store.roots)
}

/**
 * Is the finding gone, and none new? What is left of it as information (an expired root that no library here fails on,
 * a base in its long-term support) is no longer what it said, and information beside it raises no alarm.
 */
function holds({ finding, all, because }: Claim, after: readonly Finding[]): boolean {
  const wasInfo = finding.severity === 'info'
  for (const now of after) {
    if (isSame(now, finding)) {
      const holdsRoots = because === null || now.roots.some(({ sha256 }) => because.has(sha256))
      if (holdsRoots && (wasInfo || now.severity !== 'info')) return false
    }
    if (now.severity === 'info') continue
    const before = all.find(candidate => isSame(now, candidate))
    if (before === undefined || !reaches(before.severity, now.severity)) return false
  }
  return true
}

/** The same rule at the same place. */
function isSame(a: Finding, b: Finding): boolean {
  return (
    a.rule === b.rule &&
    a.location.path === b.location.path &&
    a.location.line === b.location.line &&
    a.location.stage === b.location.stage
  )
}

function moveFinding(finding: Finding, move: (line: number) => number): Finding {
  const { line } = finding.location
  return line === undefined ? finding : { ...finding, location: { ...finding.location, line: move(line) } }
}
