import type { ImageSketch } from '../../../../src/rule.ts'

/** The bundle was made anew, OpenSSL's own cert.pem was not. */
export default {
  distribution: { id: 'alpine', version: '3.11.13' },
  stores: [
    { path: '/etc/ssl/cert.pem', release: 'alpine/base 3.9.6' },
    { path: '/etc/ssl/certs/ca-certificates.crt', release: 'alpine/ca-certificates 20191127-r2' },
  ],
} satisfies ImageSketch
