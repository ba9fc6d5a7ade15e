/** From a Dockerfile's text to the trust state after each of its instructions. */
import type { BuildContext } from '../dockerfile/context.ts'
import type { Instruction } from '../dockerfile/parse.ts'
import { parseDockerfile } from '../dockerfile/parse.ts'
import {
  findStage,
  type Stage,
  type StagedDockerfile,
  splitStages,
  targetStage,
} from '../dockerfile/stages.ts'
import { JobError } from '../errors.ts'
import type { BaseImage } from '../knowledge/types.ts'
import {
  type Distribution,
  isUnknown,
  type Maybe,
  type Unknown,
  type UnknownEntry,
  unknown,
} from '../model.ts'
import { imageFields, SCRATCH, unknownFields } from './base.ts'
import { Catalogue } from './content.ts'
import { emptyFields, type Fields, trustState } from './fields.ts'
import { ENDED, runInstruction } from './instructions.ts'
import { builtIn, type TraceKnowledge } from './knowledge.ts'
import { Machine, type Session } from './machine.ts'
import { type ScannedImage, scannedFields } from './scanned.ts'
import { shipping } from './ships.ts'
import { stageEnd } from './stage-end.ts'
import type {
  DockerfileModel,
  StageBase,
  StageStart,
  TracedInstruction,
  TracedStage,
  TrustEvent,
} from './state.ts'

export interface TraceOptions {
  /** As it is shown in reports. */
  readonly file: string
  readonly buildArgs?: Readonly<Record<string, string>>
  /** The stage that is built; default the last. */
  readonly target?: string
  /** `linux/arm64`: what `--platform` asks for. */
  readonly platform?: string
  /** Where COPY and ADD read from; null or absent: nothing of it is known. */
  readonly context?: BuildContext | null
  readonly knowledge?: TraceKnowledge
}

/**
 * Traces a Dockerfile.
 * @throws JobError `malformed` (with the line) where BuildKit would refuse the file, `limit`, `usage` (no such target)
 */
export function traceDockerfile(text: string, options: TraceOptions): DockerfileModel {
  const knowledge = options.knowledge ?? builtIn
  const buildArgs = options.buildArgs ?? {}
  const parsed = parseDockerfile(text, options.file)
  const dockerfile = splitStages(parsed, { buildArgs, platform: options.platform })
  const target = targetStage(dockerfile, options.target)
  const session: Session = {
    file: options.file,
    text: parsed.text,
    lines: parsed.lines,
    knowledge,
    catalogue: new Catalogue(knowledge),
    context: options.context ?? null,
    platform: options.platform,
    buildArgs,
    escapeMark: parsed.escapeMark,
  }
  const tracer = new Tracer(session, dockerfile)
  const ships = shipping(dockerfile, target)
  const stages = dockerfile.stages.map(stage => tracer.stage(stage, ships.get(stage) ?? 'none'))
  return {
    kind: 'dockerfile',
    file: options.file,
    text,
    stages,
    final: stages[target.index] ?? null,
    unknowns: [...tracer.unread(), ...stages.flatMap(unknownOf)],
  }
}

/** Why a stage's stores are not known, where they are not. */
function unknownOf(stage: TracedStage): UnknownEntry[] {
  const { stores } = stage.final
  if (stage.ships === 'none' || stage.ships === 'programs') return []
  if (isUnknown(stores)) return [{ what: 'trust stores', why: stores.unknown, location: stage.location }]
  return stores.flatMap(store =>
    isUnknown(store.roots) ? [{ what: store.path, why: store.roots.unknown, location: stage.location }] : [],
  )
}

/** What a stage leaves to those that stand on it. */
interface StageEnding {
  readonly fields: Fields
  readonly triggers: readonly Instruction[]
  readonly entrypoint: StageStart | null
  readonly command: StageStart | null
}

class Tracer {
  readonly #session: Session
  readonly #dockerfile: StagedDockerfile
  /** The states of the stages at their ends, and their triggers. */
  readonly #ends = new Map<Stage, StageEnding>()
  readonly #images = new Map<string, Fields>()
  readonly #unread = new Map<string, Unknown & { readonly line: number }>()

  constructor(session: Session, dockerfile: StagedDockerfile) {
    this.#session = session
    this.#dockerfile = dockerfile
  }

