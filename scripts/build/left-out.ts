/**
 * What the program that lints is built without: every start reads all of its script. oclif asks for these packages where
 * it explains commands and looks for plugins, which that program never does, and only where it does (oclif-lazily.ts);
 * what reads images and servers lies in the whole program, which src/cli/start.ts takes for `--scan-base`.
 */
import type { Plugin } from 'esbuild'

const PACKAGES =
  /^(?:ansi-escapes|cli-spinners|clean-stack|ejs|indent-string|lilconfig|minimatch|semver|tinyglobby|widest-line|wrap-ansi|wsl-utils)$/
const OWN =
  /\/(?:scan-base|open-options|scan|scan-all|read-targets|verify\/verify|forecast\/forecast|image-cache|fleet\/(?:merge|read-report)|roots\/(?:diff|list|show))\.ts$/

export const leftOutOfLint: Plugin = {
  name: 'left out of lint',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: PACKAGES }, ({ path }) => ({ path, namespace: 'left-out' }))
    onResolve({ filter: OWN }, ({ path }) => ({ path, namespace: 'left-out' }))
    onLoad({ filter: /.*/, namespace: 'left-out' }, ({ path }) => ({
      contents: `throw new Error(${JSON.stringify(`${path} is not in the program that lints`)})`,
      loader: 'js',
    }))
  },
}
