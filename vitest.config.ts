import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/real/**', 'node_modules/**'],
    testTimeout: 30_000,
    // oclif's test helper and the reporters' tests read what is written: vitest must not swallow it.
    disableConsoleIntercept: true,
  },
})
