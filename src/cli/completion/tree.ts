/** What a shell can complete: the commands and flags of oclif's manifest, as every shell's script needs them. */

export interface CompletedFlag {
  /** Without the two hyphens. */
  readonly name: string
  /** One letter; null where it has none. */
  readonly char: string | null
  /** Without a full stop, on one line. */
  readonly summary: string
  /** It takes a value. */
  readonly value: boolean
  /** The values that it takes; empty: any, and files are offered. */
  readonly options: readonly string[]
}

export interface CompletedCommand {
  /** `roots show` */
  readonly words: string
  readonly summary: string
  readonly flags: readonly CompletedFlag[]
  /** What its argument may be; empty: files are offered. */
  readonly args: readonly string[]
}

/** As oclif's manifest has them. */
interface LoadedFlag {
  readonly name: string
  readonly char?: string | undefined
  readonly type: string
  readonly summary?: string | undefined
  readonly description?: string | undefined
  readonly options?: readonly string[] | undefined
  readonly hidden?: boolean | undefined
}

interface LoadedCommand {
  readonly id: string
  readonly summary?: string | undefined
  readonly hidden?: boolean | undefined
  readonly flags: Readonly<Record<string, LoadedFlag>>
  readonly args: Readonly<Record<string, { readonly options?: readonly string[] | undefined }>>
}

/** @param rules ids of all rules: what `rules` takes */
export function completionTree(
  commands: readonly LoadedCommand[],
  rules: readonly string[],
): CompletedCommand[] {
  return commands
    .filter(({ hidden }) => !hidden)
    .map(({ id, summary = '', flags, args }) => ({
      words: id.replaceAll(':', ' '),
      summary: plain(summary),
      flags: [
        ...Object.values(flags)
          .filter(({ hidden }) => !hidden)
          .map(flag => ({
            name: flag.name,
            char: flag.char ?? null,
            summary: plain(flag.summary ?? flag.description ?? ''),
            value: flag.type === 'option',
            options: flag.options ?? [],
          })),
        { name: 'help', char: 'h', summary: 'say all of this command', value: false, options: [] },
      ].sort((a, b) => (a.name < b.name ? -1 : 1)),
      args: id === 'rules' ? rules : Object.values(args).flatMap(({ options = [] }) => options),
    }))
    .sort((a, b) => (a.words < b.words ? -1 : 1))
}

/** Words that may follow others: `list`, `show`, `diff` after `roots`; all first words after nothing. */
export function nextWords(tree: readonly CompletedCommand[]): ReadonlyMap<string, readonly string[]> {
  const next = new Map<string, Set<string>>()
  for (const { words } of tree) {
    const parts = words.split(' ')
    for (const [index, part] of parts.entries()) {
      const before = parts.slice(0, index).join(' ')
      next.set(before, (next.get(before) ?? new Set()).add(part))
    }
  }
  return new Map([...next].map(([before, parts]) => [before, [...parts].sort()]))
}

/** What no shell gives a meaning between single quotes. */
function plain(summary: string): string {
  return summary
    .replace(/<%=.*?%>/g, 'imgtrust')
    .replace(/[\\'"`$[\]:]/g, '')
    .replace(/\s+/g, ' ')
    .replace(/\.$/, '')
}
