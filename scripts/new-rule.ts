/** `npm run new:rule -- <id> [image]`: copies the template, adds the line to rules/index.ts and the case folders. */
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'

const root = new URL('../', import.meta.url)
const [id = '', scope = 'dockerfile'] = process.argv.slice(2)

if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(id) || (scope !== 'dockerfile' && scope !== 'image')) {
  console.error('usage: npm run new:rule -- <kebab-case-id> [dockerfile|image]')
  process.exit(2)
}

const file = new URL(`rules/${id}.ts`, root)
const { version } = JSON.parse(await readFile(new URL('package.json', root), 'utf8')) as { version: string }
const template = await readFile(new URL('rules/_template.ts', root), 'utf8')
const text = template.replaceAll('RULE_ID', id).replaceAll('NEXT_VERSION', version)
if (existsSync(file)) {
  console.error(`rules/${id}.ts is there already`)
  process.exit(2)
}
// `wx`: an existing rule is never overwritten.
await writeFile(file, scope === 'image' ? forImages(text) : text, { flag: 'wx' })

const list = new URL('rules/index.ts', root)
await writeFile(list, withRule(await readFile(list, 'utf8')))
for (const half of ['bad', 'ok'])
  await mkdir(new URL(`test/cases/${id}/${half}.example/`, root), { recursive: true })
console.log(`rules/${id}.ts is yours. Then: npm run docs && npx vitest run test/rules.test.ts`)

function forImages(dockerfile: string): string {
  return dockerfile
    .replaceAll('defineDockerfileRule', 'defineImageRule')
    .replace("scope: 'dockerfile'", "scope: 'image'")
    .replaceAll(
      "dockerfile: 'FROM alpine\\n'",
      "image: { distribution: { id: 'alpine', version: '3.24' }, stores: [] }",
    )
    .replace(', line: 1', '')
    .replace(
      'if (model.final === null) return\n    yield { location: model.final.location, what: model.file }',
      "yield { location: {}, what: model.reference ?? 'the image' }",
    )
}

/** The list with the new line where the alphabet wants it. */
function withRule(text: string): string {
  const open = `const ${scope} = {\n`
  const start = text.indexOf(open) + open.length
  const end = text.indexOf('} satisfies', start)
  const lines = text
    .slice(start, end)
    .split('\n')
    .filter(line => line !== '')
  lines.push(`  '${id}': async () => (await import('./${id}.ts')).default,`)
  return `${text.slice(0, start)}${lines.sort().join('\n')}\n${text.slice(end)}`
}
