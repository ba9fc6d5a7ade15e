/**
 * The parts of a page of docs/ that a test can try. In the page's source they look so:
 *
 *     <!-- folder: checkout -->        commands run in the checkout, not in an empty folder of the page's own
 *     <!-- folder: copy -->            commands run in a copy of the checkout, which they may change
 *     <!-- needs: openssl jq -->       programs that the page's commands call beside imgtrust
 *     <!-- file: NAME -->              the fenced block that follows is a file of the page's folder
 *     <!-- lint: RULE … | clean -->    the fenced block is a Dockerfile in which these rules speak, or none
 *     <!-- not run: WHY -->            the console block that follows can't be run by a test
 *
 * A block fenced as `console` holds commands behind `$ `, each with all that it prints under it.
 */
export interface Command {
  readonly line: string
  /** What the page says that it prints, standard error too; no line break at the end. */
  readonly output: string
}

export type Part =
  | { readonly kind: 'file'; readonly name: string; readonly text: string }
  | { readonly kind: 'dockerfile'; readonly rules: readonly string[]; readonly text: string }
  | { readonly kind: 'console'; readonly text: string; readonly commands: readonly Command[] }
  | { readonly kind: 'not run'; readonly why: string; readonly text: string }

export interface Page {
  readonly inCheckout: boolean
  readonly inCopy: boolean
  readonly needs: readonly string[]
  readonly parts: readonly Part[]
  /** Console blocks and Dockerfiles that say nothing of how they are tested. */
  readonly untested: readonly string[]
}

const FENCED = /(?:<!-- (file|lint|not run): (.+?) -->\n)?^```(\w*)\n([\s\S]*?)^```$/gm

/** @returns what can be tried of a page, in the order of the page */
export function readPage(markdown: string): Page {
  const parts: Part[] = []
  const untested: string[] = []
  for (const [, mark, value = '', language, text = ''] of markdown.matchAll(FENCED)) {
    if (mark === 'file') parts.push({ kind: 'file', name: value, text })
    else if (mark === 'lint')
      parts.push({ kind: 'dockerfile', rules: value === 'clean' ? [] : value.split(' '), text })
    else if (mark === 'not run') parts.push({ kind: 'not run', why: value, text })
    else if (language === 'console') parts.push({ kind: 'console', text, commands: commandsOf(text) })
    else if (language === 'dockerfile' || language === 'sh' || language === 'bash') untested.push(text)
  }
  return {
    inCheckout: markdown.includes('<!-- folder: checkout -->'),
    inCopy: markdown.includes('<!-- folder: copy -->'),
    needs: /<!-- needs: (.+?) -->/.exec(markdown)?.[1]?.split(' ') ?? [],
    parts,
    untested,
  }
}

/** A console block's commands; a line that ends with a backslash goes on in the next. */
export function commandsOf(text: string): Command[] {
  const commands: { line: string; output: string[] }[] = []
  let open = false
  for (const line of text.trimEnd().split('\n')) {
    const last = commands.at(-1)
    if (open && last) last.line += `\n${line}`
    else if (line.startsWith('$ ')) commands.push({ line: line.slice(2), output: [] })
    else if (last) last.output.push(line)
    else throw new Error(`a console block begins without a command: ${line}`)
    open = (open || line.startsWith('$ ')) && line.endsWith('\\')
  }
  return commands.map(({ line, output }) => ({ line, output: output.join('\n').trim() }))
}

/** The block again, with what the commands really print: a blank line around what is longer than three lines. */
export function writeConsole(commands: readonly Command[]): string {
  return commands
    .map(({ line, output }, index) => {
      if ((line.match(/'/g)?.length ?? 0) % 2) throw new Error(`a quote stays open: ${line}`)
      const long = output.split('\n').length > 3
      const body = output === '' ? '' : long ? `\n${output}\n` : `${output}\n`
      return `$ ${line}\n${body}${long && index < commands.length - 1 ? '\n' : ''}`
    })
    .join('')
}
