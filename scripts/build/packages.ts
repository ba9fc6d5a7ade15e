/** Packages of which a lint runs little, so that it loads no more than that. */
import { readFileSync } from 'node:fs'
import type { Plugin } from 'esbuild'

/** Packages that are one function, which few runs call. */
const CALLED = ['ignore', 'picomatch']

/** The package is loaded at the first call. */
export const atFirstCall: Plugin = {
  name: 'packages at their first call',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: new RegExp(`^(?:${CALLED.join('|')})$`) }, ({ path, importer }) =>
      importer.startsWith(`${process.cwd()}/src/`) ? { path, namespace: 'at first call' } : null,
    )
    onLoad({ filter: /.*/, namespace: 'at first call' }, ({ path }) => ({
      contents: `let called
export default (...given) => (called ??= require(${JSON.stringify(path)}))(...given)`,
      resolveDir: process.cwd(),
    }))
  },
}

/** What dockerfile-ast asks of the language server's types, and what these ask of that file. */
const RANGES = ['uinteger', 'Position', 'Range', 'Is']

/** The types of the language server without the hundred that a Dockerfile's tree is not made of. */
export const rangesAlone: Plugin = {
  name: 'ranges alone',
  setup: ({ onLoad }) =>
    onLoad({ filter: /vscode-languageserver-types\/lib\/esm\/main\.js$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8')
      const pieces = RANGES.map(name => {
        const piece = new RegExp(
          `^(?:export )?var ${name};\\n\\(function \\(${name}\\) \\{\\n[\\s\\S]*?^\\}\\)\\(${name} \\|\\| .*$`,
          'm',
        ).exec(text)
        if (!piece) throw new Error(`${path}: there is no ${name}`)
        return piece[0]
      })
      return { contents: pieces.join('\n'), loader: 'js' }
    }),
}
