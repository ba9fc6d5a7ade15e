/**
 * dockerode without what only its `buildImage` with BuildKit uses, a session by gRPC: half of its bytes, and nothing is
 * built here.
 */
import type { Plugin } from 'esbuild'

export const withoutSession: Plugin = {
  name: 'without session',
  setup: ({ onLoad }) =>
    onLoad({ filter: /dockerode\/lib\/session\.js$/ }, () => ({
      contents: "module.exports = () => { throw new Error('imgtrust builds no images') }",
    })),
}
