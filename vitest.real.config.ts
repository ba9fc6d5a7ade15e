import { defineConfig } from 'vitest/config'

/** Tests with real parts: registries, engines, chroots. One file at a time, since they share ports and daemons. */
export default defineConfig({
  test: {
    include: ['test/real/**/*.test.ts'],
    testTimeout: 300_000,
    hookTimeout: 600_000,
    fileParallelism: false,
    disableConsoleIntercept: true,
  },
})
