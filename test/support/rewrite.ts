/**
 * One Dockerfile written in other ways, one at a time or two together, and where a place of the original is then. What
 * a linter says of it must stay the same.
 */

/** One instruction, its own continuation lines joined; a here-document keeps its lines. */
interface Part {
  readonly keyword: string
  readonly body: string
  /** Which instruction of the original it is; null: it was added. */
  readonly origin: number | null
  readonly trigger?: boolean
}

interface Form {
  readonly parts: readonly Part[]
  /** Build arguments that stand for words of the original. */
  readonly words: Readonly<Record<string, string>>
  readonly mark: '\\' | '`'
  readonly lineEnd: '\n' | '\r\n'
}

export interface Rewritten {
  readonly name: string
  readonly text: string
  /** What stands at a place of this text, in the words of the original; see {@link originalWords}. */
  place(range: Range): string
}

export interface Range {
  readonly line: number
  readonly column: number
  readonly endLine: number
  readonly endColumn: number
}

type Way = (form: Form) => Form | null

const isRun = ({ keyword }: Part): boolean => keyword === 'RUN'
const isFlagged = ({ body }: Part): boolean => body.startsWith('--')
const isExec = ({ body }: Part): boolean => body.startsWith('[')
const isHeredoc = ({ body }: Part): boolean => body.includes('<<')
const isScript = (part: Part): boolean => isRun(part) && !isFlagged(part) && !isExec(part) && !isHeredoc(part)

