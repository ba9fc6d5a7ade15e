import { execFileSync, spawnSync } from 'node:child_process'
import { createHash, generateKeyPairSync, X509Certificate } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { isUnknown } from '../../src/model.ts'
import { type Certificate, readCertificate } from '../../src/trust/certificate.ts'
import { commonName } from '../../src/trust/names.ts'
import {
  extension,
  generalizedTime,
  makeCertificate,
  nameOf,
  oid,
  pemOf,
  tlv,
  utcTime,
} from '../support/certificate.ts'

const facts = new URL('../../../shared/facts/', import.meta.url)
const factsPem = new URL('roots.pem.gz', facts)
const hasFacts = existsSync(factsPem)
const hasOpenssl = spawnSync('openssl', ['version']).status === 0

function read(der: Uint8Array): Certificate {
  const certificate = readCertificate(der)
  if (isUnknown(certificate)) throw new Error(certificate.unknown)
  return certificate
}

function problem(der: Uint8Array): string {
  const certificate = readCertificate(der)
  return isUnknown(certificate) ? certificate.unknown : 'it was read'
}

describe.skipIf(!hasFacts)(
  'the 455 roots that public programs ever had (skipped: ../shared/facts is absent)',
  () => {
    const pem = hasFacts ? gunzipSync(readFileSync(factsPem)).toString('utf8') : ''
    const ders = (pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []).map(block =>
      Buffer.from(block.replace(/-----.+?-----|\s/g, ''), 'base64'),
    )

    test('are read as the list of facts has them', () => {
      const list = JSON.parse(readFileSync(new URL('roots.json', facts), 'utf8')) as Record<string, unknown>[]
      expect(ders.length).toBe(list.length)
      const differences: string[] = []
      for (const [index, der] of ders.entries()) {
        const certificate = read(der)
        const { basicConstraints } = certificate.extensions
        const ours = {
          sha256: certificate.sha256,
          subject: certificate.subject.text,
          serial: certificate.serial,
          notBefore: new Date(certificate.notBefore).toISOString().replace('.000', ''),
          notAfter: new Date(certificate.notAfter).toISOString().replace('.000', ''),
          key: certificate.key.text,
          ca: basicConstraints?.ca ?? false,
          selfIssued: certificate.selfIssued,
        }
        for (const [name, value] of Object.entries(ours))
          if (list[index]![name] !== value)
            differences.push(`${index} ${name}: ${value}, not ${list[index]![name]}`)
      }
      expect(differences).toEqual([])
    })

    test('equal what node:crypto says of them', () => {
      for (const der of ders) {
        const certificate = read(der)
        const theirs = new X509Certificate(der)
        expect(certificate.sha256).toBe(theirs.fingerprint256.replaceAll(':', '').toLowerCase())
        expect(certificate.serial.padStart(2, '0')).toBe(theirs.serialNumber.padStart(2, '0'))
        expect(certificate.notBefore).toBe(Date.parse(theirs.validFrom))
        expect(certificate.notAfter).toBe(Date.parse(theirs.validTo))
        expect(certificate.ca, theirs.subject).toBe(
          theirs.ca || certificate.version === 1 || legacyCa(theirs),
        )
        const { asymmetricKeyType, asymmetricKeyDetails } = theirs.publicKey
        if (asymmetricKeyType === 'rsa')
          expect(certificate.key.bits).toBe(asymmetricKeyDetails!.modulusLength)
        else expect(certificate.key.curve).toBe(asymmetricKeyDetails!.namedCurve)
      }
    })

    test.skipIf(!hasOpenssl)('equal what openssl prints of them (skipped: no openssl)', () => {
      const folder = mkdtempSync(join(tmpdir(), 'imgtrust-'))
      try {
        writeFileSync(join(folder, 'all.pem'), ders.map(der => pemOf(der)).join(''))
        const text = execFileSync(
          'openssl',
          ['storeutl', '-noout', '-text', '-certs', join(folder, 'all.pem')],
          {
            maxBuffer: 64 << 20,
            // It complains of a policy in one root.
            stdio: ['ignore', 'pipe', 'ignore'],
          },
        ).toString('utf8')
        const printed = text.split(/^\d+: Certificate$/m).slice(1)
        expect(printed.length).toBe(ders.length)
        for (const [index, der] of ders.entries()) {
          const { extensions, version } = read(der)
          const theirs = printed[index]!
          expect(version).toBe(Number(/Version: (\d)/.exec(theirs)?.[1]))
          expect(extensions.subjectKeyId).toBe(
            keyId(/Subject Key Identifier: (?:critical)?\s+([0-9A-F:]+)/, theirs),
          )
          expect(extensions.authorityKeyId).toBe(
            keyId(/Authority Key Identifier: (?:critical)?\s+(?:keyid:)?([0-9A-F:]{5,})/, theirs),
          )
          const constraints =
            /Basic Constraints: (?:critical)?\s+(CA:(?:TRUE|FALSE)(?:, pathlen:(\d+))?|)\n/.exec(theirs)
          expect(extensions.basicConstraints !== null, theirs).toBe(constraints !== null)
          if (constraints) {
            expect(extensions.basicConstraints!.ca).toBe(constraints[1]!.startsWith('CA:TRUE'))
            expect(extensions.basicConstraints!.pathLength).toBe(
              constraints[2] ? Number(constraints[2]) : null,
            )
          }
          const usage = /X509v3 Key Usage: (?:critical)?\s+(.+)\n/.exec(theirs)?.[1]
          expect(extensions.keyUsage?.length ?? null, usage).toBe(usage ? usage.split(', ').length : null)
          expect(extensions.keyUsage?.includes('keyCertSign') ?? false).toBe(
            usage?.includes('Certificate Sign') ?? false,
          )
          expect(extensions.broken).toEqual([])
        }
      } finally {
        rmSync(folder, { recursive: true })
      }
    })
  },
)

