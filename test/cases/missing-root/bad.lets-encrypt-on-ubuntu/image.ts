import type { ImageSketch } from '../../../../src/rule.ts'

/** A store of which somebody deleted more than he meant. */
export default {
  distribution: { id: 'ubuntu', version: '22.04' },
  stores: [
    {
      path: '/etc/ssl/certs/ca-certificates.crt',
      release: 'debian/ca-certificates 20230311',
      without: ['ISRG_Root_X1.crt', 'DigiCert_Global_Root_G2.crt'],
    },
  ],
} satisfies ImageSketch