/** The ways, in the order in which two of them are applied. */
export const ways: Readonly<Record<string, Way>> = {
  'argument in FROM': form =>
    mapParts(form, part => {
      if (part.keyword !== 'FROM' || form.parts.indexOf(part) !== lastFrom(form)) return null
      const match = /^([^\s$-]\S*)(.*)$/.exec(part.body)
      return match && !isStage(form, match[1]!)
        ? {
            words: { BASE_IMAGE: match[1]! },
            global: true,
            part: { ...part, body: `\${BASE_IMAGE}${match[2]}` },
          }
        : null
    }),
  'argument in RUN': form =>
    mapParts(form, (part, number) => {
      if (!isScript(part) || /["'\\#]/.test(part.body)) return null
      const match = /^(.*\s)([A-Za-z0-9][\w./:-]*)$/.exec(part.body)
      const name = `WORD_${number}`
      return match ? { words: { [name]: match[2]! }, part: { ...part, body: `${match[1]}$${name}` } } : null
    }),
  'argument in COPY': form =>
    mapParts(form, (part, number) => {
      if (!['COPY', 'ADD'].includes(part.keyword) || isExec(part) || isHeredoc(part)) return null
      const match = /^(.*\s)(\S+)$/.exec(part.body)
      const name = `GOAL_${number}`
      return match
        ? { words: { [name]: match[2]! }, part: { ...part, body: `${match[1]}\${${name}}` } }
        : null
    }),
  'plain exec form': form =>
    mapParts(form, part =>
      isScript(part) && /^[\w./:=@%+,^~ -]+$/.test(part.body) && !/^\w+=/.test(part.body)
        ? { part: { ...part, body: JSON.stringify(part.body.split(/ +/)) } }
        : null,
    ),
  'sh -c': form =>
    mapParts(form, part =>
      isScript(part) ? { part: { ...part, body: `sh -c '${part.body.replaceAll("'", `'\\''`)}'` } } : null,
    ),
  'exec form': form =>
    mapParts(form, part =>
      isScript(part) ? { part: { ...part, body: JSON.stringify(['/bin/sh', '-c', part.body]) } } : null,
    ),
  continued: form =>
    mapParts(form, part => {
      if (isHeredoc(part) || part.keyword === 'FROM' || part.keyword === '#') return null
      const cut = part.keyword === 'RUN' ? / (?=&& |\|\| |\| )|(?<=;) / : / (?=[A-Z_]+=)/
      const body = part.body.split(cut).join(` ${form.mark}\n  # a reason\n\n  `)
      return body === part.body ? null : { part: { ...part, body } }
    }),
  heredoc: form =>
    mapParts(form, part =>
      isRun(part) && !isFlagged(part) && !isExec(part) && !isHeredoc(part)
        ? {
            part: {
              ...part,
              body: `<<-SCRIPT\n\t${part.body.replaceAll(`${form.mark}\n  # a reason\n\n`, form.mark === '\\' ? '\\\n' : '')}\n\tSCRIPT`,
            },
          }
        : null,
    ),
  onbuild: form => {
    const from = lastFrom(form)
    if (form.parts.some(({ keyword }) => keyword === 'ONBUILD')) return null
    const parts = form.parts.map((part, index) =>
      index > from && part.keyword !== '#' ? { ...part, trigger: true } : part,
    )
    return parts.some(({ trigger }) => trigger) ? { ...form, parts } : null
  },
  'middle stage': form => {
    const from = lastFrom(form)
    const last = form.parts[from]!
    const name = / AS (\S+)$/i.exec(last.body)?.[1]
    const parts = [...form.parts]
    if (name === undefined) parts[from] = { ...last, body: `${last.body} AS below` }
    let before = form.parts.findIndex(({ keyword }) => keyword === 'FROM')
    // A comment belongs to the line that follows it.
    while (form.parts[before - 1]?.keyword === '#') before -= 1
    // Stages that are named by number would be others behind a new first one.
    const numbered = form.parts.some(({ body }) => /--from=\d/.test(body))
    if (!numbered) parts.splice(before, 0, { keyword: 'FROM', body: 'scratch AS before', origin: null })
    return { ...form, parts: [...parts, { keyword: 'FROM', body: name ?? 'Below', origin: null }] }
  },
  'escape directive': form =>
    form.parts.some(({ body, keyword }) => /[\\`]/.test(body) || keyword === '#')
      ? null
      : { ...form, mark: '`' },
  'lower case': form => ({
    ...form,
    parts: form.parts.map(part => ({ ...part, keyword: part.keyword.toLowerCase() })),
  }),
  crlf: form => ({ ...form, lineEnd: '\r\n' }),
}

/** Ways that would have to be applied in another order. */
const apart: readonly (readonly [string, string])[] = [
  ['continued', 'escape directive'],
  ['plain exec form', 'continued'],
]

/** The original, each way that changes it, and each two of them. */
export function rewrites(dockerfile: string): {
  readonly original: Rewritten
  readonly all: readonly Rewritten[]
} {
  const form = read(dockerfile)
  const all: Rewritten[] = []
  const names = Object.keys(ways)
  for (const [index, first] of names.entries()) {
    const once = ways[first]!(form)
    if (!once) continue
    all.push(rewritten(first, once))
    for (const second of names.slice(index + 1)) {
      if (apart.some(([a, b]) => a === first && b === second)) continue
      const twice = ways[second]!(once)
      if (twice) all.push(rewritten(`${first}, ${second}`, twice))
    }
  }
  return { original: rewritten('original', form), all }
}

/** Reads the plain Dockerfiles that examples are. */
function read(dockerfile: string): Form {
  const parts: Part[] = []
  const lines = dockerfile.replace(/\n$/, '').split('\n')
  for (let at = 0; at < lines.length; at += 1) {
    let line = lines[at]!
    if (line.trim() === '') continue
    while (line.endsWith('\\') && at + 1 < lines.length) {
      at += 1
      line = `${line.slice(0, -1).trimEnd()} ${lines[at]!.trimStart()}`
    }
    const end = /<<-?["']?(\w+)["']?/.exec(line)?.[1]
    while (end !== undefined && at + 1 < lines.length) {
      at += 1
      line += `\n${lines[at]}`
      if (lines[at]!.trim() === end) break
    }
    const match = line.startsWith('#')
      ? ['', '#', line.slice(1).trim()]
      : /^([A-Za-z]+)\s+([\s\S]*)$/.exec(line)
    if (!match) throw new Error(`not an instruction: ${line}`)
    parts.push({ keyword: match[1]!.toUpperCase(), body: match[2]!, origin: parts.length })
  }
  return { parts, words: {}, mark: '\\', lineEnd: '\n' }
}

function rewritten(name: string, { parts, words, mark, lineEnd }: Form): Rewritten {
  const lines: string[] = mark === '`' ? ['# escape=`'] : []
  const starts: { readonly line: number; readonly part: Part }[] = []
  for (const part of parts) {
    starts.push({ line: lines.length + 1, part })
    const keyword =
      part.keyword === 'from' || part.keyword === part.keyword.toLowerCase() ? 'onbuild' : 'ONBUILD'
    lines.push(...`${part.trigger ? `${keyword} ` : ''}${part.keyword} ${part.body}`.split('\n'))
  }
  const text = `${lines.join(lineEnd)}${lineEnd}`
  return {
    name,
    text,
    place(range) {
      const start = starts.findLast(one => one.line <= range.line)
      if (!start) return 'nowhere'
      const origin = start.part.origin === null ? 'added' : `#${start.part.origin}`
      // A trigger is the instruction behind ONBUILD.
      const first = start.part.trigger ? 'ONBUILD '.length + 1 : 1
      const whole = range.line === start.line && (range.column === 1 || range.column === first)
      if (whole || start.part.keyword.toUpperCase() === 'FROM') return origin
      const covered = lines.slice(range.line - 1, range.endLine)
      covered[covered.length - 1] = covered.at(-1)!.slice(0, range.endColumn - 1)
      covered[0] = covered[0]!.slice(range.column - 1)
      return `${origin} ${originalWords(covered.join('\n'), words)}`
    },
  }
}

/** The text without what only belongs to the way it is written: line ends, quotes, commas, reasons, arguments. */
function originalWords(text: string, words: Readonly<Record<string, string>>): string {
  let plain = text.replace(/^\s*# a reason$/gm, '')
  for (const [name, value] of Object.entries(words))
    plain = plain.replaceAll(`\${${name}}`, value).replaceAll(new RegExp(`\\$${name}\\b`, 'g'), value)
  return plain.replace(/[\\`"',\s[\]]+/g, ' ').trim()
}

interface Change {
  readonly part: Part
  readonly words?: Readonly<Record<string, string>>
  /** Its arguments stand before the first FROM. */
  readonly global?: boolean
}

/** Null where nothing changes. */
function mapParts(form: Form, change: (part: Part, number: number) => Change | null): Form | null {
  const global: Part[] = []
  const parts: Part[] = []
  let words = form.words
  let changed = false
  for (const [number, part] of form.parts.entries()) {
    const made = change(part, number)
    if (made) changed = true
    words = { ...words, ...made?.words }
    const declared = Object.entries(made?.words ?? {}).map(
      ([name, value]): Part => ({ keyword: 'ARG', body: `${name}=${value}`, origin: null }),
    )
    if (made?.global) global.push(...declared)
    else parts.push(...declared)
    parts.push(made?.part ?? part)
  }
  return changed ? { ...form, parts: [...global, ...parts], words } : null
}

function lastFrom({ parts }: Form): number {
  return parts.findLastIndex(({ keyword }) => keyword === 'FROM')
}

function isStage({ parts }: Form, reference: string): boolean {
  return parts.some(({ keyword, body }) => keyword === 'FROM' && body.endsWith(` AS ${reference}`))
}
