import type { ImageSketch } from '../../../../src/rule.ts'

/** A company's root in Alpine's bundle, put there by a later layer. */
export default {
  distribution: { id: 'alpine', version: '3.20.3' },
  stores: [
    {
      path: '/etc/ssl/certs/ca-certificates.crt',
      release: 'alpine/base 3.20.3',
      with: [
        { name: 'Example Corp Root CA', notAfter: '2039-01-01', layer: 2 },
        { name: 'Example Corp Proxy CA', notAfter: '2034-01-01', layer: 2 },
      ],
    },
  ],
} satisfies ImageSketch
