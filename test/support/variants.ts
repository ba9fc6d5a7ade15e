/** The same Dockerfile written in other ways: what a linter says of it must not change, or the difference is declared. */

export interface Variant {
  readonly name: VariantName
  readonly text: string
}

export const variantNames = [
  'onbuild',
  'heredoc',
  'continued',
  'lower-case',
  'crlf',
  'argument',
  'sh -c',
  'exec form',
  'other stage',
  'escape directive',
] as const
export type VariantName = (typeof variantNames)[number]

interface Part {
  readonly keyword: string
  readonly body: string
}

/** Instructions of a Dockerfile of the plain kind: no continuations, here-documents or comments. */
function parts(dockerfile: string): Part[] | null {
  const found: Part[] = []
  for (const line of dockerfile.trimEnd().split('\n')) {
    const match = /^([A-Za-z]+)\s+(.*)$/.exec(line)
    if (!match || line.includes('<<') || line.endsWith('\\') || line.startsWith('#')) return null
    found.push({ keyword: match[1]!.toUpperCase(), body: match[2]! })
  }
  return found
}

function written(list: readonly Part[]): string {
  return `${list.map(({ keyword, body }) => `${keyword} ${body}`).join('\n')}\n`
}

const isShell = ({ keyword, body }: Part): boolean =>
  keyword === 'RUN' && !body.startsWith('[') && !body.startsWith('--')

const mapRuns = (list: readonly Part[], change: (body: string) => string): string =>
  written(list.map(part => (isShell(part) ? { keyword: 'RUN', body: change(part.body) } : part)))

/**
 * All the ways in which this Dockerfile can be written; those that need more than its shape allows are left out.
 * ONBUILD: everything after the last FROM is a trigger.
 */
export function variants(dockerfile: string): Variant[] {
  const found: Variant[] = [{ name: 'crlf', text: dockerfile.replaceAll('\n', '\r\n') }]
  const list = parts(dockerfile)
  if (!list) return found
  const put = (name: VariantName, text: string): void => {
    if (text !== dockerfile) found.push({ name, text })
  }
  const last = list.findLastIndex(part => part.keyword === 'FROM')
  const triggers = list.slice(last + 1)
  if (!triggers.some(part => part.keyword === 'ONBUILD')) {
    const wrapped = triggers.map(part => ({ keyword: 'ONBUILD', body: `${part.keyword} ${part.body}` }))
    put('onbuild', written([...list.slice(0, last + 1), ...wrapped]))
  }
  put(
    'heredoc',
    mapRuns(list, body => `<<SCRIPT\n${body}\nSCRIPT`),
  )
  put(
    'continued',
    mapRuns(list, body => body.replaceAll(' && ', ' \\\n  # why\n\n  && ').replaceAll('; ', '; \\\n ')),
  )
  put(
    'lower-case',
    written(list).replace(/^[A-Z]+/gm, keyword => keyword.toLowerCase()),
  )
  put(
    'sh -c',
    mapRuns(list, body => `sh -c '${body.replaceAll("'", `'\\''`)}'`),
  )
  put(
    'exec form',
    mapRuns(list, body => JSON.stringify(['sh', '-c', body])),
  )
  put('escape directive', `# escape=\`\n${mapRuns(list, body => body.replaceAll(' && ', ' `\n  && '))}`)
  const from = list[last]
  if (from && /^\S+$/.test(from.body) && !from.body.includes('$')) {
    const argument = { keyword: 'ARG', body: `BASE_IMAGE=${from.body}` }
    const expanded = { keyword: 'FROM', body: '${BASE_IMAGE}' }
    put('argument', written([argument, ...list.slice(0, last), expanded, ...list.slice(last + 1)]))
    const named = { keyword: 'FROM', body: `${from.body} AS below` }
    put(
      'other stage',
      written([...list.slice(0, last), named, ...list.slice(last + 1), { keyword: 'FROM', body: 'Below' }]),
    )
  }
  return found
}
