import { describe, expect, it } from 'vitest'
import { storeLayout } from '../../src/knowledge/store-layouts.ts'

describe('store layouts', () => {
  it.each([
    ['debian', 'debian', '/etc/ssl/certs/ca-certificates.crt', '/etc/ca-certificates.conf'],
    ['ubuntu', 'debian', '/etc/ssl/certs/ca-certificates.crt', '/etc/ca-certificates.conf'],
    ['alpine', 'alpine', '/etc/ssl/certs/ca-certificates.crt', '/etc/ca-certificates.conf'],
    ['rhel', 'rhel', '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem', null],
    ['almalinux', 'rhel', '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem', null],
    ['amzn', 'rhel', '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem', null],
    ['opensuse-leap', 'suse', '/var/lib/ca-certificates/ca-bundle.pem', null],
    ['arch', 'arch', '/etc/ca-certificates/extracted/tls-ca-bundle.pem', null],
  ])('of %s: family %s, bundle %s, list %s', (id, family, bundle, conf) => {
    expect(storeLayout(id)).toMatchObject({ family, bundle, conf })
  })

  it('of a distribution that nobody looked at: none', () => {
    expect(storeLayout('nixos')).toBeNull()
    expect(storeLayout('toString')).toBeNull()
  })
})
