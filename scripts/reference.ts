/** Writes docs/reference: the commands from oclif's manifest (run after the build), the configuration from its template. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { configTemplate } from '../src/config/template.ts'

interface Flag {
  readonly name: string
  readonly char?: string
  readonly type: 'boolean' | 'option'
  readonly summary?: string
  readonly description?: string
  readonly helpGroup?: string
  readonly helpValue?: string
  readonly options?: readonly string[]
  readonly default?: unknown
}

interface Command {
  readonly id: string
  readonly summary?: string
  readonly description?: string
  readonly strict?: boolean
  readonly args: Record<
    string,
    { readonly name: string; readonly description?: string; readonly required?: boolean }
  >
  readonly flags: Record<string, Flag>
  readonly examples?: readonly (string | { readonly description: string; readonly command: string })[]
}

const { commands }: { commands: Record<string, Command> } = JSON.parse(
  readFileSync('oclif.manifest.json', 'utf8'),
)
const made = '<!-- Made by `npm run docs`: edit the sources. -->'

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ')
const own = (text: string) => text.replaceAll('<%= config.bin %>', 'imgtrust')

function flagRow({ name, char, type, helpValue, options, summary = '', default: value }: Flag): string {
  const form = type === 'boolean' ? '' : ` ${helpValue ?? (options ? options.join('\\|') : 'VALUE')}`
  const fallback = value === undefined || type === 'boolean' ? '' : ` [default: ${String(value)}]`
  return `| \`${char ? `-${char}, ` : ''}--${name}${form}\` | ${cell(own(summary) + fallback)} |`
}

function section(command: Command): string {
  const { id, summary = '', description, args, flags, strict, examples = [] } = command
  const names = Object.values(args).map(({ name, required }) => {
    const word = `${name.toUpperCase()}${strict === false ? '…' : ''}`
    return required ? word : `[${word}]`
  })
  const groups = grouped(Object.values(flags))
  const tables = [...groups].map(([group, list]) =>
    [`| ${group === '' ? 'flag' : group.toLowerCase()} | |`, '| --- | --- |', ...list.map(flagRow)].join(
      '\n',
    ),
  )
  const usage = `imgtrust ${id.replaceAll(':', ' ')}`
  const shown = examples
    .filter(example => typeof example !== 'string' || own(example) !== usage)
    .map(example =>
      typeof example === 'string' ? own(example) : `# ${example.description}\n${own(example.command)}`,
    )
  return [
    `## imgtrust ${id.replaceAll(':', ' ')}`,
    own(summary),
    ...(description ? [`\`\`\`\n${own(description)}\n\`\`\``] : []),
    `\`\`\`\nimgtrust ${[id.replaceAll(':', ' '), ...names].join(' ')}\n\`\`\``,
    ...tables,
    ...(shown.length ? [`\`\`\`\n${shown.join('\n')}\n\`\`\``] : []),
  ].join('\n\n')
}

/** In the order in which the groups first come. */
function grouped(flags: readonly Flag[]): Map<string, Flag[]> {
  const groups = new Map<string, Flag[]>()
  for (const flag of flags) {
    const key = flag.helpGroup ?? ''
    groups.set(key, [...(groups.get(key) ?? []), flag])
  }
  return groups
}

mkdirSync('docs/reference', { recursive: true })
const sorted = Object.values(commands).sort((a, b) => (a.id < b.id ? -1 : 1))
writeFileSync('docs/reference/commands.md', `${['# Commands', made, ...sorted.map(section)].join('\n\n')}\n`)
writeFileSync(
  'docs/reference/configuration.md',
  `# Configuration

${made}

\`.imgtrust.yaml\` is looked for from each Dockerfile (a scan: from the current folder) upwards to the root of its git
repository, never inside a target. It can't say credentials, registries, networks or output paths: those are flags. An
unknown key is an error that names the nearest right one. \`imgtrust init\` writes this file:

\`\`\`yaml
${configTemplate().trimEnd()}
\`\`\`

Flags count before the file, the file before its preset. A \`.paranoia.yaml\` in the current folder is read as it is, as a
policy beside this one.
`,
)
