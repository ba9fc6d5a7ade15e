/**
 * Lets oclif load its own parts when they are first asked for. Its modules ask for each other, and for packages that
 * few runs need, as soon as they are loaded (`const x_1 = require("…")`): a lint would load help, templates, file
 * search and terminal colours (25 ms). In the bundle each such line becomes a function that asks once.
 */
import { readFileSync } from 'node:fs'
import type { Plugin } from 'esbuild'

export const oclifLazily: Plugin = {
  name: 'oclif lazily',
  setup: ({ onLoad }) => {
    onLoad({ filter: /node_modules\/@oclif\/core\/lib\/.*\.js$/ }, ({ path }) => ({
      contents: changed(lazily(readFileSync(path, 'utf8')), path),
      loader: 'js',
    }))
    // It tells its version in a log.
    onLoad({ filter: /node_modules\/@oclif\/core\/package\.json$/ }, ({ path }) => ({
      contents: JSON.stringify({ version: JSON.parse(readFileSync(path, 'utf8')).version }),
      loader: 'json',
    }))
    onLoad({ filter: /node_modules\/picocolors\/picocolors\.js$/ }, ({ path }) => ({
      contents: changed(readFileSync(path, 'utf8'), path),
      loader: 'js',
    }))
  },
}

/** What TypeScript writes for an import, of a name that stands for nothing else in the file. */
const ASKED =
  /^(?:const|var) (\w+_\d+|Errors|Parser) = ((?:__import(?:Default|Star)\()?require\("[^"]+"\)\)?);$/gm
/** What it writes for `export * as`. */
const GIVEN = /^exports\.(\w+) = (__importStar\(require\("[^"]+"\)\));$/gm

/** The text of a module with its requires in functions. */
export function lazily(text: string): string {
  const names: string[] = []
  const asked = text.replace(ASKED, (_, name: string, ask: string) => {
    names.push(name)
    return `let asked_${name}; function ask_${name}() { return asked_${name} ??= ${ask}; }`
  })
  const used = names.reduce(
    (so, name) => so.replace(new RegExp(`(?<![\\w.$])${name}(?=\\.)`, 'g'), `(ask_${name}())`),
    asked,
  )
  return used.replace(
    GIVEN,
    'Object.defineProperty(exports, "$1", { enumerable: true, configurable: true, get: () => $2 });',
  )
}

/** Lines of packages that load the streams of Node.js, or colours for a log that nobody reads, at every start. */
const CHANGES: readonly { readonly file: string; readonly from: RegExp; readonly to: string }[] = [
  // The program listens for a closed pipe itself (src/cli/output.ts).
  { file: 'lib/command.js', from: /^process\.stdout\.on\('error', [\s\S]*?^\}\);$/m, to: '' },
  // Whether there is colour the reporters say.
  { file: 'picocolors.js', from: /^let p = process \|\| \{\}/m, to: 'let p = {}' },
  // DEBUG switches the log on.
  {
    file: 'lib/logger.js',
    from: /^ {4}const debug = (\(0, .*\)\(namespace\));$/m,
    to: 'const debug = process.env.DEBUG ? $1 : () => undefined;',
  },
]

function changed(text: string, path: string): string {
  return CHANGES.filter(({ file }) => path.endsWith(file)).reduce((so, { from, to }) => {
    if (!from.test(so)) throw new Error(`${path}: ${from} is not there`)
    return so.replace(from, to)
  }, text)
}
