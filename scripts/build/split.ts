/**
 * Builds the programs and the library as one: esbuild splits them into parts that lie in the package once, as ES
 * modules; each is then made a function with `require`, as V8 keeps the compiled form of scripts alone
 * (src/cli/parts.ts runs them).
 */
import { basename, posix } from 'node:path'
import { type BuildOptions, build, type Metafile, transform } from 'esbuild'
import { asAscii } from './ascii.ts'

/** A part before it lies in a pack. */
export interface Split {
  /** Its file's name, by which the others ask for it. */
  readonly name: string
  /** The source by which it is asked for, of programs and of what is loaded when it is needed; else null. */
  readonly entry: string | null
  /** The sources that it holds. */
  readonly inputs: readonly string[]
  /** Names of the parts that are loaded before it. */
  readonly imports: readonly string[]
  /** What it gives. */
  readonly exports: readonly string[]
  /** The body of a function, in ASCII: see {@link PARAMETERS}. */
  readonly body: string
}

/** What the function around each part takes, see `Part` in src/cli/parts.ts. */
export const PARAMETERS = 'module,require,__export,__toCommonJS,__toESM,__url,__dirname'

/**
 * @param entries sources by the names of their parts
 * @param options of esbuild, for all of them
 */
export async function split(
  entries: Readonly<Record<string, string>>,
  options: BuildOptions,
): Promise<{ readonly parts: readonly Split[]; readonly metafile: Metafile }> {
  const { outputFiles, metafile } = await build({
    ...options,
    entryPoints: Object.entries(entries).map(([out, source]) => ({ in: source, out })),
    splitting: true,
    format: 'esm',
    chunkNames: '[name]-[hash]',
    define: { ...options.define, 'import.meta.url': '__url' },
    metafile: true,
    write: false,
  })
  const outputs = Object.entries(metafile!.outputs)
  const parts = await Promise.all(
    outputs.map(async ([path, output]): Promise<Split> => {
      const file = outputFiles!.find(each => posix.normalize(each.path).endsWith(`/${path}`))
      return {
        name: basename(path),
        entry: output.entryPoint ?? null,
        inputs: Object.keys(output.inputs),
        imports: output.imports
          .filter(({ kind, external }) => kind === 'import-statement' && !external)
          .map(each => basename(each.path)),
        exports: output.exports,
        body: asAscii(await commonJs(file!.text)),
      }
    }),
  )
  refuseCircles(parts)
  return { parts, metafile: metafile! }
}

/** After esbuild's helpers, which all parts here take from the same place, each file begins so. */
const BEGIN = 'var stdin_exports={};__export(stdin_exports,'

async function commonJs(text: string): Promise<string> {
  const { code } = await transform(text, {
    format: 'cjs',
    platform: 'neutral',
    target: 'node20.19',
    minifySyntax: true,
    minifyWhitespace: true,
    // Node.js 20 refuses import() in a script that comes from its compiled form (ERR_VM_DYNAMIC_IMPORT_CALLBACK_MISSING).
    supported: { 'dynamic-import': false },
  })
  const at = code.indexOf(BEGIN)
  if (at < 0 && code !== '') throw new Error(`a part without ${BEGIN}: ${code.slice(0, 200)}`)
  return code.slice(Math.max(at, 0))
}

/** Parts take what others give when they begin: it has to be there. */
function refuseCircles(parts: readonly Split[]): void {
  const byName = new Map(parts.map(part => [part.name, part]))
  const done = new Set<string>()
  const visit = (name: string, trail: readonly string[]) => {
    if (trail.includes(name)) throw new Error(`parts in a circle: ${[...trail, name].join(' → ')}`)
    if (done.has(name)) return
    for (const next of byName.get(name)?.imports ?? []) visit(next, [...trail, name])
    done.add(name)
  }
  for (const { name } of parts) visit(name, [])
}