  stage(stage: Stage, ships: TracedStage['ships']): TracedStage {
    const session = this.#session
    const { base, fields, triggers } = this.#base(stage)
    const machine = new Machine(session, stage.name ?? String(stage.index), fields)
    machine.line = session.lines.line(stage.from.start)
    const under = base.kind === 'stage' ? this.#ends.get(this.#dockerfile.stages[base.index]!) : undefined
    machine.entrypoint = under?.entrypoint ?? null
    machine.command = under?.command ?? null
    const around = {
      dockerfile: this.#dockerfile,
      find: (reference: string) => this.#source(reference, stage, machine.line),
    }
    machine.set({ args: proxyArguments(machine) })
    // What the stage below left for its heirs runs first; its events are told where they are written.
    machine.elsewhere = base.kind === 'stage' ? null : stage.from
    for (const trigger of triggers) {
      if (base.kind === 'stage') machine.line = session.lines.line(trigger.start)
      runInstruction(machine, trigger, around)
    }
    machine.elsewhere = null
    machine.line = session.lines.line(stage.from.start)
    machine.events = []
    machine.installs = []
    machine.uses = []
    const instructions: TracedInstruction[] = []
    const own: { instruction: Instruction; at: number }[] = []
    const run = (instruction: Instruction, keyword: string, place: Instruction): TracedInstruction => {
      machine.line = session.lines.line(place.start)
      machine.events = []
      machine.checked = false
      const before = machine.state()
      const ended = machine.fields.notes.has(ENDED)
      runInstruction(machine, instruction, around)
      const shipped = ships === 'final' || ships === 'root-filesystem'
      const events = (ended ? [] : machine.events).map(
        (event): TrustEvent => (event.kind === 'tls-use' ? { ...event, shipped } : event),
      )
      return {
        keyword,
        location: machine.location(place.start, place.end),
        before,
        after: machine.state(),
        events,
        ...(machine.checked ? { checked: true as const } : {}),
      }
    }
    for (const instruction of effective(stage.instructions)) {
      if (instruction.trigger) own.push({ instruction, at: instructions.length })
      instructions.push(run(instruction, instruction.keyword, instruction))
    }
    const end = machine.fields
    // A trigger acts on the image of the next build, which begins where this stage ends.
    for (const { instruction, at } of own)
      instructions[at] = run(instruction.trigger!, 'ONBUILD', instruction)
    const heir = machine.fields
    machine.restore(end)
    this.#ends.set(stage, {
      fields: end,
      triggers: own.map(({ instruction }) => instruction.trigger!),
      entrypoint: machine.entrypoint,
      command: machine.command,
    })
    if (ships === 'final' && !end.notes.has(ENDED))
      installed(machine, instructions, own.length > 0 ? heir : end)
    return {
      name: stage.name,
      index: stage.index,
      location: machine.location(stage.from.start, stage.from.end),
      reference: stage.reference,
      base,
      distribution: this.#distribution(end),
      instructions,
      final: trustState(end),
      ships,
      end: stageEnd(machine, own.length > 0 ? heir : end),
    }
  }

  #base(stage: Stage): { base: StageBase; fields: Fields; triggers: readonly Instruction[] } {
    const { image } = stage
    const line = this.#session.lines.line(stage.from.start)
    if (isUnknown(image)) {
      const why = `FROM ${stage.reference.text}: ${image.unknown}`
      return {
        base: { kind: 'unknown', reference: stage.reference.text, why },
        fields: unknownFields(why),
        triggers: [],
      }
    }
    const below = findStage(this.#dockerfile.stages, image, stage.index, false)
    const end = below ? this.#ends.get(below) : undefined
    if (below && end) {
      // ARG ends with its stage.
      const fields = { ...end.fields, args: emptyFields().args }
      return { base: { kind: 'stage', index: below.index }, fields, triggers: end.triggers }
    }
    if (image.toLowerCase() === SCRATCH)
      return { base: { kind: 'scratch' }, fields: emptyFields(), triggers: [] }
    const { official, fields, triggers } = this.#image(image, platformOf(stage, this.#session), line)
    const base: StageBase = isUnknown(official)
      ? { kind: 'unknown', reference: image, why: official.unknown }
      : { kind: 'image', reference: image, image: official }
    return { base, fields, triggers }
  }

  /** An image by its reference: as it was read where base images are, else as knowledge has it. */
  #image(
    reference: string,
    platform: string | null,
    line: number,
  ): { official: Maybe<BaseImage>; fields: Fields; triggers: readonly Instruction[] } {
    const session = this.#session
    const { knowledge } = session
    if (reference === '') {
      const official = unknown('the image has no name')
      return { official, fields: unknownFields(official.unknown), triggers: [] }
    }
    const scanned = knowledge.scannedImage?.(reference, platform)
    if (scanned && !isUnknown(scanned)) {
      // What the tag beside a digest says of its repository and its successors holds for the digest too.
      const official = knowledge.lookupImage(reference.replace(/@.*$/, ''))
      return {
        official,
        fields: scannedFields(session, reference, scanned, isUnknown(official) ? null : official, line),
        triggers: inheritedTriggers(scanned, session),
      }
    }
    if (scanned) this.#unread.set(reference, { ...scanned, line })
    const official = knowledge.lookupImage(reference)
    const fields = isUnknown(official)
      ? unknownFields(scanned ? scanned.unknown : official.unknown)
      : imageFields(session, reference, official, line)
    return { official, fields, triggers: [] }
  }

  /** Images that were to be scanned and could not be. */
  unread(): UnknownEntry[] {
    const { file } = this.#session
    return [...this.#unread].map(([what, { unknown: why, line }]) => ({
      what: `the base image ${what}`,
      why,
      location: { file, line },
    }))
  }

  /** The end of the stage, or the image, that `COPY --from` names. */
  #source(reference: string, stage: Stage, line: number): Fields {
    const found = findStage(this.#dockerfile.stages, reference, stage.index, true)
    const end = found ? this.#ends.get(found) : undefined
    if (end) return end.fields
    const kept = this.#images.get(reference)
    if (kept) return kept
    const { fields } = this.#image(reference, this.#session.platform ?? null, line)
    this.#images.set(reference, fields)
    return fields
  }

  #distribution({ distribution }: Fields): Distribution | null {
    if (!distribution) return null
    const { id, version } = distribution
    return {
      id,
      version,
      endOfLife: version === null ? null : this.#session.knowledge.endOfLife(id, version),
    }
  }
}