/** Roots without basic constraints that OpenSSL takes for authorities by their key usage or Netscape's type. */
function legacyCa(certificate: X509Certificate): boolean {
  const { extensions } = read(certificate.raw)
  return (
    extensions.basicConstraints === null &&
    (extensions.netscapeCa || (extensions.keyUsage?.includes('keyCertSign') ?? false))
  )
}

function keyId(pattern: RegExp, text: string): string | null {
  return pattern.exec(text)?.[1]?.replaceAll(':', '').toLowerCase() ?? null
}

describe('odd certificates', () => {
  test.each([
    ['zero', [0], '0'],
    ['negative', [0xfb], '-05'],
    ['negative of two bytes', [0xff, 0x00], '-0100'],
    ['with a leading zero byte', [0x00, 0x80], '80'],
    ['of 20 bytes', [0x7f, ...Array<number>(19).fill(0xff)], `7F${'FF'.repeat(19)}`],
  ])('a serial number that is %s', (_, bytes, text) => {
    const { der } = makeCertificate({ serial: Buffer.from(bytes) })
    expect(read(der).serial).toBe(text)
    expect(new X509Certificate(der).serialNumber.padStart(2, '0')).toBe(text.replace(/^0$/, '00'))
  })

  test.each([
    ['UTCTime of this century', utcTime('491231235959Z'), '2049-12-31T23:59:59.000Z'],
    ['UTCTime of the last one', utcTime('500101000000Z'), '1950-01-01T00:00:00.000Z'],
    ['UTCTime without seconds', utcTime('2001010000Z'), '2020-01-01T00:00:00.000Z'],
    ['UTCTime with an offset', utcTime('200101020000+0200'), '2020-01-01T00:00:00.000Z'],
    ['GeneralizedTime', generalizedTime('20991231235959Z'), '2099-12-31T23:59:59.000Z'],
    ['GeneralizedTime with a fraction', generalizedTime('20200101000000.5Z'), '2020-01-01T00:00:00.000Z'],
    ['the end of time', generalizedTime('99991231235959Z'), '9999-12-31T23:59:59.000Z'],
    ['a year before 100', generalizedTime('00500101000000Z'), '0050-01-01T00:00:00.000Z'],
    ['a leap day', utcTime('200229000000Z'), '2020-02-29T00:00:00.000Z'],
  ])('%s', (_, notAfter, expected) => {
    expect(new Date(read(makeCertificate({ notAfter }).der).notAfter).toISOString()).toBe(expected)
  })

  test.each([
    ['a month that is none', utcTime('201301000000Z')],
    ['a day that is none', utcTime('210229000000Z')],
    ['an hour that is none', utcTime('200101240000Z')],
    ['no time zone', generalizedTime('20200101000000')],
    ['text', utcTime('yesterday')],
    ['no time at all', tlv(0x02, Buffer.from([1]))],
  ])('a time with %s is told, not thrown', (_, notAfter) => {
    expect(problem(makeCertificate({ notAfter }).der)).toMatch(/^the certificate has a time/)
  })

  test.each<[string, Buffer, string, string]>([
    [
      'what RFC 4514 escapes',
      nameOf([['2.5.4.3', ' a,b+c"d\\e<f>g;h ']]),
      'CN=\\ a\\,b\\+c\\"d\\\\e\\<f\\>g\\;h\\ ',
      ' a,b+c"d\\e<f>g;h ',
    ],
    ['a line end', nameOf([['2.5.4.3', 'a\nb\u0007']]), 'CN=a\\0Ab\\07', 'a\nb\u0007'],
    [
      'broken UTF-8',
      nameOf([['2.5.4.3', Buffer.from([0x41, 0xff, 0xc3])]]),
      'CN=A\ufffd\ufffd',
      'A\ufffd\ufffd',
    ],
    ['an emoji', nameOf([['2.5.4.3', 'CA \u{1f512}']]), 'CN=CA \u{1f512}', 'CA \u{1f512}'],
    [
      'UTF-16',
      nameOf([['2.5.4.3', Buffer.from('0041d83ddd12d83d', 'hex'), 0x1e]]),
      'CN=A\u{1f512}\ufffd',
      'A\u{1f512}\ufffd',
    ],
    [
      'UTF-32',
      nameOf([['2.5.4.3', Buffer.from('000000410001f512ffffffff', 'hex'), 0x1c]]),
      'CN=A\u{1f512}\ufffd',
      'A\u{1f512}\ufffd',
    ],
    ['T.61', nameOf([['2.5.4.3', Buffer.from([0x43, 0xe9]), 0x14]]), 'CN=Cé', 'Cé'],
    ['an unknown attribute', nameOf([['1.3.6.1.4.1.99', 'x']]), '1.3.6.1.4.1.99=x', '1.3.6.1.4.1.99=x'],
    ['a value that is no string', nameOf([['2.5.4.3', Buffer.from([1]), 0x02]]), 'CN=#020101', '#020101'],
    [
      'no CN',
      nameOf([
        ['2.5.4.10', 'Org'],
        ['2.5.4.11', 'Unit'],
      ]),
      'O=Org, OU=Unit',
      'Unit',
    ],
    [
      'two of one',
      nameOf([
        ['2.5.4.3', 'first'],
        ['2.5.4.3', 'last'],
      ]),
      'CN=first, CN=last',
      'last',
    ],
    ['nothing', nameOf([]), '', ''],
  ])('a name with %s', (_, subject, text, name) => {
    const certificate = read(makeCertificate({ subject }).der)
    expect(certificate.subject.text).toBe(text)
    expect(commonName(certificate.subject)).toBe(name)
    expect(certificate.subject.der).toEqual(subject)
  })

  test('several attributes in one set are joined by a plus', () => {
    const pair = (type: string, value: string) => tlv(0x30, oid(type), tlv(0x0c, Buffer.from(value)))
    const subject = tlv(0x30, tlv(0x31, pair('2.5.4.3', 'a'), pair('2.5.4.5', 'b')))
    expect(read(makeCertificate({ subject }).der).subject.text).toBe('CN=a + serialNumber=b')
  })

  test('what follows the certificate is no part of it', () => {
    const { der } = makeCertificate()
    const certificate = read(Buffer.concat([der, Buffer.from('trust settings')]))
    expect(certificate.der).toEqual(der)
    expect(certificate.sha256).toBe(createHash('sha256').update(der).digest('hex'))
  })

  test.each([
    ['version 1, self-issued', { version: 1, ca: null }, true],
    ['version 1, issued by another', { version: 1, ca: null, issuer: 'Another' }, false],
    ['basic constraints', { ca: true }, true],
    ['basic constraints that deny it', { ca: false }, false],
    ['no extension at all', { ca: null }, false],
    [
      'key usage alone',
      { ca: null, extensions: [extension('2.5.29.15', true, tlv(0x03, Buffer.from([2, 0x04])))] },
      true,
    ],
    [
      "Netscape's type",
      {
        ca: null,
        extensions: [extension('2.16.840.1.113730.1.1', false, tlv(0x03, Buffer.from([0, 0x07])))],
      },
      true,
    ],
    [
      'basic constraints that are broken',
      { ca: null, extensions: [extension('2.5.29.19', true, Buffer.from([0x30, 0x7f]))] },
      false,
    ],
  ])('is it an authority: %s', (_, sketch, expected) => {
    expect(read(makeCertificate(sketch).der).ca).toBe(expected)
  })

  test('path length, extended key usage, key identifiers', () => {
    const { der } = makeCertificate({
      pathLength: 3,
      extensions: [
        extension('2.5.29.37', false, tlv(0x30, oid('1.3.6.1.5.5.7.3.1'), oid('1.3.6.1.5.5.7.3.4'))),
        extension('2.5.29.14', false, tlv(0x04, Buffer.from('abcd', 'hex'))),
        extension('2.5.29.35', false, tlv(0x30, tlv(0x80, Buffer.from('ef01', 'hex')))),
      ],
    })
    const { extensions } = read(der)
    expect(extensions.basicConstraints).toEqual({ ca: true, pathLength: 3 })
    expect(extensions.extendedKeyUsage).toEqual(['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.4'])
    expect([extensions.subjectKeyId, extensions.authorityKeyId]).toEqual(['abcd', 'ef01'])
    expect(extensions.all.map(({ id, critical }) => [id, critical])).toEqual([
      ['2.5.29.19', true],
      ['2.5.29.37', false],
      ['2.5.29.14', false],
      ['2.5.29.35', false],
    ])
  })

  test.each([
    ['RSA 512', 'rsa', { modulusLength: 512 }],
    ['RSA 1023', 'rsa', { modulusLength: 1023 }],
    ['EC secp256k1', 'ec', { namedCurve: 'secp256k1' }],
    ['EC brainpoolP384r1', 'ec', { namedCurve: 'brainpoolP384r1' }],
    ['EC with explicit parameters', 'ec', { namedCurve: 'prime256v1', paramEncoding: 'explicit' }],
    ['Ed25519', 'ed25519', {}],
    ['Ed448', 'ed448', {}],
    ['RSA-PSS 1024', 'rsa-pss', { modulusLength: 1024 }],
    ['DSA 1024', 'dsa', { modulusLength: 1024, divisorLength: 160 }],
  ])('a key: %s', (text, type, options) => {
    const { publicKey } = generateKeyPairSync(type as 'rsa', options as { modulusLength: number })
    const spki = publicKey.export({ type: 'spki', format: 'der' })
    const certificate = read(makeCertificate({ spki }).der)
    expect(certificate.key.text).toBe(text)
    expect(certificate.spki).toEqual(spki)
  })
})

