/**
 * Lets oclif load its own parts when they are first asked for. Its modules ask for each other, and for packages that
 * few runs need, as soon as they are loaded (`const x_1 = require("…")`): a lint would load help, templates, file
 * search and terminal colours (25 ms). In the bundle each such line becomes a function that asks once.
 */
import { readFileSync } from 'node:fs'
import type { Plugin } from 'esbuild'

export const oclifLazily: Plugin = {
  name: 'oclif lazily',
  setup: ({ onLoad }) =>
    onLoad({ filter: /node_modules\/@oclif\/core\/lib\/.*\.js$/ }, ({ path }) => ({
      contents: withoutListener(lazily(readFileSync(path, 'utf8')), path),
      loader: 'js',
    })),
}

/** What TypeScript writes for an import, of a name that stands for nothing else in the file. */
const ASKED = /^const (\w+_\d+|Errors|Parser) = ((?:__import(?:Default|Star)\()?require\("[^"]+"\)\)?);$/gm
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

const LISTENER = /^process\.stdout\.on\('error', [\s\S]*?^\}\);$/m

/** The program listens for a closed pipe itself (src/cli/output.ts); oclif's listener would load the streams. */
function withoutListener(text: string, path: string): string {
  if (!path.endsWith('lib/command.js')) return text
  if (!LISTENER.test(text)) throw new Error(`${path}: its listener is not where it was`)
  return text.replace(LISTENER, '')
}