/** Of CMD, ENTRYPOINT and HEALTHCHECK the last one of a stage holds; those before it are never run. */
function effective(instructions: readonly Instruction[]): Instruction[] {
  const kind = ({ keyword, trigger }: Instruction): string => `${keyword} ${trigger?.keyword ?? ''}`
  const last = new Map(instructions.map(instruction => [kind(instruction), instruction]))
  return instructions.filter(
    one => !REPLACED.has((one.trigger ?? one).keyword) || last.get(kind(one)) === one,
  )
}

const REPLACED = new Set(['CMD', 'ENTRYPOINT', 'HEALTHCHECK'])

/** Clients that the shipped stage installs, keeps, and does not use for http or itself alone. */
function installed(machine: Machine, instructions: TracedInstruction[], end: Fields): void {
  const { packages } = end
  const told = new Set<string>()
  for (const { program, location } of machine.installs) {
    const uses = machine.uses.filter(use => use.program === program)
    const gone = !isUnknown(packages) && !packages.has(program)
    if (told.has(program) || gone || (uses.length > 0 && uses.every(use => use.harmless))) continue
    told.add(program)
    const index = instructions.findIndex(
      one =>
        (location.line ?? 0) >= (one.location.line ?? 0) &&
        (location.line ?? 0) <= (one.location.endLine ?? 0),
    )
    const instruction = instructions[index]
    if (!instruction) continue
    const event: TrustEvent = { kind: 'client-installed', program, location, state: trustState(end) }
    instructions[index] = { ...instruction, events: [...instruction.events, event] }
  }
}

/** BuildKit hands these to RUN without an ARG, where they are given. */
function proxyArguments(machine: Machine): Fields['args'] {
  let { args } = machine.fields
  for (const [name, value] of Object.entries(machine.session.buildArgs))
    if (/^(https?|ftp|no|all)_proxy$/i.test(name)) args = args.with(name, value)
  return args
}

/** The platform that a FROM asks for, or that is built for. */
function platformOf(stage: Stage, session: Session): string | null {
  const { platform } = stage
  return platform === null || isUnknown(platform) ? (session.platform ?? null) : platform
}

/** ONBUILD of an image that was read: each stands for itself, so that none can smuggle in a second instruction. */
function inheritedTriggers(image: ScannedImage, { file }: Session): readonly Instruction[] {
  return (image.config.onBuild ?? []).flatMap(text => {
    try {
      const [, instruction] = parseDockerfile(`FROM ${SCRATCH}\nONBUILD ${text}`, file).instructions
      return instruction?.trigger ? [instruction.trigger] : []
    } catch (error) {
      // An engine would refuse it in the build.
      if (error instanceof JobError) return []
      throw error
    }
  })
}
