/** Edits of a Dockerfile's text that several rules propose. */
import { isUnknown, type Location, type Maybe } from '../model.ts'
import type { Mend, TextEdit } from '../remedy/plan.ts'
import type { DockerfileModel } from '../trace/state.ts'

/** What may stand unquoted as a word of a command that is proposed. */
const SAFE_PATH = /^(\/[A-Za-z0-9][A-Za-z0-9._+=@-]*)+$/

export function safePath(path: string): boolean {
  return SAFE_PATH.test(path)
}

export function isRoot(user: string): boolean {
  return /^(root|0)(:|$)/.test(user.trim())
}

/** Surely someone who is not root; null: root, nobody named, or not known. */
export function otherUser(user: Maybe<string | null>): string | null {
  if (isUnknown(user) || user === null) return null
  const name = user.trim()
  return name === '' || isRoot(name) || name.includes('$') ? null : name
}

function offsets(text: string): number[] {
  const starts = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}

/** Whole lines put behind a line (from 1). */
export function linesBehind(
  model: DockerfileModel,
  line: number | undefined,
  lines: readonly string[],
): TextEdit | null {
  if (line === undefined) return null
  const { text } = model
  const eol = text.includes('\r\n') ? '\r\n' : '\n'
  const next = offsets(text)[line]
  // In front of the line's own end, so that what follows stays as it is.
  const end = next === undefined ? text.length : next - (text[next - 2] === '\r' ? 2 : 1)
  return { start: end, end, text: lines.map(one => eol + one).join('') }
}

/** Whole lines put in front of a line (from 1). */
export function linesBefore(
  model: DockerfileModel,
  line: number | undefined,
  lines: readonly string[],
): TextEdit | null {
  const start = line === undefined ? undefined : offsets(model.text)[line - 1]
  if (start === undefined) return null
  const eol = model.text.includes('\r\n') ? '\r\n' : '\n'
  return { start, end: start, text: lines.map(one => one + eol).join('') }
}

/** The text at a place, and where it begins. */
export function textAt(
  model: DockerfileModel,
  location: Location,
): { readonly text: string; readonly start: number } | null {
  const { line, column, endLine, endColumn } = location
  if (line === undefined || column === undefined || endLine === undefined || endColumn === undefined)
    return null
  const starts = offsets(model.text)
  const start = (starts[line - 1] ?? 0) + column - 1
  const end = (starts[endLine - 1] ?? 0) + endColumn - 1
  return end < start ? null : { text: model.text.slice(start, end), start }
}

/**
 * Another goal for what one COPY, ADD or command puts at `path`: where the path stands in it, that is replaced; else
 * the last word, which names the folder. Empty where neither is so.
 */
export function goalEdit(model: DockerfileModel, location: Location, path: string, to: string): TextEdit[] {
  const found = textAt(model, location)
  if (found === null || !safePath(to)) return []
  const { text, start } = found
  const at = text.indexOf(path)
  if (at >= 0 && text.indexOf(path, at + 1) < 0)
    return [{ start: start + at, end: start + at + path.length, text: to }]
  const last = /\s(\/[^\s"'\]$]*)\s*$/.exec(text)
  const folder = last?.[1]?.replace(/\/$/, '')
  if (!last || folder === undefined || !path.startsWith(`${folder}/`)) return []
  const words = text.split(/\s+/).filter(word => word !== '' && word !== '\\' && !word.startsWith('--'))
  if (words.length !== 3) return []
  const begin = start + last.index + 1
  return [{ start: begin, end: begin + last[1]!.length, text: to }]
}

/** A mend that is edits of text; none where there is nothing to edit. */
export function editMend(summary: string, edits: readonly (TextEdit | null)[], behaviour: boolean): Mend[] {
  const whole = edits.filter(edit => edit !== null)
  return whole.length === 0 || whole.length < edits.length
    ? []
    : [{ kind: 'edit', summary, edits: whole, behaviour }]
}
