/**
 * Makes docs/rules/ from the rules' own metadata: `npm run docs`. Every example is judged on the way, so a page shows
 * what imgtrust really says of it. Same rules, same bytes.
 */
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { pathToFileURL } from 'node:url'
import { loadRules } from '../rules/index.ts'
import type { Finding } from '../src/finding.ts'
import { render } from '../src/remedy/dialects/index.ts'
import { exampleFiles } from '../src/report/example-files.ts'
import type { DockerfileExample, ImageExample, ImageSketch, Rule } from '../src/rule.ts'
import { judgeExample } from '../test/support/examples.ts'

const folder = new URL('../docs/rules/', import.meta.url)

/** Every page of docs/rules/: file name and text, the index first. */
export async function rulePages(): Promise<Map<string, string>> {
  const rules = await loadRules()
  const pages = new Map([['README.md', indexPage(rules)]])
  for (const rule of rules) pages.set(`${rule.id}.md`, await rulePage(rule))
  return pages
}

function indexPage(rules: readonly Rule[]): string {
  const table = (scope: Rule['scope']) =>
    rules
      .filter(rule => rule.scope === scope)
      .map(({ id, severity, summary }) => `| [\`${id}\`](${id}.md) | ${severity} | ${summary} |`)
      .join('\n')
  const head = '| rule | default | what it finds |\n| --- | --- | --- |'
  return `# Rules

<!-- Made by \`npm run docs\` from the metadata in rules/: edit it there. -->

Severity follows consequence. **error**: something breaks or is open to attack, and it can be mended. **warning**: it
should be mended and can be, by the newest release of the same line or a small change. **info**: nothing that this image
or Dockerfile could install mends it, or nobody is touched. \`--rule ID=error|warning|info|off\` says otherwise.

## Of a Dockerfile

${head}
${table('dockerfile')}

## Of an image

${head}
${table('image')}
`
}

async function rulePage(rule: Rule): Promise<string> {
  const bad = await Promise.all(rule.examples.bad.map(example => badExample(rule, example)))
  return `# ${rule.id}

<!-- Made by \`npm run docs\` from rules/${rule.id}.ts: edit it there. -->

${rule.summary}. Default severity: **${rule.severity}**. Judges ${rule.scope === 'dockerfile' ? 'Dockerfiles (`lint`)' : 'images (`scan`)'}. Since ${rule.since}.

## Why

${rule.why.trim()}

## Found

${bad.join('\n')}
## Not found

${rule.examples.ok.map(example => `${shown(example)}\nJudged on ${example.at}: nothing.\n`).join('\n')}`
}

async function badExample(rule: Rule, example: DockerfileExample | ImageExample): Promise<string> {
  const { findings, model } = await judgeExample(rule, example)
  const said = findings.map(finding => `- **${finding.severity}**${place(finding)}: ${finding.message}`)
  const remedies = findings.slice(0, 1).flatMap(({ remedy, alternatives }) =>
    (remedy === null ? [] : [remedy, ...alternatives]).map((choice, number) => {
      const text = render(choice, 'dockerfile', model)
      const note = choice.proven ? '' : ' (could not be proven on the model)'
      const code = text === null ? '' : `\n\n\`\`\`dockerfile\n${text}\n\`\`\``
      return `${number === 0 ? 'Remedy' : 'Or'}: ${choice.summary}${note}.${code}\n`
    }),
  )
  return `${shown(example)}\nJudged on ${example.at}:\n\n${said.join('\n')}\n${remedies.map(text => `\n${text}`).join('')}`
}

function place({ location }: Finding): string {
  return location.line === undefined ? '' : ` (line ${location.line})`
}

function shown(example: DockerfileExample | ImageExample): string {
  if ('dockerfile' in example) {
    const files = exampleFiles(example).map(({ path, words }) => `- \`${path}\`: ${escaped(words)}\n`)
    const context = files.length === 0 ? '' : `\nIn the build context:\n\n${files.join('')}`
    return `\`\`\`dockerfile\n${example.dockerfile.trimEnd()}\n\`\`\`\n${context}`
  }
  const policy =
    example.policy === undefined
      ? ''
      : `\nBeside it this \`.imgtrust.yaml\`:\n\n\`\`\`yaml\n${example.policy.trimEnd()}\n\`\`\`\n`
  return `${sketch(example.image)}\n${policy}`
}

/** HTML in the text of an example is shown, not rendered. */
function escaped(words: string): string {
  return words.replace(/[<>&]/g, char => ({ '<': '&lt;', '>': '&gt;' })[char] ?? '&amp;')
}

function sketch({ distribution, stores, clients = [], packages = [] }: ImageSketch): string {
  const held = stores.map(store => {
    const { path, release, with: more = [], without = [], broken = [], access = [] } = store
    const odd = [
      ...without.map(file => `without \`${file}\``),
      ...more.map(
        ({ name, ca }) => `with ${ca === false ? 'a server certificate' : 'a root'} of \`${name}\` beside`,
      ),
      ...broken.map(problem => `with a block of which ${problem}`),
      ...access.map(
        ({ path, mode, uid, gid }) => `\`${path}\` with mode ${mode.toString(8)} and owner ${uid}:${gid}`,
      ),
    ]
    return `\`${path}\` as of \`${release}\`${odd.length > 0 ? ` (${odd.join(', ')})` : ''}`
  })
  const programs = clients.map(
    ({ program, library, libraryVersion, libraryPackage }) =>
      `${program} with ${library} ${libraryVersion}${libraryPackage === undefined ? '' : ` (\`${libraryPackage}\`)`}`,
  )
  const installed = packages.map(({ name, version }) => `the package \`${name} ${version}\``)
  const what = [...(held.length > 0 ? held : ['no trust store']), ...programs, ...installed]
  return `An image on ${distribution.id} ${distribution.version} with ${what.join(', ')}.`
}

/** Writes the pages and removes those of rules that are gone. */
async function write(): Promise<void> {
  const pages = await rulePages()
  for (const name of await readdir(folder)) {
    if (name.endsWith('.md') && !pages.has(name)) await rm(new URL(name, folder))
  }
  for (const [name, text] of pages) {
    const file = new URL(name, folder)
    const before = await readFile(file, 'utf8').catch(() => null)
    if (before !== text) await writeFile(file, text)
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await write()
