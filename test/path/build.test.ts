import { X509Certificate } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { PathProfile } from '../../src/knowledge/path-profile.ts'
import { measuredClients, profileFor } from '../../src/knowledge/tls-profiles.ts'
import { limits } from '../../src/limits.ts'
import { isUnknown } from '../../src/model.ts'
import { Anchors } from '../../src/path/anchors.ts'
import { buildPaths } from '../../src/path/build.ts'
import { addressBytes } from '../../src/path/host.ts'
import { predict } from '../../src/path/predict.ts'
import { isSignedBy } from '../../src/path/signature.ts'
import { pathCases } from '../support/path-cases.ts'
import { certificateOf, inputOf, measuredRows, readTable } from '../support/path-table.ts'
import { issue, keyOf } from '../support/pki.ts'

const now = Date.now()
const cases = new Map(pathCases().map(each => [each.name, each]))
const input = (name: string) => inputOf(cases.get(name)!, now)

function known(
  library: string,
  libraryVersion: string,
  program = 'openssl',
  build = 'upstream',
  libraryPackage?: string,
) {
  const client = {
    program,
    version: null,
    library,
    libraryVersion,
    build,
    ...(libraryPackage ? { libraryPackage } : {}),
  }
  const found = profileFor(client)
  if (isUnknown(found)) throw new Error(found.unknown)
  return found
}

describe('a verdict', () => {
  it('names the chain and the certificate that breaks it', () => {
    const server = input('2020, old root first')
    const [leaf, intermediate, cross] = server.sent.map(({ sha256 }) => sha256)
    const [old, young] = cases.get('2020, old root first')!.store.map(each => certificateOf(each).sha256)
    expect(buildPaths(server, known('OpenSSL', '1.0.2u').profile)).toEqual({
      accepted: false,
      reason: 'certificate-expired',
      chain: [leaf, intermediate, cross, old],
      brokenBy: old,
      why: null,
    })
    expect(buildPaths(server, known('OpenSSL', '3.0.15').profile)).toMatchObject({
      accepted: true,
      chain: [leaf, intermediate, young],
    })
  })

  it('says which certificate has no issuer', () => {
    const server = input('missing intermediate')
    const verdict = buildPaths(server, known('OpenSSL', '3.0.15').profile)
    expect(verdict).toMatchObject({ reason: 'unknown-issuer', brokenBy: server.sent[0]!.sha256 })
  })

  it('moves with the day', () => {
    const server = input('plain')
    const { profile } = known('OpenSSL', '3.0.15')
    expect(buildPaths({ ...server, at: now + 400 * 86_400_000 }, profile).reason).toBe('certificate-expired')
    expect(buildPaths({ ...server, at: now - 400 * 86_400_000 }, profile).reason).toBe('not-yet-valid')
  })

  it('is null where nothing was sent, or a signature is of a kind that is not known', () => {
    const server = input('plain')
    const { profile } = known('OpenSSL', '3.0.15')
    expect(buildPaths({ ...server, sent: [] }, profile)).toMatchObject({
      accepted: null,
      why: expect.any(String),
    })
    const odd = { ...server.sent[0]!, signatureAlgorithm: '1.2.3.4' }
    const verdict = buildPaths({ ...server, sent: [odd, ...server.sent.slice(1)] }, profile)
    expect(verdict).toMatchObject({ accepted: null, why: expect.stringContaining('1.2.3.4') })
  })

  it('is null where a build may be mended or not, and that decides', () => {
    const gnutls = known('GnuTLS', '3.5.18', 'wget', 'ubuntu', 'libgnutls30 3.5.18-1ubuntu1.6')
    expect(gnutls.otherwise).not.toBeNull()
    expect(predict(input('2020, old root first'), gnutls)).toMatchObject({
      accepted: null,
      why: gnutls.otherwise!.why,
    })
    expect(predict(input('plain'), gnutls).accepted).toBe(true)
  })
})

