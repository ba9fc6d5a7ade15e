import type { ImageSketch } from '../../../../src/rule.ts'

/** TrustCor's roots, six weeks after Mozilla's decision. */
export default {
  distribution: { id: 'debian', version: '11' },
  stores: [{ path: '/etc/ssl/certs/ca-certificates.crt', release: 'debian/ca-certificates 20210119' }],
  packages: [{ name: 'ca-certificates', version: '20210119' }],
} satisfies ImageSketch
