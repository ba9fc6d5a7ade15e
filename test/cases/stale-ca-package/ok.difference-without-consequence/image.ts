import type { ImageSketch } from '../../../../src/rule.ts'

/** Older than the newest of its line, on a day on which nobody would have noticed. */
export default {
  distribution: { id: 'debian', version: '12' },
  stores: [{ path: '/etc/ssl/certs/ca-certificates.crt', release: 'debian/ca-certificates 20230311' }],
  packages: [{ name: 'ca-certificates', version: '20230311' }],
} satisfies ImageSketch
