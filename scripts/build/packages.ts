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

/** Where dockerfile-ast reads all arguments of each RUN, COPY, CMD and the like, and what is put before it. */
const READ: readonly { readonly file: RegExp; readonly where: string; readonly first: string }[] = [
  {
    // Whether they are JSON, and where its brackets are: nobody here asks for that.
    file: /dockerfile-ast\/lib\/jsonInstruction\.js$/,
    where: '        const argsContent = this.getRawArgumentsContent();',
    first: '        return;',
  },
  {
    // Whether one names a here-document: then it holds this character.
    file: /dockerfile-ast\/lib\/parser\.js$/,
    where: '        const heredocs = [];\n        let tabbed = false;',
    first: `        if (!instruction.getTextContent().includes('<')) return offset;`,
  },
]

/** Arguments are read where they are needed: dockerfile-ast reads them four times, which is two thirds of its work. */
export const argumentsWhereNeeded: Plugin = {
  name: 'arguments where needed',
  setup({ onLoad }) {
    for (const { file, where, first } of READ)
      onLoad({ filter: file }, ({ path }) => {
        const text = readFileSync(path, 'utf8')
        if (!text.includes(where)) throw new Error(`${path}: arguments are read in another place`)
        return { contents: text.replace(where, `${first}\n${where}`), loader: 'js' }
      })
  },
}
