/**
 * Builds the program: one bundle, split by command, every file two levels deep (dist/x/y.js) so that a path
 * relative to `import.meta.url` holds for all of them; the knowledge beside it; oclif's manifest; a notice of
 * what is bundled; the types of the library.
 */
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type Metafile } from 'esbuild'

const root = fileURLToPath(new URL('../', import.meta.url))
process.chdir(root)

// dist/types is made by scripts/types.ts and stays: npm builds once more after `prepack`.
for (const part of ['chunks', 'cli', 'commands', 'knowledge', 'lib'])
  rmSync(`dist/${part}`, { recursive: true, force: true })

const commands = readdirSync('src/commands', { recursive: true, encoding: 'utf8' }).filter(name =>
  name.endsWith('.ts'),
)
const entryPoints = [
  { in: 'src/cli/main.ts', out: 'cli/main' },
  { in: 'src/index.ts', out: 'lib/index' },
  ...commands.map(name => ({ in: `src/commands/${name}`, out: `commands/${name.replace(/\.ts$/, '')}` })),
]

const { metafile } = await build({
  entryPoints,
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  chunkNames: 'chunks/[name]-[hash]',
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  metafile: true,
  // CommonJS inside the bundle asks for these.
  banner: {
    js: "import{createRequire as __cr}from'node:module';import{fileURLToPath as __fp}from'node:url';import{dirname as __dn}from'node:path';const require=__cr(import.meta.url);const __filename=__fp(import.meta.url);const __dirname=__dn(__filename);",
  },
  // oclif asks for a compiler only in a plugin's development; ssh2's native parts are optional.
  external: ['typescript', 'ts-node', 'cpu-features', '*.node'],
  logLevel: 'warning',
})

// Which sources lie in which file of the bundle: what test/commands/startup.test.ts reads.
writeFileSync('dist/meta.json', JSON.stringify(metafile))
cpSync('src/knowledge/data', 'dist/knowledge/data', { recursive: true })
writeNotice(metafile)
await writeOclifManifest()

/** Names every bundled package with its licence text, as most of their licences ask. */
function writeNotice({ inputs }: Metafile): void {
  const folders = new Set<string>()
  for (const path of Object.keys(inputs)) {
    const match = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)
    if (match?.[1]) folders.add(match[1])
  }
  const parts = [...folders].sort().map(folder => {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    const file = readdirSync(folder).find(entry => /^(licen[cs]e|copying)/i.test(entry))
    const text = file ? readFileSync(join(folder, file), 'utf8').trim() : `Licence: ${license}`
    return `${name} ${version} (${license})\n\n${text}`
  })
  const own = readFileSync('src/knowledge/data/NOTICE', 'utf8').trim()
  writeFileSync('dist/NOTICE', `${[own, ...parts].join(`\n\n${'-'.repeat(80)}\n\n`)}\n`)
}

async function writeOclifManifest(): Promise<void> {
  const { Plugin } = await import('@oclif/core')
  const plugin = new Plugin({ root, type: 'core', ignoreManifest: true, errorOnManifestCreate: true })
  await plugin.load()
  writeFileSync('oclif.manifest.json', `${JSON.stringify(plugin.manifest, null, 2)}\n`)
}
