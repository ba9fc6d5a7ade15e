/** What rules ask of the course of a Dockerfile: which stages lead to which, what comes after what. */
import type { Location } from '../model.ts'
import type { DockerfileModel, TracedInstruction, TracedStage, TrustEvent } from '../trace/state.ts'

export interface Moment<E extends TrustEvent = TrustEvent> {
  readonly event: E
  readonly stage: TracedStage
  readonly instruction: TracedInstruction
}

/** All events in the order of the file. */
export function* moments(model: DockerfileModel): Generator<Moment> {
  for (const stage of model.stages) {
    for (const instruction of stage.instructions)
      for (const event of instruction.events) yield { event, stage, instruction }
  }
}

/** All events of one kind. */
export function* momentsOf<K extends TrustEvent['kind']>(
  model: DockerfileModel,
  kind: K,
): Generator<Moment<Extract<TrustEvent, { kind: K }>>> {
  for (const moment of moments(model))
    if (moment.event.kind === kind) yield moment as Moment<Extract<TrustEvent, { kind: K }>>
}

/** The stage below a stage, where it stands on one of this file. */
function below(model: DockerfileModel, stage: TracedStage): TracedStage | null {
  if (stage.base.kind !== 'stage') return null
  const found = model.stages[stage.base.index]
  return found !== undefined && found.index < stage.index ? found : null
}

/** Does `upper` stand on `lower`, or is it the same? */
export function standsOn(model: DockerfileModel, upper: TracedStage, lower: TracedStage): boolean {
  for (let at: TracedStage | null = upper; at !== null; at = below(model, at)) if (at === lower) return true
  return false
}

/** The stages that this one stands on and itself, the lowest first. */
export function lineage(model: DockerfileModel, stage: TracedStage): TracedStage[] {
  const under = below(model, stage)
  return under === null ? [stage] : [...lineage(model, under), stage]
}

/** Stages in which something ends: no shipped stage stands on them. */
export function endings(model: DockerfileModel): TracedStage[] {
  return model.stages.filter(
    stage =>
      !model.stages.some(other => other !== stage && other.ships !== 'none' && standsOn(model, other, stage)),
  )
}

/** Is the stage's root filesystem, or its store, part of the image that is built? */
export function isShipped(stage: TracedStage): boolean {
  return stage.ships === 'final' || stage.ships === 'root-filesystem'
}

/** What happens after this moment in its stage and in those that stand on it. */
export function after(model: DockerfileModel, moment: Moment): Moment[] {
  const all = [...moments(model)]
  const place = all.findIndex(other => other.event === moment.event)
  return all.slice(place + 1).filter(other => standsOn(model, other.stage, moment.stage))
}

/** Does a TLS client of the system's store run in this stage after that line? */
export function speaksAfter(model: DockerfileModel, stage: TracedStage, line: number): boolean {
  return lineage(model, stage).some(({ instructions }) =>
    instructions.some(
      ({ events, location }) =>
        (location.line ?? 0) >= line &&
        events.some(({ kind, ...event }) => kind === 'tls-use' && !('loopback' in event && event.loopback)),
    ),
  )
}

/** Is this place inside that stage's own text? */
export function inStage(stage: TracedStage, location: Location): boolean {
  return stage.instructions.some(
    own =>
      (own.location.line ?? 0) <= (location.line ?? -1) &&
      (location.line ?? -1) <= (own.location.endLine ?? 0),
  )
}
