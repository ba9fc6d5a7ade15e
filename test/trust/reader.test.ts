import { describe, expect, test } from 'vitest'
import { FactsGatherer } from '../../src/image/facts-gatherer.ts'
import { limits } from '../../src/limits.ts'
import { trustReader } from '../../src/trust/reader.ts'
import { makeCertificate, nameOf, pemOf, tlv } from '../support/certificate.ts'
import { makeElf } from '../support/elf.ts'
import { makeRpmHeader, rpmSqlite } from './make/databases.ts'
import { certBag, looseBer, makeJks, makePkcs7, makePkcs12 } from './make/keystores.ts'

describe('what is asked for and is too large to keep', () => {
  test.each([
    'var/lib/rpm/Packages',
    'var/lib/rpm/rpmdb.sqlite',
    'var/lib/dpkg/status',
    'usr/lib/jvm/java-17/lib/security/cacerts',
    'etc/pki/nssdb/cert9.db',
    'etc/pki/nssdb/cert8.db',
  ])('%s is told as unknown', path => {
    const gatherer = new FactsGatherer('the layer', trustReader)
    const size = limits.keptFileBytes + 1
    gatherer.file(path, 0o644, 0, 0, size)?.end()
    const { entries, unknowns } = gatherer.facts(null)
    expect([...entries]).toMatchObject([{ path, content: null }])
    expect(unknowns).toEqual([
      { what: `/${path}`, why: expect.stringContaining(`its ${size} bytes are too many`), code: 'limit' },
    ])
  })
})

describe('what is kept of an image', () => {
  test.each([
    ['etc/os-release', 300],
    ['usr/lib/os-release', 300],
    ['etc/alpine-release', 6],
    ['etc/ca-certificates.conf', 6_000],
    ['lib/apk/db/installed', 2_000_000],
    ['usr/lib/apk/db/installed', 2_000_000],
    ['var/lib/dpkg/status', 5_000_000],
    ['var/lib/dpkg/status.d/libssl3.md5sums', 900],
    ['var/lib/dpkg/info/libssl3:amd64.list', 400],
    ['etc/ssl/cert.pem', 230_000],
    ['etc/ssl/certs/ca-certificates.crt', 230_000],
    ['etc/ssl/certs/ca-cert-x.pem', 2_000],
    ['etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem', 230_000],
    ['usr/share/ca-certificates/mozilla/x.crt', 2_000],
    ['usr/local/share/ca-certificates/x.crt', 2_000],
    ['opt/venv/lib/python3.12/site-packages/pip/_vendor/certifi/cacert.pem', 290_000],
    ['opt/conda/ssl/cacert.pem', 290_000],
    ['usr/bin/ssl_client', 14_000],
    ['sbin/apk', 200_000],
    ['usr/bin/curl', 300_000],
    ['usr/lib/apt/methods/http', 100_000],
    ['usr/lib/git-core/git-remote-http', 2_000_000],
    ['usr/bin/php8.2', 6_000_000],
    ['lib/libcrypto.so.43.0.1', 1_700_000],
    ['usr/lib/x86_64-linux-gnu/libgnutls.so.30.34.3', 2_200_000],
    ['usr/lib/python3.11/lib-dynload/_ssl.cpython-311-x86_64-linux-gnu.so', 200_000],
    ['usr/local/include/node/openssl/opensslv.h', 9_000],
    ['opt/java/openjdk/release', 1_500],
    ['usr/lib/jvm/java-17-openjdk-amd64/lib/security/cacerts', 160_000],
    ['usr/lib/x86_64-linux-gnu/libnssckbi.so', 500_000],
    ['var/lib/rpm/Packages', 20_000_000],
    ['usr/lib/sysimage/rpm/rpmdb.sqlite', 20_000_000],
    ['usr/lib/sysimage/rpm/Packages.db', 20_000_000],
    ['etc/pki/nssdb/cert9.db', 28_000],
    ['etc/pki/ca-trust/extracted/java/cacerts', 160_000],
    ['etc/mono/certstore/certs/Trust/ski-00.cer', 1_000],
  ])('%s', (path, size) => {
    expect(trustReader.keep(path, size)).toBe(true)
  })
})

