/** Edits of a text by offsets, in UTF-16 code units; lines count from 1. */
import type { TextEdit } from '../plan.ts'

/**
 * Applies edits that don't overlap, in any order.
 * @throws RangeError where two overlap or one lies outside the text
 */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const sorted = [...edits].sort((a, b) => a.start - b.start || a.end - b.end)
  let result = ''
  let at = 0
  for (const { start, end, text: replacement } of sorted) {
    if (start < at || end < start || end > text.length)
      throw new RangeError('edits overlap or lie outside the text')
    result += text.slice(at, start) + replacement
    at = end
  }
  return result + text.slice(at)
}

/** The line that stands where `line` stood before the edits. */
export function lineAfter(text: string, edits: readonly TextEdit[], line: number): number {
  const start = lineStart(lineStarts(text), line)
  let moved = line
  for (const edit of edits) {
    if (edit.start > start || (edit.start === start && edit.end > edit.start)) continue
    moved += newlines(edit.text) - newlines(text.slice(edit.start, edit.end))
  }
  return moved
}

function newlines(text: string): number {
  return text.split('\n').length - 1
}

/** The offset at which each line starts. */
export function lineStarts(text: string): number[] {
  const starts = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}

export function lineStart(starts: readonly number[], line: number): number {
  return starts[Math.min(Math.max(line, 1), starts.length) - 1] ?? 0
}

export function lineOf(text: string, starts: readonly number[], line: number): string {
  return text.slice(starts[line - 1] ?? text.length, starts[line] ?? text.length)
}

/** The line end that the text uses: that of its first line. */
export function newline(text: string): '\r\n' | '\n' {
  const first = text.indexOf('\n')
  return first > 0 && text[first - 1] === '\r' ? '\r\n' : '\n'
}
