import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { buildImageModel } from '../../src/trust/model.ts'
import { makeCertificate, oid, pemOf, tlv } from '../support/certificate.ts'
import { makeElf } from '../support/elf.ts'
import { type Sketch, treeOf } from '../support/tree.ts'
import { makeSqlite, nssColumns } from './make/databases.ts'
import { certBag, looseBer, makeJks, makePkcs7, makePkcs12 } from './make/keystores.ts'

/** The one that is looked for, and nine that make a bundle of it. */
const planted = makeCertificate({ subject: 'Planted', serial: Buffer.from([0xff, 0x05]) })
const others = Array.from({ length: 9 }, (_, index) => makeCertificate({ subject: `Other ${index}` }))
const sha256 = createHash('sha256').update(planted.der).digest('hex')
const { pem, der } = planted
const all = [planted, ...others]
const bundle = all.map(each => each.pem).join('')
const oneLine = pem.replace(/\n/g, '')
const u32 = (value: number) => Buffer.from(value.toString(16).padStart(8, '0'), 'hex')
const jks = (count: number, jceks = false) =>
  makeJks(
    all.slice(0, count).map(each => ({ kind: 'certificate', der: each.der })),
    { jceks },
  )
const p12 = (count: number, password?: string) =>
  makePkcs12(
    all.slice(0, count).map(each => certBag(each.der, true)),
    password === undefined ? {} : { password, mac: true },
  )
const database = makeSqlite(nssColumns, 'nssPublic', [
  ['1', u32(1), der, null, null],
  ['2', u32(0xce534353), null, createHash('sha1').update(der).digest(), u32(0xce534352)],
])
const trusted = pemOf(
  Buffer.concat([der, tlv(0x30, tlv(0x30, oid('1.3.6.1.5.5.7.3.1')))]),
  'TRUSTED CERTIFICATE',
)
const rejected = pemOf(
  Buffer.concat([der, tlv(0x30, tlv(0xa0, oid('1.3.6.1.5.5.7.3.1')))]),
  'TRUSTED CERTIFICATE',
)
const p11 = `[p11-kit-object-v1]\nlabel: "Planted"\ntrusted: true\n${pem}\n`
const debian = { '/etc/ssl/certs/ca-certificates.crt': others[0]!.pem }
const fedora = { '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem': others[0]!.pem }
const java = (home: string) => ({ [`${home}/release`]: 'JAVA_VERSION="17.0.1"\n', [`${home}/bin/java`]: 'x' })

interface Place {
  readonly what: string
  readonly files: Readonly<Record<string, Sketch>>
  readonly env?: Readonly<Record<string, string>>
  /** Where it must be found. */
  readonly store?: string
  readonly format?: string
  readonly consumers?: readonly string[]
  /** Of which store its folder must be a source. */
  readonly source?: readonly [folder: string, store: string]
  readonly certificate?: string
}

