/**
 * Builds what ships, every file two levels deep (dist/x/y) so that a path relative to `import.meta.url` holds for
 * all of them: the parts that programs and library are made of, in packs (scripts/build/split.ts, packs.ts); the file
 * that starts the program and the one that users import; what is large and rarely needed, and what runs in threads, apart;
 * the knowledge beside them; oclif's manifest; a notice of what is bundled.
 */
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type BuildOptions, build, type Metafile } from 'esbuild'
import { commands } from '../src/commands/index.ts'
import { version } from '../src/version.ts'
import { apart, apartEntries, inFile } from './build/apart.ts'
import { define, layKnowledge } from './build/knowledge.ts'
import { oclifLazily } from './build/oclif-lazily.ts'
import { argumentsWhereNeeded, atFirstCall, rangesAlone } from './build/packages.ts'
import { pack } from './build/packs.ts'
import { split } from './build/split.ts'
import { withoutSession } from './build/without-session.ts'

const root = fileURLToPath(new URL('../', import.meta.url))
process.chdir(root)

// What an older build has left must not ship. dist/types is made by scripts/types.ts and stays: npm builds once more
// after `prepack`.
mkdirSync('dist', { recursive: true })
for (const name of readdirSync('dist'))
  if (name !== 'types') rmSync(join('dist', name), { recursive: true, force: true })

const common = {
  outdir: 'dist',
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  metafile: true,
  // oclif asks for a compiler only in a plugin's development; ssh2's native parts are optional.
  external: ['typescript', 'ts-node', 'cpu-features', '*.node'],
  logLevel: 'warning',
} satisfies BuildOptions

const DOCKERODE = '../vendor/dockerode.cjs'

const vendor = await build({
  ...common,
  entryPoints: [{ in: 'dockerode', out: 'vendor/dockerode' }],
  outExtension: { '.js': '.cjs' },
  format: 'cjs',
  minifyIdentifiers: true,
  plugins: [withoutSession],
})

const { parts, metafile } = await split(
  { program: 'src/cli/program.ts', library: 'src/index.ts', ...apartEntries },
  {
    ...common,
    define,
    plugins: [
      inFile('dockerode', DOCKERODE),
      apart,
      argumentsWhereNeeded,
      atFirstCall,
      rangesAlone,
      oclifLazily,
    ],
  },
)
const { texts, idOf, contents } = pack(parts)
mkdirSync('dist/code', { recursive: true })
for (const [name, text] of texts) writeFileSync(`dist/code/${name}.cjs`, text)
writeFileSync('dist/code/contents.json', JSON.stringify(contents))

const start = await build({
  ...common,
  entryPoints: [
    { in: 'src/cli/start.ts', out: 'cli/start' },
    { in: 'src/cli/library.ts', out: 'lib/parts' },
  ],
  outExtension: { '.js': '.cjs' },
  format: 'cjs',
  define: {
    BUILD: JSON.stringify({
      version,
      digest: digest([...texts.values()]),
      program: idOf('src/cli/program.ts'),
    }),
  },
})

const library = parts.find(({ entry }) => entry === 'src/index.ts')!
mkdirSync('dist/lib', { recursive: true })
writeFileSync(
  'dist/lib/index.js',
  `import { load } from './parts.cjs'
export const { ${library.exports.join(', ')} } = load(${JSON.stringify(idOf('src/index.ts'))})
`,
)

const worker = await build({
  ...common,
  entryPoints: [{ in: 'src/layer-worker.ts', out: 'worker/layer' }],
  outExtension: { '.js': '.cjs' },
  format: 'cjs',
})

layKnowledge('src/knowledge/data', 'dist/knowledge/data')
writeNotice([vendor.metafile, metafile, start.metafile, worker.metafile])
await writeOclifManifest()

function digest(texts: readonly string[]): string {
  const hash = createHash('sha256')
  for (const text of texts) hash.update(text)
  return hash.digest('hex').slice(0, 16)
}

/** Names every bundled package with its licence text, as most of their licences ask. */
function writeNotice(metafiles: readonly Metafile[]): void {
  const folders = new Set<string>()
  for (const path of metafiles.flatMap(({ inputs }) => Object.keys(inputs))) {
    const match = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)
    if (match?.[1]) folders.add(match[1])
  }
  // A text that several have alike stands once.
  const byText = new Map<string, string[]>()
  for (const folder of [...folders].sort()) {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    const file = readdirSync(folder).find(entry => /^(licen[cs]e|copying)/i.test(entry))
    const text = file ? readFileSync(join(folder, file), 'utf8').trim() : `Licence: ${license}`
    byText.set(text, [...(byText.get(text) ?? []), `${name} ${version} (${license})`])
  }
  const parts = [...byText].map(([text, packages]) => `${packages.join('\n')}\n\n${text}`)
  const own = readFileSync('src/knowledge/data/NOTICE', 'utf8').trim()
  writeFileSync('dist/NOTICE', `${[own, ...parts].join(`\n\n${'-'.repeat(80)}\n\n`)}\n`)
}

async function writeOclifManifest(): Promise<void> {
  const { ProgramPlugin } = await import('../src/cli/plugin.ts')
  const plugin = new ProgramPlugin(
    { root, type: 'core', ignoreManifest: true, errorOnManifestCreate: true },
    commands,
  )
  // oclif would look for files; the list of commands is ours.
  Object.assign(plugin, { getCommandIDs: async () => Object.keys(commands) })
  await plugin.load()
  writeFileSync('oclif.manifest.json', `${JSON.stringify(plugin.manifest, null, 2)}\n`)
}
