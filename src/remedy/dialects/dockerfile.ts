/** Remedies as lines of a Dockerfile: to show, and as edits of its text. */
import { type ImageModel, isUnknown, type Maybe } from '../../model.ts'
import type { DockerfileModel, TracedStage, TrustState } from '../../trace/state.ts'
import type { Step, TextEdit } from '../plan.ts'
import { isSafePath, isSafeReference, isSafeUser, shellLine, type Word } from '../quote.ts'
import { commandsOf } from './commands.ts'
import { applyEdits, lineOf, lineStart, lineStarts, newline } from './text.ts'

/**
 * The lines that a person copies.
 * @returns null where a Dockerfile can't say these steps, or where no safe line can be made
 */
export function renderDockerfile(
  steps: readonly Step[],
  model: DockerfileModel | ImageModel,
): readonly string[] | null {
  if (model.kind !== 'dockerfile') return runLines(steps, model.config.user)
  const lines: string[] = []
  for (const group of grouped(steps)) {
    const shown = showGroup(group, model)
    if (shown === null) return null
    lines.push(...shown)
  }
  return lines.length > 0 ? lines : null
}

/**
 * The same as edits of the Dockerfile's text, sorted, not overlapping.
 * @returns null where they can't be placed in it
 */
export function dockerfileEdits(steps: readonly Step[], model: DockerfileModel): readonly TextEdit[] | null {
  const edits: TextEdit[] = []
  for (const group of grouped(steps)) {
    const made = placeGroup(group, model)
    if (made === null) return null
    edits.push(...made)
  }
  return edits.sort((a, b) => a.start - b.start)
}

/** The Dockerfile's text with these steps in it, line ends kept; null where they can't be placed. */
export function applyToDockerfile(model: DockerfileModel, steps: readonly Step[]): string | null {
  const edits = dockerfileEdits(steps, model)
  return edits === null ? null : applyEdits(model.text, edits)
}

/** What is written together: each change of text by itself, all commands of one place as one RUN. */
type Group =
  | { readonly kind: 'base'; readonly to: string; readonly line: number | undefined }
  | { readonly kind: 'edit'; readonly edits: readonly TextEdit[] }
  | { readonly kind: 'run'; readonly steps: readonly Step[]; readonly beforeLine: number | undefined }

function grouped(steps: readonly Step[]): Group[] {
  const groups: Group[] = []
  const runs = new Map<number | undefined, Step[]>()
  for (const step of steps) {
    if (step.kind === 'set-base') groups.push({ kind: 'base', to: step.to, line: step.line })
    else if (step.kind === 'edit-text') groups.push({ kind: 'edit', edits: step.edits })
    else {
      const place = 'beforeLine' in step ? step.beforeLine : undefined
      runs.set(place, [...(runs.get(place) ?? []), step])
    }
  }
  for (const [beforeLine, group] of runs) groups.push({ kind: 'run', steps: group, beforeLine })
  // As they will stand in the file: what a line needs comes above it.
  return groups.sort((a, b) => rank(a) - rank(b))
}

function rank(group: Group): number {
  if (group.kind === 'base') return 0
  if (group.kind === 'edit') return 2
  return group.beforeLine === undefined ? 3 : 1
}

function showGroup(group: Group, model: DockerfileModel): string[] | null {
  switch (group.kind) {
    case 'base': {
      const stage = stageAt(model, group.line)
      if (stage === null || !isSafeReference(group.to)) return null
      const name =
        stage.name !== null && /^[A-Za-z][A-Za-z0-9._-]*$/.test(stage.name) ? ` AS ${stage.name}` : ''
      return [`FROM ${platformOf(model, stage)}${group.to}${name}`]
    }
    case 'edit':
      return showEdits(model, group.edits)
    case 'run': {
      const spot = insertionSpot(model, group.beforeLine)
      return spot === null ? null : linesAt(group.steps, spot)
    }
  }
}

function placeGroup(group: Group, model: DockerfileModel): readonly TextEdit[] | null {
  switch (group.kind) {
    case 'base': {
      const stage = stageAt(model, group.line)
      if (stage === null || !isSafeReference(group.to)) return null
      return [{ start: stage.reference.start, end: stage.reference.end, text: group.to }]
    }
    case 'edit':
      return group.edits
    case 'run': {
      const spot = insertionSpot(model, group.beforeLine)
      const lines = spot === null ? null : linesAt(group.steps, spot)
      if (spot === null || lines === null) return null
      const { text } = model
      const eol = newline(text)
      const block = lines.join(eol)
      // Idempotent: the same lines in the same place are not written twice.
      const above = text.slice(0, spot.offset)
      if (text.startsWith(`${block}${eol}`, spot.offset)) return []
      if (above.endsWith(`${block}${eol}`) || (spot.offset === text.length && above.endsWith(block)))
        return []
      const atOpenEnd = spot.offset === text.length && text.length > 0 && !text.endsWith('\n')
      return [{ start: spot.offset, end: spot.offset, text: atOpenEnd ? `${eol}${block}` : `${block}${eol}` }]
    }
  }
}

interface Spot {
  /** Where the lines go, in UTF-16 code units: a line's start, or the end of the text. */
  readonly offset: number
  readonly user: Maybe<string | null>
  readonly shell: readonly string[]
}

