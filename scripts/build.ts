/**
 * Builds what ships, every file two levels deep (dist/x/y) so that a path relative to `import.meta.url` holds for
 * all of them: the programs as one CommonJS script each (V8 keeps the compiled form of a script, src/cli/start.ts,
 * and nothing has to be linked at a start), the library as modules, what is large and rarely needed apart; the knowledge
 * beside them; oclif's manifest; a notice of what is bundled; the types of the library.
 */
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type BuildOptions, build, type Metafile, type Plugin } from 'esbuild'
import { commands } from '../src/commands/index.ts'
import { asAscii } from './build/ascii.ts'
import { define, layKnowledge } from './build/knowledge.ts'
import { leftOutOfLint } from './build/left-out.ts'
import { oclifLazily } from './build/oclif-lazily.ts'
import { withoutSession } from './build/without-session.ts'

const root = fileURLToPath(new URL('../', import.meta.url))
process.chdir(root)

// dist/types is made by scripts/types.ts and stays: npm builds once more after `prepack`.
for (const part of ['chunks', 'cli', 'knowledge', 'lib', 'vendor', 'worker'])
  rmSync(`dist/${part}`, { recursive: true, force: true })

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

const program = {
  ...common,
  outExtension: { '.js': '.cjs' },
  format: 'cjs',
  define: { ...define, 'import.meta.url': '__url' },
  // Node.js 20 refuses import() in a script that comes from its compiled form (ERR_VM_DYNAMIC_IMPORT_CALLBACK_MISSING).
  supported: { 'dynamic-import': false },
  // The function that Node.js would put around it.
  banner: {
    js: "(function(exports,require,module,__filename,__dirname){var __url=require('node:url').pathToFileURL(__filename).href;",
  },
  footer: { js: '})' },
  write: false,
} satisfies BuildOptions
const entry = (name: string) => ({ in: `src/cli/programs/${name}.ts`, out: `cli/${name}` })
const programs = [
  await build({
    ...program,
    entryPoints: ['all', 'help'].map(entry),
    plugins: [apart('dockerode', DOCKERODE), oclifLazily],
  }),
  await build({ ...program, entryPoints: [entry('lint')], plugins: [leftOutOfLint, oclifLazily] }),
]
const written = programs.flatMap(({ outputFiles }) => outputFiles)
for (const { path, text } of written) {
  mkdirSync(dirname(path), { recursive: true })
  // esbuild leaves characters of templates and patterns as they are.
  writeFileSync(path, asAscii(text))
}

const start = await build({
  ...common,
  entryPoints: [{ in: 'src/cli/start.ts', out: 'cli/start' }],
  outExtension: { '.js': '.cjs' },
  format: 'cjs',
  define: {
    BUILD: JSON.stringify(
      Object.fromEntries(written.map(({ path }) => [basename(path, '.cjs'), digest(path)])),
    ),
  },
})

const library = await build({
  ...common,
  entryPoints: [{ in: 'src/index.ts', out: 'lib/index' }],
  splitting: true,
  format: 'esm',
  define,
  chunkNames: 'chunks/[name]-[hash]',
  plugins: [apart('dockerode', DOCKERODE)],
  // CommonJS inside the bundle asks for these.
  banner: {
    js: "import{createRequire as __cr}from'node:module';import{fileURLToPath as __fp}from'node:url';import{dirname as __dn}from'node:path';const require=__cr(import.meta.url);const __filename=__fp(import.meta.url);const __dirname=__dn(__filename);",
  },
})

const worker = await build({
  ...common,
  entryPoints: [{ in: 'src/layer-worker.ts', out: 'worker/layer' }],
  outExtension: { '.js': '.cjs' },
  format: 'cjs',
})

layKnowledge('src/knowledge/data', 'dist/knowledge/data')
writeNotice([vendor, ...programs, start, library, worker].map(({ metafile }) => metafile))
await writeOclifManifest()

function digest(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex').slice(0, 16)
}

/** Leaves a package out of a bundle: it lies in a file of its own, loaded where it is needed. */
function apart(name: string, path: string): Plugin {
  return {
    name: `${name} apart`,
    setup: ({ onResolve }) =>
      onResolve({ filter: new RegExp(`^${name}$`) }, () => ({ path, external: true })),
  }
}

/** Names every bundled package with its licence text, as most of their licences ask. */
function writeNotice(metafiles: readonly Metafile[]): void {
  const folders = new Set<string>()
  for (const path of metafiles.flatMap(({ inputs }) => Object.keys(inputs))) {
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
