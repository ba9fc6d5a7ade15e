/**
 * The small part of YAML that remedies are written in: block mappings and sequences of strings, whole numbers, booleans
 * and empty lists, without anchors, tags, folds or comments. What is written is read back, as with shell lines: by a
 * reader of this part alone, since a whole YAML parser would cost every report its time (tests hold it against three).
 */

export type Yaml = string | number | boolean | readonly Yaml[] | { readonly [key: string]: Yaml }

/** Bare where no YAML parser, be it of 1.1 or 1.2, could take it for anything but this text. */
const plain = /^[A-Za-z/][A-Za-z0-9_./@+-]*(?: [A-Za-z0-9_./@+(-][A-Za-z0-9_./@+()-]*)*$/
const notText = /^(?:y|n|yes|no|on|off|true|false|null|nan|inf)$/i
/** What stands in quotes: printable ASCII. Names from an image have passed quote.ts, and hold nothing else. */
const printable = /^[ -~]*$/
/** Lines that a literal block takes as they are. */
const several = /^(?:[!-~][ -~]*\n)+$/
/** A key behind which the colon stands later than in the 1024th column is none (YAML 1.2, 7.4.2); lines are indented. */
export const keyLength = 900
/** Both Jinja and Salt's renderer would take it for their own. */
const template = /\{[{%#]|[}%#]\}/

/**
 * @param vouched texts that hold a template on purpose
 * @throws Error where a text can't stand in it safely, or the lines don't read back as what was meant
 */
export function yamlLines(value: Yaml, vouched: ReadonlySet<string> = new Set()): string[] {
  const lines = block(value, '', vouched)
  if (JSON.stringify(readYaml(lines)) !== JSON.stringify(value))
    throw new Error(`a remedy does not read back as what was meant: ${JSON.stringify(lines)}`)
  return lines
}

function block(value: Yaml, indent: string, vouched: ReadonlySet<string>): string[] {
  if (Array.isArray(value)) {
    return value.flatMap((item: Yaml) => {
      const [head, ...rest] = isBlock(item) ? block(item, `${indent}  `, vouched) : [scalar(item, vouched)]
      return [`${indent}- ${head!.trimStart()}`, ...rest]
    })
  }
  return Object.entries(value as { readonly [key: string]: Yaml }).flatMap(([key, item]) => {
    const name = scalar(key, vouched)
    if (name.length > keyLength) throw new Error(`too long for a key: ${name.slice(0, 80)}`)
    if (typeof item === 'string' && several.test(item) && !template.test(item))
      return [
        `${indent}${name}: |`,
        ...item
          .trimEnd()
          .split('\n')
          .map(line => `${indent}  ${line}`),
      ]
    return isBlock(item)
      ? [`${indent}${name}:`, ...block(item, `${indent}  `, vouched)]
      : [`${indent}${name}: ${scalar(item, vouched)}`]
  })
}

function isBlock(value: Yaml): boolean {
  return typeof value === 'object' && Object.keys(value).length > 0
}

/** The one place where a text becomes YAML. */
function scalar(value: Yaml, vouched: ReadonlySet<string>): string {
  if (typeof value === 'boolean') return String(value)
  if (typeof value === 'number') {
    if (Number.isSafeInteger(value) && value >= 0) return String(value)
  } else if (typeof value === 'string') {
    if (template.test(value) && !vouched.has(value))
      throw new Error(`a remedy would hold a template: ${JSON.stringify(value)}`)
    if (plain.test(value) && !notText.test(value)) return value
    if (printable.test(value)) return `'${value.replaceAll("'", "''")}'`
  } else if (Array.isArray(value) && value.length === 0) return '[]'
  throw new Error(`this can't stand in a remedy: ${JSON.stringify(value)}`)
}

interface Line {
  readonly indent: number
  readonly text: string
}

/** Reads what {@link yamlLines} writes; undefined where it is anything else. */
export function readYaml(lines: readonly string[]): Yaml | undefined {
  const read = lines.map(line => ({ indent: line.length - line.trimStart().length, text: line.trimStart() }))
  const [value, next] = readBlock(read, 0, 0) ?? [undefined, -1]
  return next === lines.length ? value : undefined
}

type Read = readonly [value: Yaml, next: number] | undefined

function readBlock(lines: readonly Line[], at: number, indent: number): Read {
  const first = lines[at]
  if (first === undefined || first.indent !== indent) return undefined
  return first.text.startsWith('- ') ? readList(lines, at, indent) : readMap(lines, at, indent)
}

function readList(lines: readonly Line[], start: number, indent: number): Read {
  const items: Yaml[] = []
  let at = start
  while (lines[at]?.indent === indent && lines[at]!.text.startsWith('- ')) {
    const rest = lines[at]!.text.slice(2)
    const one = readScalar(rest)
    if (one !== undefined) {
      items.push(one)
      at++
      continue
    }
    // What stands behind the dash is the first line of a block two columns further in.
    const inner = [...lines.slice(0, at), { indent: indent + 2, text: rest }, ...lines.slice(at + 1)]
    const read = readBlock(inner, at, indent + 2)
    if (read === undefined) return undefined
    items.push(read[0])
    at = read[1]
  }
  return [items, at]
}

function readMap(lines: readonly Line[], start: number, indent: number): Read {
  const entries: [string, Yaml][] = []
  let at = start
  for (let line = lines[at]; line?.indent === indent; line = lines[at]) {
    const [, key, rest] = /^((?:'(?:[^']|'')*'|[^':]+)):(?: (.+))?$/.exec(line.text) ?? []
    const name = key === undefined ? undefined : readScalar(key)
    if (typeof name !== 'string' || entries.some(([known]) => known === name)) return undefined
    at++
    if (rest === '|') {
      const texts: string[] = []
      for (; lines[at]?.indent === indent + 2; at++) texts.push(`${lines[at]!.text}\n`)
      entries.push([name, texts.join('')])
    } else if (rest === undefined) {
      const read = readBlock(lines, at, indent + 2)
      if (read === undefined) return undefined
      entries.push([name, read[0]])
      at = read[1]
    } else {
      const value = readScalar(rest)
      if (value === undefined) return undefined
      entries.push([name, value])
    }
  }
  return [Object.fromEntries(entries), at]
}

function readScalar(text: string): Yaml | undefined {
  if (text === '[]') return []
  if (text === 'true' || text === 'false') return text === 'true'
  if (/^\d+$/.test(text)) return Number(text)
  const quoted = /^'((?:[^']|'')*)'$/.exec(text)?.[1]
  if (quoted !== undefined) return quoted.replaceAll("''", "'")
  return plain.test(text) && !notText.test(text) ? text : undefined
}