describe('what is no certificate', () => {
  const { der } = makeCertificate()
  test.each<[string, Uint8Array]>([
    ['nothing', Buffer.alloc(0)],
    ['text', Buffer.from('-----BEGIN')],
    ['an empty sequence', Buffer.from([0x30, 0])],
    ['an indefinite length', Buffer.concat([Buffer.from([0x30, 0x80]), der.subarray(4), Buffer.alloc(2)])],
    ['a length of 2 GB', Buffer.from([0x30, 0x84, 0x7f, 0xff, 0xff, 0xff, 0x30])],
    ['a length of 5 bytes', Buffer.from([0x30, 0x85, 0, 0, 0, 0, 1, 0x30])],
  ])('%s', (_, bytes) => {
    expect(problem(bytes)).toMatch(/^the certificate /)
  })

  test('a certificate that is cut anywhere', () => {
    for (let length = 0; length < der.length; length++)
      expect(problem(der.subarray(0, length))).toMatch(/^the cert/)
  })

  test('one with any byte changed is told apart or refused, never thrown', () => {
    const whole = read(der).sha256
    for (let at = 0; at < der.length; at++) {
      for (const value of [0x00, 0x80, 0xff, der[at]! ^ 1]) {
        if (value === der[at]) continue
        const changed = Buffer.from(der)
        changed[at] = value
        const certificate = readCertificate(changed)
        if (!isUnknown(certificate)) expect(certificate.sha256).not.toBe(whole)
      }
    }
  })
})