const places: readonly Place[] = [
  {
    what: 'the system bundle',
    files: { '/etc/ssl/certs/ca-certificates.crt': bundle },
    store: '/etc/ssl/certs/ca-certificates.crt',
  },
  { what: "Alpine's cert.pem, alone", files: { '/etc/ssl/cert.pem': pem }, store: '/etc/ssl/cert.pem' },
  {
    what: 'a hashed folder',
    files: { '/etc/ssl/certs/x.pem': pem, '/etc/ssl/certs/0badcafe.0': { link: 'x.pem' } },
    store: '/etc/ssl/certs',
    format: 'hashed-dir',
  },
  {
    what: "Fedora's bundle",
    files: { '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem': bundle },
    store: '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  },
  {
    what: "OpenSSL's trusted bundle",
    files: { '/etc/pki/ca-trust/extracted/openssl/ca-bundle.trust.crt': trusted },
    store: '/etc/pki/ca-trust/extracted/openssl/ca-bundle.trust.crt',
  },
  {
    what: 'the same, rejected for servers',
    files: { '/etc/pki/ca-trust/extracted/openssl/ca-bundle.trust.crt': rejected + others[0]!.pem },
    certificate: '/etc/pki/ca-trust/extracted/openssl/ca-bundle.trust.crt',
  },
  {
    what: "openSUSE's folder",
    files: { '/var/lib/ca-certificates/pem/0badcafe.0': pem },
    store: '/var/lib/ca-certificates/pem',
    format: 'hashed-dir',
  },
  {
    what: "a JVM's cacerts, JKS",
    files: { '/opt/java/openjdk/lib/security/cacerts': jks(1), ...java('/opt/java/openjdk') },
    store: '/opt/java/openjdk/lib/security/cacerts',
    format: 'jks',
    consumers: ['java'],
  },
  {
    what: "a JVM's cacerts, PKCS#12 without a password",
    files: { '/usr/lib/jvm/21/lib/security/cacerts': p12(1), ...java('/usr/lib/jvm/21') },
    store: '/usr/lib/jvm/21/lib/security/cacerts',
    format: 'pkcs12',
    consumers: ['java'],
  },
  {
    what: "a JVM's cacerts, PKCS#12 with the usual password",
    files: { '/usr/lib/jvm/21/lib/security/cacerts': p12(1, 'changeit') },
    store: '/usr/lib/jvm/21/lib/security/cacerts',
    format: 'pkcs12',
  },
  {
    what: 'the same in loose BER',
    files: { '/usr/lib/jvm/21/lib/security/cacerts': looseBer(p12(1, 'changeit')) },
    store: '/usr/lib/jvm/21/lib/security/cacerts',
    format: 'pkcs12',
  },
  {
    what: 'jssecacerts, read before cacerts',
    files: {
      '/usr/lib/jvm/8/jre/lib/security/jssecacerts': jks(1),
      '/usr/lib/jvm/8/jre/lib/security/cacerts': jks(1).subarray(0, 0),
      ...java('/usr/lib/jvm/8'),
    },
    store: '/usr/lib/jvm/8/jre/lib/security/jssecacerts',
    format: 'jks',
    consumers: ['java'],
  },
  {
    what: "Debian's Java store",
    files: { '/etc/ssl/certs/java/cacerts': jks(1) },
    store: '/etc/ssl/certs/java/cacerts',
    format: 'jks',
  },
  {
    what: "Fedora's Java store",
    files: { '/etc/pki/ca-trust/extracted/java/cacerts': jks(1) },
    store: '/etc/pki/ca-trust/extracted/java/cacerts',
    format: 'jks',
  },
  {
    what: 'a JKS that JAVA_TOOL_OPTIONS names',
    files: { '/srv/trust.bin': jks(1), ...java('/opt/java/x') },
    env: { JAVA_TOOL_OPTIONS: '-Xmx1g "-Djavax.net.ssl.trustStore=/srv/trust.bin"' },
    store: '/srv/trust.bin',
    format: 'jks',
    consumers: ['java'],
  },
  {
    what: 'a PKCS#12 that JDK_JAVA_OPTIONS names with its password',
    files: { '/srv/trust.p12': p12(1, 'geheim') },
    env: {
      JDK_JAVA_OPTIONS: '-Djavax.net.ssl.trustStore=/srv/trust.p12 -Djavax.net.ssl.trustStorePassword=geheim',
    },
    store: '/srv/trust.p12',
    format: 'pkcs12',
  },
  {
    what: 'a JCEKS that JAVA_OPTS names',
    files: { '/srv/x': jks(1, true) },
    env: { JAVA_OPTS: '-Djavax.net.ssl.trustStore=/srv/x' },
    store: '/srv/x',
    format: 'jks',
  },
  {
    what: 'a JKS of five elsewhere',
    files: { '/srv/app/config': jks(5) },
    store: '/srv/app/config',
    format: 'jks',
  },
  { what: 'a JKS of four elsewhere', files: { '/srv/app/config': jks(4) }, certificate: '/srv/app/config' },
  {
    what: 'a PKCS#12 of five elsewhere',
    files: { '/srv/app/config': p12(5) },
    store: '/srv/app/config',
    format: 'pkcs12',
  },
  {
    what: 'a PKCS#12 without the mark of trust',
    files: { '/srv/x.p12': makePkcs12(all.map(each => certBag(each.der, false))) },
    certificate: '/srv/x.p12',
  },
  {
    what: "a key's chain in a JKS",
    files: { '/srv/server.jks': makeJks([{ kind: 'key', chain: [der] }]) },
    certificate: '/srv/server.jks',
  },
  {
    what: 'an NSS database',
    files: { '/etc/pki/nssdb/cert9.db': database },
    store: '/etc/pki/nssdb/cert9.db',
    format: 'embedded',
  },
  {
    what: "NSS's module",
    files: {
      '/usr/lib64/libnssckbi.so': Buffer.concat([
        makeElf({ needed: [] }),
        makeCertificate({ subject: 'x'.repeat(150), serial: Buffer.from([0xff, 0x05]) }).der,
      ]),
    },
    store: '/usr/lib64/libnssckbi.so',
    format: 'embedded',
  },
  {
    what: "Mono's folder, DER",
    files: { '/usr/share/.mono/certs/Trust/ski-00.cer': der },
    store: '/usr/share/.mono/certs/Trust',
    format: 'hashed-dir',
    consumers: ['mono'],
  },
  {
    what: "Mono's newer folder at Debian's place, PEM",
    files: { '/etc/mono/certstore/new-certs/Trust/0badcafe.0': pem },
    store: '/etc/mono/certstore/new-certs/Trust',
    consumers: ['mono'],
  },
  {
    what: 'certifi',
    files: { '/usr/lib/python3/site-packages/certifi/cacert.pem': bundle },
    store: '/usr/lib/python3/site-packages/certifi/cacert.pem',
  },
  {
    what: "pip's copy of certifi",
    files: { '/opt/venv/lib/python3.12/site-packages/pip/_vendor/certifi/cacert.pem': bundle },
    store: '/opt/venv/lib/python3.12/site-packages/pip/_vendor/certifi/cacert.pem',
    consumers: ['pip'],
  },
  {
    what: "botocore's",
    files: { '/usr/lib/python3/dist-packages/botocore/cacert.pem': pem },
    store: '/usr/lib/python3/dist-packages/botocore/cacert.pem',
    consumers: ['botocore'],
  },
  {
    what: "RubyGems'",
    files: { '/usr/lib/ruby/vendor_ruby/rubygems/ssl_certs/rubygems.org/x.pem': pem },
    store: '/usr/lib/ruby/vendor_ruby/rubygems/ssl_certs',
    consumers: ['gem'],
  },
  {
    what: "Composer's",
    files: { '/app/vendor/composer/ca-bundle/res/cacert.pem': bundle },
    store: '/app/vendor/composer/ca-bundle/res/cacert.pem',
  },
  {
    what: "conda's",
    files: { '/opt/conda/ssl/cacert.pem': bundle },
    store: '/opt/conda/ssl/cacert.pem',
    consumers: ['conda'],
  },
  {
    what: 'inside a program, strings of C',
    files: {
      '/opt/app/service': Buffer.concat([
        makeElf({ needed: [] }),
        Buffer.from(`\0${all.map(each => each.pem).join('\0')}\0`),
      ]),
    },
    store: '/opt/app/service',
    format: 'embedded',
  },
  {
    what: 'in JavaScript, with escaped newlines',
    files: { '/app/roots.js': `module.exports = ${JSON.stringify(all.map(each => each.pem))}` },
    store: '/app/roots.js',
    format: 'embedded',
  },
  { what: 'a single file elsewhere', files: { '/srv/ca.pem': pem }, certificate: '/srv/ca.pem' },
  {
    what: 'a file that SSL_CERT_FILE names',
    files: { '/srv/ca.pem': pem },
    env: { SSL_CERT_FILE: '/srv/ca.pem' },
    store: '/srv/ca.pem',
  },
  { what: 'DER elsewhere, whatever its name', files: { '/srv/thing': der }, certificate: '/srv/thing' },
  { what: 'PKCS#7 elsewhere, DER', files: { '/srv/thing': makePkcs7([der]) }, certificate: '/srv/thing' },
  {
    what: 'PKCS#7 elsewhere, PEM',
    files: { '/srv/chain.p7b': `text\n${pemOf(makePkcs7([der]), 'PKCS7')}` },
    certificate: '/srv/chain.p7b',
  },
  {
    what: 'X509 CERTIFICATE, CRLF, no last newline',
    files: { '/srv/x': pemOf(der, 'X509 CERTIFICATE').replace(/\n/g, '\r\n').trimEnd() },
    certificate: '/srv/x',
  },
  {
    what: 'one long line, text around',
    files: { '/srv/x': `before ${oneLine} after` },
    certificate: '/srv/x',
  },
  { what: 'one more dash', files: { '/srv/x': `-${pem}` }, certificate: '/srv/x' },
  {
    what: "Debian's own anchors, PEM",
    files: { ...debian, '/usr/local/share/ca-certificates/x.crt': pem },
    source: ['/usr/local/share/ca-certificates', '/etc/ssl/certs/ca-certificates.crt'],
  },
  {
    what: "Fedora's own anchors, DER",
    files: { ...fedora, '/etc/pki/ca-trust/source/anchors/x.der': der },
    source: ['/etc/pki/ca-trust/source', '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem'],
  },
  {
    what: "Fedora's own anchors, p11-kit",
    files: { ...fedora, '/usr/share/pki/ca-trust-source/x.p11-kit': p11 },
    source: ['/usr/share/pki/ca-trust-source', '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem'],
  },
  {
    what: 'a p11-kit bundle that feeds nothing',
    files: {
      '/usr/share/pki/ca-trust-source/x.p11-kit': all
        .map(each => `[p11-kit-object-v1]\ntrusted: true\n${each.pem}`)
        .join('\n'),
    },
    store: '/usr/share/pki/ca-trust-source/x.p11-kit',
    format: 'p11-kit',
  },
]

function modelOf({ files, env = {} }: Place) {
  const image = {
    kind: 'rootfs',
    source: 'dir',
    reference: 'x',
    digest: null,
    platform: null,
    layers: [],
  } as const
  return buildImageModel({ ...image, config: { user: null, env } }, treeOf(files), {
    rootName: () => null,
    endOfLife: () => null,
    match: () => ({ release: null, match: 'unknown' }),
  })
}

describe(`a planted certificate in ${places.length} places and encodings`, () => {
  test('they are at least 40', () => expect(places.length).toBeGreaterThanOrEqual(40))

  test.each(places.map(place => [place.what, place] as const))('%s', (what, place) => {
    const { stores, certificates, unknowns } = modelOf(place)
    const wanted = what === "NSS's module" ? undefined : sha256
    const holding = stores.filter(({ roots }) => roots.some(root => !wanted || root.sha256 === wanted))
    const loose = certificates.filter(certificate => certificate.sha256 === sha256)
    expect(holding.map(({ path }) => path)).toEqual(place.store ? [place.store] : [])
    expect(loose.map(({ path }) => path)).toEqual(place.certificate ? [place.certificate] : [])
    if (place.format) expect(holding[0]!.format).toBe(place.format)
    if (place.consumers) expect(holding[0]!.consumers).toEqual(place.consumers)
    if (place.source) {
      const [folder, store] = place.source
      expect(stores.find(({ path }) => path === store)!.sources).toContain(folder)
    }
    const expected = /key's chain|NSS's module/.test(what) ? 1 : 0
    expect(unknowns.map(({ what, why }) => `${what}: ${why}`).length, JSON.stringify(unknowns)).toBe(expected)
  })
})