describe('a profile', () => {
  it('follows the patches of distributions', () => {
    const server = input('2020, old root first')
    const of = (revision: string) =>
      known('OpenSSL', '1.0.2g', 'openssl', 'ubuntu', `libssl1.0.0 ${revision}`)
    expect(predict(server, of('1.0.2g-1ubuntu4.19')).accepted).toBe(false)
    expect(predict(server, of('1.0.2g-1ubuntu4.20')).accepted).toBe(true)
    const gnutls = (revision: string) =>
      known('GnuTLS', '3.6.7', 'gnutls-cli', 'debian', `libgnutls30 ${revision}`)
    expect(predict(server, gnutls('3.6.7-4+deb10u4')).accepted).toBe(false)
    expect(predict(server, gnutls('3.6.7-4+deb10u5')).accepted).toBe(true)
  })

  it('says how sure it is', () => {
    const node = { program: 'node', library: 'OpenSSL', libraryVersion: '1.0.2s', build: 'upstream' }
    expect(profileFor({ ...node, version: '8.17.0' })).toMatchObject({ basis: 'measured' })
    expect(profileFor({ ...node, version: '8.16.2' })).toMatchObject({ basis: 'source' })
    expect(
      profileFor({ program: 'x', version: null, library: 'Schannel', libraryVersion: '10.0', build: null }),
    ).toEqual({
      unknown: expect.stringContaining('Schannel 10.0'),
    })
    expect(
      isUnknown(
        profileFor({ program: 'x', version: null, library: null, libraryVersion: null, build: null }),
      ),
    ).toBe(true)
    expect(known('OpenSSL', '3.0.11', 'openssl', 'debian').basis).toBe('source')
    expect(known('OpenSSL', '3.0.11', 'a program of its own', 'debian').basis).toBe('nearest')
  })
})

describe('signatures', () => {
  it('are those that OpenSSL finds sound', () => {
    const tried = new Set<string>()
    for (const each of cases.values()) {
      const all = [...each.sent, ...each.store].map(certificateOf)
      for (const certificate of all)
        for (const issuer of all) {
          const pair = `${certificate.sha256} ${issuer.sha256}`
          if (tried.has(pair)) continue
          tried.add(pair)
          const [child, parent] = [new X509Certificate(certificate.der), new X509Certificate(issuer.der)]
          expect(isSignedBy(certificate, issuer)).toBe(child.verify(parent.publicKey))
        }
    }
    expect(tried.size).toBeGreaterThan(500)
  })
})

describe('names', () => {
  it.each([
    ['127.0.0.1', '7f000001'],
    ['::1', '00000000000000000000000000000001'],
    ['2001:db8::ff00:42:8329', '20010db8000000000000ff0000428329'],
    ['::ffff:10.0.0.1', '00000000000000000000ffff0a000001'],
    ['[fe80::1]', 'fe800000000000000000000000000001'],
  ])('reads the address %s', (text, hex) => {
    expect(Buffer.from(addressBytes(text)!).toString('hex')).toBe(hex)
  })

  it.each(['localhost', '1.2.3', '1.2.3.4.5', 'a:b'])('takes %s for no address', text => {
    expect(addressBytes(text)).toBeNull()
  })
})

