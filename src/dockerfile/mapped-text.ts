/** A run of text and where it begins in the file; `fixed`: every character of it stands for that one offset. */
export interface Piece {
  readonly text: string
  readonly file: number
  readonly fixed?: boolean
}

interface Segment {
  /** Where the run begins in the mapped text. */
  readonly at: number
  readonly file: number
  readonly fixed: boolean
}

/**
 * Text that was made out of a Dockerfile (continuations joined, quotes taken away, comments dropped) and knows for
 * each of its characters the offset, in UTF-16 code units, from which it came.
 */
export class MappedText {
  readonly text: string
  readonly #segments: readonly Segment[]

  private constructor(text: string, segments: readonly Segment[]) {
    this.text = text
    this.#segments = segments
  }

  static of(pieces: readonly Piece[]): MappedText {
    const segments: Segment[] = []
    const texts: string[] = []
    let at = 0
    for (const piece of pieces) {
      if (piece.text === '') continue
      segments.push({ at, file: piece.file, fixed: piece.fixed ?? false })
      texts.push(piece.text)
      at += piece.text.length
    }
    if (segments.length === 0) segments.push({ at: 0, file: pieces[0]?.file ?? 0, fixed: true })
    return new MappedText(texts.join(''), segments)
  }

  /** The runs of it, as {@link MappedText.of} takes them. */
  pieces(): Piece[] {
    return this.#segments.map((segment, index) => ({
      text: this.text.slice(segment.at, this.#segments[index + 1]?.at ?? this.text.length),
      file: segment.file,
      fixed: segment.fixed,
    }))
  }

  #segment(at: number): number {
    let low = 0
    let high = this.#segments.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (this.#segments[middle]!.at <= at) low = middle
      else high = middle - 1
    }
    return low
  }

  /** The file's offset of the character at `at`. */
  offset(at: number): number {
    const clamped = Math.max(0, Math.min(at, this.text.length))
    const segment = this.#segments[this.#segment(clamped)]!
    return segment.fixed ? segment.file : segment.file + clamped - segment.at
  }

  /** The file's range of [start, end): the end follows the last character, not what comes after a continuation. */
  range(start: number, end: number): { start: number; end: number } {
    const from = this.offset(start)
    return { start: from, end: end > start ? Math.max(from, this.offset(end - 1) + 1) : from }
  }

  slice(start: number, end: number = this.text.length): MappedText {
    const from = Math.max(0, Math.min(start, this.text.length))
    const to = Math.max(from, Math.min(end, this.text.length))
    const first = this.#segment(from)
    const segments: Segment[] = []
    for (let index = first; index < this.#segments.length; index += 1) {
      const segment = this.#segments[index]!
      if (segment.at >= to && index > first) break
      const cut = Math.max(0, from - segment.at)
      segments.push({
        at: Math.max(0, segment.at - from),
        file: segment.fixed ? segment.file : segment.file + cut,
        fixed: segment.fixed,
      })
    }
    return new MappedText(this.text.slice(from, to), segments)
  }

  trim(): MappedText {
    const start = this.text.length - this.text.trimStart().length
    return this.slice(start, Math.max(start, this.text.trimEnd().length))
  }

  static join(parts: readonly MappedText[]): MappedText {
    return MappedText.of(parts.flatMap(part => part.pieces()))
  }
}