/**
 * Before the instruction on a line; without one at the end of the final stage, but before the CMD and ENTRYPOINT
 * that end it, and before the comment lines above them.
 */
function insertionSpot(model: DockerfileModel, beforeLine: number | undefined): Spot | null {
  const starts = lineStarts(model.text)
  if (beforeLine !== undefined) {
    const instruction = model.stages
      .flatMap(({ instructions }) => instructions)
      .find(({ location }) => location.line === beforeLine)
    return instruction === undefined ? null : spotAt(lineStart(starts, beforeLine), instruction.before)
  }
  const stage = model.final
  if (stage === null) return null
  const body = stage.instructions.filter(({ keyword }) => keyword !== 'FROM')
  let first = body.length
  while (first > 0 && closing.has(body[first - 1]!.keyword)) first--
  // Trailing HEALTHCHECK, EXPOSE, … may stay above the line: only what is run by default must come after it.
  while (first < body.length && !isCommand(body[first]!.keyword)) first++
  const before = body[first]
  const previous = first > 0 ? body[first - 1]!.location : stage.location
  const floor = (previous.endLine ?? previous.line ?? 0) + 1
  if (before === undefined) return spotAt(starts[floor - 1] ?? model.text.length, stage.final)
  let line = before.location.line ?? floor
  while (line > floor && /^\s*#/.test(lineOf(model.text, starts, line - 1))) line--
  return spotAt(lineStart(starts, line), before.before)
}

const closing = new Set([
  'ARG',
  'CMD',
  'ENTRYPOINT',
  'ENV',
  'EXPOSE',
  'HEALTHCHECK',
  'LABEL',
  'STOPSIGNAL',
  'USER',
  'VOLUME',
  'WORKDIR',
])

function isCommand(keyword: string): boolean {
  return keyword === 'CMD' || keyword === 'ENTRYPOINT'
}

function spotAt(offset: number, state: TrustState): Spot {
  return { offset, user: state.user, shell: state.shell }
}

function linesAt(steps: readonly Step[], spot: Spot): string[] | null {
  const shell = spot.shell[0] ?? '/bin/sh'
  if (!/(^|\/)(ba|da|a|z|k)?sh$/.test(shell)) return null
  return runLines(steps, isUnknown(spot.user) ? null : spot.user)
}

/** One RUN for all commands, as root, the user given back. A user who is not known is left as it is. */
function runLines(steps: readonly Step[], user: string | null): string[] | null {
  const lines: string[] = []
  const commands: Word[][] = []
  for (const step of steps) {
    if (step.kind === 'set-base') {
      if (!isSafeReference(step.to)) return null
      lines.push(`FROM ${step.to}`)
    } else if (step.kind === 'copy-store') {
      if (!isSafeReference(step.from) || !isSafePath(step.path)) return null
      lines.push(`COPY --from=${step.from} ${step.path} ${step.path}`)
    } else {
      const made = commandsOf(step, 'delete')
      if (made === null) return null
      commands.push(...made)
    }
  }
  if (commands.length === 0) return lines.length > 0 ? lines : null
  const run = `RUN ${shellLine(commands)}`
  if (isRoot(user)) return [...lines, run]
  return isSafeUser(user!) ? [...lines, 'USER root', run, `USER ${user}`] : null
}

function isRoot(user: string | null): boolean {
  return user === null || user === '' || /^(root|0)(:|$)/.test(user)
}

function stageAt(model: DockerfileModel, line: number | undefined): TracedStage | null {
  if (line === undefined) return model.final
  return model.stages.find(stage => stage.location.line === line) ?? null
}

/** `--platform=… ` as the FROM has it, where it is plain. */
function platformOf(model: DockerfileModel, stage: TracedStage): string {
  const start = lineStart(lineStarts(model.text), stage.location.line ?? 1)
  const head = model.text.slice(start, stage.reference.start)
  const found = /^\s*FROM\s+(--platform=[A-Za-z0-9_${}/.-]+)\s+$/i.exec(head)
  return found ? `${found[1]} ` : ''
}

/** The instructions that the edits touch, as they are afterwards; null where nothing of them is left to show. */
function showEdits({ text, stages }: DockerfileModel, edits: readonly TextEdit[]): string[] | null {
  if (edits.length === 0) return null
  const starts = lineStarts(text)
  const touched = stages
    .flatMap(({ instructions }) => instructions)
    .flatMap(({ location: { line, endLine } }) =>
      line === undefined
        ? []
        : [{ start: lineStart(starts, line), end: (starts[endLine ?? line] ?? text.length + 1) - 1 }],
    )
    .filter(range => edits.some(({ start, end }) => start <= range.end && end >= range.start))
  const first = Math.min(...edits.map(({ start }) => start), ...touched.map(({ start }) => start))
  const last = Math.max(...edits.map(({ end }) => end), ...touched.map(({ end }) => end))
  const from = text.lastIndexOf('\n', first - 1) + 1
  const end = text.indexOf('\n', last)
  const to = end < 0 ? text.length : end
  const moved = edits.map(edit => ({ ...edit, start: edit.start - from, end: edit.end - from }))
  const after = applyEdits(text.slice(from, to), moved)
  return after.trim() === '' ? null : after.split(/\r?\n/)
}