describe('bounds', () => {
  const profiles = [
    known('OpenSSL', '1.0.2u'),
    known('OpenSSL', '3.0.15'),
    known('GnuTLS', '3.7.9', 'gnutls-cli'),
    known('OpenJDK', '17.0.15', 'java'),
    known('Go', '1.22.0', 'go'),
    known('Mbed TLS', '2.28.3', 'mbedtls'),
    known('wolfSSL', '5.5.4', 'wolfssl'),
    known('Erlang/OTP', '25.2.3', 'erlang'),
  ]

  it('ends soon where a hundred authorities could each have issued the other', () => {
    const keys = Array.from({ length: 100 }, (_, index) => keyOf(`loop ${index}`, 'ec'))
    const loop = keys.map((key, index) =>
      issue({
        subject: 'Loop',
        key,
        by: { subject: 'Loop', key: keys[(index + 1) % 100]! },
        ca: true,
        bare: true,
      }),
    )
    const server = { name: 'loop', sent: loop.slice(0, 50), store: loop.slice(50), host: 'localhost' }
    const start = performance.now()
    for (const { profile } of profiles)
      expect(buildPaths(inputOf(server, now), profile).accepted).not.toBe(true)
    expect(performance.now() - start).toBeLessThan(2_000)
  })

  it('checks no more signatures than a search may', () => {
    const by = { subject: 'Root', key: keyOf('the real one', 'ec') }
    const sent = [
      issue({ subject: 'localhost', key: keyOf('leaf', 'ec'), by, names: ['DNS:localhost'], bare: true }),
    ]
    const root = issue({ ...by, ca: true, bare: true })
    const namesakes = Array.from({ length: limits.pathSignatures }, (_, index) =>
      issue({ subject: 'Root', key: keyOf(`namesake ${index}`, 'ec'), ca: true, bare: true }),
    )
    const accepts = (before: readonly (typeof root)[], profile: PathProfile) =>
      buildPaths(
        inputOf({ name: 'namesakes', sent, store: [...before, root], host: 'localhost' }, now),
        profile,
      ).accepted
    const tryAll = [
      known('Go', '1.22.0', 'go'),
      known('Mbed TLS', '2.28.3', 'mbedtls'),
      known('wolfSSL', '5.5.4', 'wolfssl'),
    ]
    for (const { profile } of tryAll) {
      expect(accepts(namesakes.slice(1), profile)).toBe(true)
      expect(accepts(namesakes, profile)).toBe(false)
    }
  })

  it('takes no more certificates than a server may send', () => {
    const { sent, ...rest } = input('plain')
    const many = { ...rest, sent: Array.from({ length: 101 }, () => sent[0]!) }
    expect(buildPaths(many, profiles[0]!.profile)).toMatchObject({
      accepted: null,
      why: expect.stringContaining('100'),
    })
  })

  it('judges ten certificates for eight clients in 30 ms', () => {
    const server = { ...cases.get('2020, old root sent')! }
    const best = Math.min(
      ...Array.from({ length: 5 }, () => {
        const task = inputOf(server, now)
        const more = inputOf(cases.get('two intermediates')!, now)
        const wide = {
          ...task,
          sent: [...task.sent, ...more.sent],
          store: Anchors.joined([task.store, more.store]),
        }
        const start = performance.now()
        for (let client = 0; client < 8; client++)
          buildPaths(wide, profiles[client % profiles.length]!.profile)
        return performance.now() - start
      }),
    )
    expect(best).toBeLessThan(30)
  })
})

describe('what is said to be measured', () => {
  it('is what the table holds, and nothing else', () => {
    expect(measuredClients()).toEqual(measuredRows(readTable()))
    for (const { program, version, library, libraryVersion, build, name } of readTable().clients) {
      const found = profileFor({ program, version, library, libraryVersion, build })
      expect([name, isUnknown(found) ? found.unknown : found.basis]).toEqual([name, 'measured'])
    }
  })
})

describe('LibreSSL', () => {
  it.each([
    // library, 2020, 2021: as real libraries said (null: neither measured nor read)
    ['2.7.5', false, false],
    ['3.2.7', true, true],
    ['3.3.6', true, true],
    ['3.2.5', null, null],
  ])('%s with the chains of 2020 and 2021', (version, first, second) => {
    const found = profileFor({
      program: 'openssl',
      version,
      library: 'LibreSSL',
      libraryVersion: version,
      build: 'upstream',
    })
    const said = ['2020, old root first', '2021, old root first'].map(name =>
      isUnknown(found) ? null : predict(input(name), found).accepted,
    )
    expect(said).toEqual([first, second])
  })
})
