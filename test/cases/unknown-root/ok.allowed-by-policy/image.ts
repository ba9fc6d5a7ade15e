import type { ImageSketch } from '../../../../src/rule.ts'

/** The same root, which the policy beside this file allows. */
export default {
  distribution: { id: 'alpine', version: '3.20.3' },
  stores: [
    {
      path: '/etc/ssl/certs/ca-certificates.crt',
      release: 'alpine/base 3.20.3',
      with: [{ name: 'Example Corp Root CA', notAfter: '2039-01-01', layer: 2 }],
    },
  ],
} satisfies ImageSketch
