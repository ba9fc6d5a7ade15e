/** Mends that hold only side by side. */
import { isUnknown } from '../model.ts'
import type { DockerfileModel } from '../trace/state.ts'
import type { Candidate } from './candidate.ts'
import { lineStart, lineStarts } from './dialects/text.ts'
import type { TextEdit } from './plan.ts'

/** The first choice of each, as one candidate; none where one of them has none. */
export function together(choices: readonly (readonly Candidate[])[]): Candidate[] {
  const parts = choices.flatMap(([first]) => (first === undefined ? [] : [first]))
  if (parts.length === 0 || parts.length < choices.length) return []
  const [first, ...rest] = parts.map(({ summary }) => summary)
  const doubt = parts.find(part => part.doubt !== undefined)?.doubt
  return [
    {
      summary: [first, ...rest.map(lowerFirst)].join(', and '),
      steps: parts.flatMap(({ steps }) => steps),
      fixable: parts.every(({ fixable }) => fixable),
      ...(doubt === undefined ? {} : { doubt }),
    },
  ]
}

function lowerFirst(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1)
}

/** The line of the one instruction that all these edits change, where surely no store is before it; else null. */
export function storelessLine(model: DockerfileModel, edits: readonly TextEdit[]): number | null {
  const starts = lineStarts(model.text)
  const touched = new Set(
    edits.map(edit =>
      model.stages
        .flatMap(({ instructions }) => instructions)
        .find(({ location: { line, endLine } }) => {
          if (line === undefined) return false
          const end = starts[endLine ?? line] ?? model.text.length
          return edit.start >= lineStart(starts, line) && edit.end <= end
        }),
    ),
  )
  const [instruction] = touched
  if (touched.size !== 1 || instruction === undefined) return null
  const { stores } = instruction.before
  return isUnknown(stores) || stores.length > 0 ? null : (instruction.location.line ?? null)
}
