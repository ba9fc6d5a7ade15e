import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml'
import { JobError } from '../errors.ts'
import { nearest } from './nearest.ts'

/** No configuration that a person wrote is larger. */
const textBytes = 1 << 20

/** A YAML document that is read strictly: every refusal names file and line, and what would be right. */
export interface StrictYaml {
  readonly file: string
  /** Null where the file is empty. */
  readonly root: YamlNode | null
}

/** One value and where it stands. Scalars are text, whatever they look like: a fingerprint of digits is no number. */
export class YamlNode {
  readonly #node: unknown
  readonly #file: string
  readonly #lines: LineCounter
  /** What it is, for messages: `the file`, `require`, `entry 2 of allow`. */
  readonly what: string
  readonly line: number

  constructor(node: unknown, file: string, lines: LineCounter, what: string, fallbackLine: number) {
    this.#node = node
    this.#file = file
    this.#lines = lines
    this.what = what
    const offset = (node as Node | null)?.range?.[0]
    this.line = offset === undefined ? fallbackLine : lines.linePos(offset).line
  }

  get isMap(): boolean {
    return isMap(this.#node)
  }

  /** Is nothing written behind the key? */
  get isEmpty(): boolean {
    return this.#node === null || (isScalar(this.#node) && this.#node.source === '' && !this.#quoted)
  }

  get #quoted(): boolean {
    return isScalar(this.#node) && (this.#node.type === 'QUOTE_DOUBLE' || this.#node.type === 'QUOTE_SINGLE')
  }

  /**
   * The values of a map by key.
   * @param known the only keys that may be there; null: others are somebody else's
   * @throws JobError `malformed`
   */
  map(known: readonly string[] | null): ReadonlyMap<string, YamlNode> {
    if (!isMap(this.#node))
      throw this.error(`${this.what} must be a map${known ? ` of ${known.join(', ')}` : ''}`)
    const values = new Map<string, YamlNode>()
    for (const { key, value } of this.#node.items) {
      const name = isScalar(key) ? String(key.value) : null
      const at = new YamlNode(key, this.#file, this.#lines, this.what, this.line)
      if (name === null) throw at.error(`a key of ${this.what} is no text`)
      if (known !== null && !known.includes(name)) throw at.error(wrongKey(name, this.what, known))
      values.set(name, new YamlNode(value, this.#file, this.#lines, name, at.line))
    }
    return values
  }

  /** @throws JobError `malformed` */
  list(): readonly YamlNode[] {
    if (!isSeq(this.#node)) throw this.error(`${this.what} must be a list`)
    return this.#node.items.map(
      (item, index) =>
        new YamlNode(item, this.#file, this.#lines, `entry ${index + 1} of ${this.what}`, this.line),
    )
  }

  /** @throws JobError `malformed` */
  text(): string {
    if (!isScalar(this.#node) || typeof this.#node.value !== 'string')
      throw this.error(`${this.what} must be text`)
    return this.#node.value
  }

  /** An error at this place. */
  error(what: string): JobError {
    return new JobError('malformed', `${this.#file}:${this.line}: ${what}`)
  }
}

function wrongKey(name: string, what: string, known: readonly string[]): string {
  const meant = nearest(name, known)
  const shown = JSON.stringify(name.length > 60 ? `${name.slice(0, 59)}…` : name)
  const right = meant === null ? `use one of ${known.join(', ')}` : `did you mean ${JSON.stringify(meant)}?`
  return `${what} has no key ${shown}; ${right}`
}

/** @throws JobError `malformed`, `limit` */
export function readStrictYaml(text: string, file: string): StrictYaml {
  if (text.length > textBytes)
    throw new JobError('limit', `${file}: a file of more than ${textBytes} characters is not read`)
  const lines = new LineCounter()
  // The failsafe schema knows no numbers, dates or switches; aliases then can't multiply either: none is followed.
  const document = parseDocument(text, { lineCounter: lines, schema: 'failsafe', prettyErrors: false })
  const [problem] = [...document.errors, ...document.warnings]
  if (problem) {
    const { line } = lines.linePos(problem.pos[0])
    throw new JobError('malformed', `${file}:${line}: this is no YAML: ${problem.message}`)
  }
  const { contents } = document
  return { file, root: contents === null ? null : new YamlNode(contents, file, lines, 'the file', 1) }
}
