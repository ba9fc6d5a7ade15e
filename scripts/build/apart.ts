/** Packages that lie in parts or files of their own, loaded where they are needed. */
import type { Plugin } from 'esbuild'

/** Packages that oclif asks for where it explains commands and looks for plugins: no lint reads them. */
const EXPLAINING = [
  'ansi-escapes',
  'cli-spinners',
  'clean-stack',
  'ejs',
  'indent-string',
  'lilconfig',
  'minimatch',
  'semver',
  'tinyglobby',
  'widest-line',
  'wrap-ansi',
  'wsl-utils',
]

/** Entries of the build for them, by the names of their parts. */
export const apartEntries = Object.fromEntries(EXPLAINING.map(name => [`apart-${name}`, `apart:${name}`]))

/** Lets oclif ask for a part of its own, where one lies (scripts/build/packs.ts links them). */
export const apart: Plugin = {
  name: 'packages apart',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^apart:/ }, ({ path }) => ({
      path: path.slice('apart:'.length),
      namespace: 'apart',
    }))
    onResolve({ filter: new RegExp(`^(?:${EXPLAINING.join('|')})$`) }, ({ path, importer }) =>
      importer.includes('/@oclif/core/') ? { path: `apart:${path}`, external: true } : null,
    )
    onLoad({ filter: /.*/, namespace: 'apart' }, ({ path }) => ({
      contents: `module.exports = require(${JSON.stringify(path)})`,
      resolveDir: process.cwd(),
    }))
  },
}

/** Leaves a package in a file of its own. @param path from a pack */
export const inFile = (name: string, path: string): Plugin => ({
  name: `${name} in a file`,
  setup: ({ onResolve }) => onResolve({ filter: new RegExp(`^${name}$`) }, () => ({ path, external: true })),
})
