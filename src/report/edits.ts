import type { TextEdit } from '../remedy/plan.ts'
import type { ReportEdit } from './report.ts'

/** Edits by offsets as edits by lines and columns (from 1, columns in UTF-16 code units). */
export function placeEdits(text: string, edits: readonly TextEdit[]): ReportEdit[] {
  const place = (offset: number) => {
    const before = text.slice(0, offset)
    return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') }
  }
  return edits.map(({ start, end, text: replacement }) => {
    const [from, to] = [place(start), place(end)]
    return { ...from, endLine: to.line, endColumn: to.column, text: replacement }
  })
}
