/** Where the lines of a text begin; all offsets in UTF-16 code units, lines as the methods say. */
export interface LineIndex {
  /** The offset at which the line of number `line` (from 0) begins. */
  start(line: number): number
  /** The number (from 1) of the line of an offset. */
  line(offset: number): number
  /** The column (from 1) of an offset. */
  column(offset: number): number
  /** Where the line of an offset ends, before `\r\n` or `\n`. */
  endOfLine(offset: number): number
  /** Where the line after that of an offset begins; the text's length after the last. */
  nextLine(offset: number): number
}

export function lineIndex(text: string): LineIndex {
  const starts = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  const find = (offset: number): number => {
    let low = 0
    let high = starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (starts[middle]! <= offset) low = middle
      else high = middle - 1
    }
    return low
  }
  const nextStart = (offset: number): number => starts[find(offset) + 1] ?? text.length
  return {
    start: line => starts[line] ?? text.length,
    line: offset => find(offset) + 1,
    column: offset => offset - starts[find(offset)]! + 1,
    endOfLine(offset) {
      let end = nextStart(offset)
      if (end > offset && text[end - 1] === '\n') end -= 1
      if (end > offset && text[end - 1] === '\r') end -= 1
      return end
    },
    nextLine: nextStart,
  }
}
