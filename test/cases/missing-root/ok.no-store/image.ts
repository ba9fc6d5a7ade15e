import type { ImageSketch } from '../../../../src/rule.ts'

/** No store at all: nothing to miss a root in. */
export default {
  distribution: { id: 'debian', version: '12' },
  stores: [],
} satisfies ImageSketch
