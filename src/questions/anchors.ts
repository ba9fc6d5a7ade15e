/** What rules ask of the certificates that a Dockerfile puts where anchors belong. */
import { isUnknown } from '../model.ts'
import type { DockerfileModel, TracedAnchor, TracedStage } from '../trace/state.ts'
import { endings, isShipped, speaksAfter } from './flow.ts'
import { trustVariables } from './trust-variables.ts'

export interface Placed {
  readonly anchor: TracedAnchor
  /** The stage at whose end it was looked at. */
  readonly stage: TracedStage
}

/** Anchors at the ends of the stages that count: those that are shipped, and those in which TLS is spoken afterwards. */
export function* placedAnchors(model: DockerfileModel): Generator<Placed> {
  const told = new Set<string>()
  const stages = endings(model).sort((a, b) => Number(isShipped(b)) - Number(isShipped(a)))
  for (const stage of stages) {
    for (const anchor of stage.end.anchors) {
      const key = `${anchor.location.line}:${anchor.path}`
      if (told.has(key)) continue
      if (!isShipped(stage) && !speaksAfter(model, stage, anchor.location.line ?? 0)) continue
      // It is made here to be handed on.
      if (!isShipped(stage) && model.stages.some(other => other !== stage && hasAnchor(other, anchor.path)))
        continue
      told.add(key)
      yield { anchor, stage }
    }
  }
}

function hasAnchor(stage: TracedStage, path: string): boolean {
  return stage.end.anchors.some(other => other.path === path)
}

/** Is there another file with the same certificates, or the same name, that the tool reads? */
export function hasTwin({ anchor, stage }: Placed): boolean {
  const stem = (path: string): string => path.slice(path.lastIndexOf('/') + 1).replace(/\.[^.]+$/, '')
  return stage.end.anchors.some(
    other =>
      other !== anchor &&
      other.reading === 'read' &&
      (stem(other.path) === stem(anchor.path) || sameCertificates(other, anchor)),
  )
}

function sameCertificates(a: TracedAnchor, b: TracedAnchor): boolean {
  if (isUnknown(a.file) || isUnknown(b.file) || a.file.certificates.length === 0) return false
  const there = new Set(a.file.certificates.map(({ sha256 }) => sha256))
  return b.file.certificates.every(({ sha256 }) => there.has(sha256))
}

/** Does a variable point a program straight at this file, or at a folder over it? An unknown value may. */
export function readDirectly({ anchor, stage }: Placed): boolean {
  const { env } = stage.end.heir
  for (const [name, value] of env) {
    if (isUnknown(value)) {
      if (trustVariables.some(variable => variable.name === name)) return true
      continue
    }
    if (value.includes(anchor.path)) return true
    if (
      /_DIR$|PATH$/.test(name) &&
      value.split(':').some(path => path !== '' && anchor.path.startsWith(`${path.replace(/\/$/, '')}/`))
    )
      return true
  }
  return false
}

export function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

/** The range of `name` in the text of an instruction; null where it stands there not once. */
export function rangeIn(
  model: DockerfileModel,
  { line, endLine }: { readonly line?: number; readonly endLine?: number },
  name: string,
): { start: number; end: number } | null {
  if (line === undefined || name === '') return null
  const lines = model.text.split('\n')
  const start = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0)
  const text = lines.slice(line - 1, endLine ?? line).join('\n')
  const at = text.lastIndexOf(name)
  if (at < 0) return null
  return { start: start + at, end: start + at + name.length }
}
