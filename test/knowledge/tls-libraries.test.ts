import { describe, expect, it } from 'vitest'
import { failsOnExpiredCrossSign, tlsLibrariesOf } from '../../src/knowledge/tls-libraries.ts'
import { isUnknown } from '../../src/model.ts'

function verdict(library: string, version: string | null, build: string | null, shape?: '2020' | '2021') {
  const found = failsOnExpiredCrossSign(library, version, build, shape)
  return isUnknown(found) ? '?' : found.fails
}

describe('libraries that fail on an expired cross-signed chain', () => {
  // Real libraries, measured on both shapes.
  it.each([
    ['OpenSSL', '1.0.1u', true, true],
    ['OpenSSL', '1.0.2u', true, true],
    ['OpenSSL', '1.1.0l', false, false],
    ['OpenSSL', '1.1.1l', false, false],
    ['OpenSSL', '3.3.2', false, false],
    ['GnuTLS', '3.6.13', true, true],
    ['GnuTLS', '3.6.14', false, false],
    ['GnuTLS', '3.8.3', false, false],
    ['LibreSSL', '2.6.5', true, true],
    ['LibreSSL', '2.7.5', true, true],
    ['LibreSSL', '3.1.0', true, true],
    ['LibreSSL', '3.1.5', false, true],
    ['LibreSSL', '3.2.0', false, true],
    ['LibreSSL', '3.2.6', false, true],
    ['LibreSSL', '3.2.7', false, false],
    ['LibreSSL', '3.3.3', false, true],
    ['LibreSSL', '3.3.4', false, true],
    ['LibreSSL', '3.3.5', false, false],
    ['OpenJDK', '11.0.2', false, false],
    ['OpenJDK', '25', false, false],
    ['Go', '1.15', false, false],
    ['NSS', '3.61', false, false],
    ['Mbed TLS', '2.28.3', false, false],
    ['wolfSSL', '5.5.4', false, false],
  ])('%s %s: 2020 %s, 2021 %s', (library, version, first, second) => {
    expect([
      verdict(library, version, 'upstream', '2020'),
      verdict(library, version, 'upstream', '2021'),
    ]).toEqual([first, second])
    expect(verdict(library, version, 'upstream')).toBe(first || second)
  })

  // The OpenSSL inside real Node.js releases is upstream's.
  it.each([
    ['1.0.1u', true],
    ['1.0.2o', true],
    ['1.0.2s', true],
    ['1.1.1k', false],
    ['3.0.15', false],
  ])("Node.js' own OpenSSL %s: %s", (version, fails) =>
    expect(verdict('OpenSSL', version, 'upstream')).toBe(fails))

  it.each([
    ['OpenSSL', '1.0.2g-1ubuntu4.19', 'ubuntu', true],
    ['OpenSSL', '1.0.2g-1ubuntu4.20', 'ubuntu', false],
    ['OpenSSL', '1.0.2g-1ubuntu4.20+esm13', 'ubuntu', false],
    ['OpenSSL', '1.0.2u-1~deb9u4', 'debian', true],
    ['GnuTLS', '3.3.29-9.el7', 'rhel', '?'],
    ['OpenSSL', '1.1.1n-0+deb10u6', 'debian', false],
    ['OpenSSL', '1.0.2k-19.el7', 'centos', true],
    ['OpenSSL', '1.0.2k-26.el7_9', 'centos', '?'],
    ['OpenSSL', '1.0.2g', 'ubuntu', '?'],
    ['OpenSSL', '1.0.2g', null, '?'],
    ['OpenSSL', '1.0.2u', null, true],
    ['GnuTLS', '3.6.7-4+deb10u4', 'debian', true],
    ['GnuTLS', '3.6.7-4+deb10u5', 'debian', false],
    ['GnuTLS', '3.6.7-4+deb10u12', 'debian', false],
    ['GnuTLS', '3.5.8-5+deb9u4', 'debian', true],
    ['GnuTLS', '3.5.8-5+deb9u5', 'debian', '?'],
    ['GnuTLS', '3.6.13-2ubuntu1', 'ubuntu', true],
    ['GnuTLS', '3.6.13-2ubuntu1.12', 'ubuntu', '?'],
    ['GnuTLS', '3.7.1-5+deb11u10', 'debian', false],
    ['LibreSSL', '2.7.5-r0', 'alpine', true],
    ['LibreSSL', '3.1.3', 'upstream', '?'],
    ['OpenSSL', null, 'debian', '?'],
    ['OpenSSL', 'one', 'debian', '?'],
    ['Schannel', '10', 'windows', '?'],
  ])('%s %s of %s: %s', (library, version, build, fails) =>
    expect(verdict(library, version, build)).toBe(fails))

  it('name their source', () => {
    const found = failsOnExpiredCrossSign('GnuTLS', '3.6.7-4+deb10u4', 'debian')
    expect(isUnknown(found) ? '' : found.source).toMatch(/gnutls28/)
  })
})

describe('the libraries of a distribution release', () => {
  it.each([
    ['alpine', '3.8.5', ['GnuTLS ?', 'LibreSSL true', 'OpenSSL true']],
    ['debian', '12', ['GnuTLS false', 'NSS false', 'OpenJDK false', 'OpenSSL false']],
    ['debian', '9', ['GnuTLS ?', 'OpenSSL false', 'OpenSSL true']],
    ['nixos', '24.05', []],
  ])('%s %s: %j', (id, release, expected) => {
    const found = tlsLibrariesOf(id, release).map(
      fact =>
        `${fact.library} ${isUnknown(fact.failsOnExpiredCrossSign) ? '?' : fact.failsOnExpiredCrossSign}`,
    )
    expect(found.sort()).toEqual(expected)
  })

  it('have a source and a confidence each, and say nothing sure from memory', () => {
    for (const id of ['debian', 'ubuntu', 'alpine', 'rhel', 'amzn', 'sles', 'photon', 'wolfi', 'fedora']) {
      const facts = tlsLibrariesOf(id, null)
      expect(facts.length, id).toBeGreaterThan(0)
      for (const fact of facts) {
        expect(fact.source).not.toBe('')
        expect(fact.source).not.toMatch(/\bshared\b|stored|steering/)
        if (fact.confidence === 'memory') expect(isUnknown(fact.failsOnExpiredCrossSign)).toBe(true)
      }
    }
  })
})