describe('what is not', () => {
  test.each([
    ['etc/passwd', 900],
    ['etc/os-release', 0],
    ['usr/bin/git', 3_700_000],
    ['usr/bin/python3.11', 6_800_000],
    ['usr/local/bin/node', 90_000_000],
    ['usr/bin/curl', 20 << 20],
    ['var/lib/dpkg/info/bash.list', 4_000],
    ['etc/ssl/certs/huge.pem', 2 << 20],
    ['usr/lib/libcurl.so.4.8.0.debug', 9_000],
    ['srv/etc/ssl/cert.pem', 9_000],
    ['home/x/release', 500],
    ['usr/share/doc/libssl3/copyright', 9_000],
  ])('%s of %d bytes', (path, size) => {
    expect(trustReader.keep(path, size)).toBe(false)
  })
})

describe('what is kept for how it begins, whatever it is called', () => {
  const { der, pem } = makeCertificate()
  const start = (bytes: Uint8Array) => bytes.subarray(0, trustReader.startBytes)
  const p7b = Buffer.from(pemOf(makePkcs7([der]), 'PKCS7'))
  test.each<[string, string, Uint8Array, boolean]>([
    ['JKS', 'srv/x', makeJks([]), true],
    ['JCEKS', 'srv/x', makeJks([], { jceks: true }), true],
    ['PKCS#12', 'srv/x', makePkcs12([certBag(der, true)]), true],
    ['PKCS#12 in BER', 'srv/x', looseBer(makePkcs12([certBag(der, true)])), true],
    ['PKCS#7', 'srv/x', makePkcs7([der]), true],
    ['PKCS#7 in PEM', 'srv/x', p7b, true],
    ['PKCS#7 in PEM behind text', 'srv/x.p7b', Buffer.concat([Buffer.from('text\n'), p7b]), true],
    ['one certificate in DER', 'srv/x', der, true],
    ['PEM, which is found while it passes', 'srv/x.pem', Buffer.from(pem), false],
    ['a program', 'srv/x', makeElf({ needed: ['libssl.so.3'] }), false],
    ['a database', 'srv/x.db', Buffer.from('SQLite format 3\0'.padEnd(200, '\0')), false],
    [
      'an RSA key in DER',
      'srv/x',
      tlv(0x30, tlv(0x02, Buffer.from([0])), tlv(0x02, Buffer.alloc(300))),
      false,
    ],
    ['zeros', 'srv/x', Buffer.alloc(200), false],
  ])('%s', (_, path, bytes, kept) => {
    expect(trustReader.keep(path, bytes.length)).toBe(false)
    expect(trustReader.keepStart!(path, bytes.length, start(bytes))).toBe(kept)
  })

  test('a request in DER begins like a certificate, and is not kept in the end', () => {
    const request = tlv(0x30, tlv(0x30, tlv(0x02, Buffer.from([0])), Buffer.alloc(200)))
    expect(trustReader.keepStart!('srv/x', request.length, start(request))).toBe(true)
    expect(trustReader.condense!('srv/x', request)).toBeNull()
    expect(trustReader.condense!('srv/x', der)).toBe(der)
  })

  test("of RPM's database only the packages are kept", () => {
    const database = rpmSqlite([
      makeRpmHeader({ 1000: 'bash', 1001: '5', 1002: '1', 9999: 'x'.repeat(9_000) }),
    ])
    const kept = trustReader.condense!('var/lib/rpm/rpmdb.sqlite', database)!
    expect(kept.length).toBeLessThan(300)
    // What is kept is never taken for a database.
    expect(Buffer.from(trustReader.condense!('var/lib/rpm/rpmdb.sqlite', kept)!).toString()).toMatch(
      /of no form/,
    )
  })
})

describe('what is searched for certificates', () => {
  test('every file that can hold one: the smallest is larger than the bound', () => {
    const smallest = makeCertificate({ version: 1, ca: null, subject: nameOf([]) }).pem.trimEnd().length
    expect(trustReader.scan('anything', smallest)).not.toBeNull()
    expect(trustReader.scan('anything', 255)).toBeNull()
  })
})
