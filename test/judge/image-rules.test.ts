import { createHash } from 'node:crypto'
/** Every "not when" of the rules of an image, and the cap of their severities, on models made by hand. */
import { describe, expect, it } from 'vitest'
import { addDays, dayStart } from '../../src/clock.ts'
import type { Finding, Severity } from '../../src/finding.ts'
import { unjudged } from '../../src/judge/unknowns.ts'
import { judge } from '../../src/judge.ts'
import { newestRelease, releaseById } from '../../src/knowledge/releases.ts'
import { allRoots, incidents, rootByIndex, rootDer } from '../../src/knowledge/roots.ts'
import { knowledgeDate } from '../../src/knowledge/status.ts'
import type { FileAccess, ImageModel, Root, TrustStore } from '../../src/model.ts'
import { type Policy, readPolicy } from '../../src/policy/index.ts'
import { toRoot } from '../../src/questions/roots.ts'
import { readCertificate } from '../../src/trust/certificate.ts'
import { image, root, store } from '../support/hand-made.ts'
import { sketchedRoot } from '../support/sketch.ts'

const bundle = '/etc/ssl/certs/ca-certificates.crt'
const today = dayStart(knowledgeDate())
const debian12 = { id: 'debian', version: '12', endOfLife: '2028-06-30' } as const
const debian9 = { id: 'debian', version: '9', endOfLife: '2022-06-30' } as const

const rootsOf = (release: string) => releaseById(release)!.roots!.map(index => toRoot(rootByIndex(index)))
const byFile = (file: string) => toRoot(allRoots().find(known => known.file === file)!)
const newest = rootsOf(newestRelease('debian', '12')!.id)
const stranger = sketchedRoot({ name: 'Example Corp Root CA' }).root
const leaf = sketchedRoot({ name: 'www.example.com', ca: false }).root

const system = (roots: readonly Root[], more: Partial<TrustStore> = {}) =>
  store(bundle, roots, { match: 'nearest', release: newestRelease('debian', '12')!.id, ...more })
const on = (stores: readonly TrustStore[], more: Partial<ImageModel> = {}) =>
  image({ distribution: debian12, stores, ...more })
const policy = (text: string) => readPolicy(`policy:\n${text}`, '.imgtrust.yaml')

async function of(
  rule: string,
  model: ImageModel,
  at: number | string = today,
  demanded?: Policy,
): Promise<Finding[]> {
  const findings = await judge(model, {
    at: typeof at === 'string' ? Date.parse(at) : at,
    expiringWithin: addDays(0, 90),
    ...(demanded && { policy: demanded }),
  })
  return findings.filter(finding => finding.rule === rule)
}
const severities = (findings: readonly Finding[]): Severity[] => findings.map(({ severity }) => severity)

describe('distrusted-root', () => {
  const trustCor = byFile('TrustCor_RootCert_CA-1.crt')

  it.each([
    ['the second before the decision', Date.parse('2022-11-30T00:00:00Z') - 1000, []],
    ['on the day of the decision, kept by the newest release of no line', '2022-11-30', ['info']],
  ])('%s', async (_, at, expected) => {
    const model = on([store('/opt/ca.pem', [trustCor])])
    expect(severities(await of('distrusted-root', model, at))).toEqual(expected)
  })

  it('is a warning where the newest release of the line has taken it out, and names the reason', async () => {
    const [found] = await of('distrusted-root', on([system([...newest, trustCor])]))
    expect(found?.severity).toBe('warning')
    expect(found?.message).toMatch(/TrustCor: ties of its owners to makers of spyware; out since 20\d\d-/)
  })

  it('is information while only a day is set after which nothing is trusted, a warning once it is out', async () => {
    const kept = new Set(newest.map(({ sha256 }) => sha256))
    const known = allRoots().find(({ sha256, events, notAfter, index }) => {
      const set = events.find(({ change }) => change === 'distrust-after')
      const out = events.find(({ change }) => change === 'removed' || change === 'no-server-trust')
      const hasReason = incidents().some(({ roots }) => roots.includes(index))
      if (set === undefined || out === undefined || hasReason || kept.has(sha256)) return false
      return set.date < out.date && dayStart(out.date) < notAfter
    })!
    const out = dayStart(
      known.events.find(({ change }) => /^(?:removed|no-server-trust)$/.test(change))!.date,
    )
    const model = on([system([toRoot(known)])])
    expect(severities(await of('distrusted-root', model, out - 1000))).toEqual(['info'])
    expect(severities(await of('distrusted-root', model, out))).toEqual(['warning'])
  })

  it('leaves roots that have ended to expired-root', async () => {
    const model = on([store('/opt/ca.pem', [trustCor])])
    expect(await of('distrusted-root', model, trustCor.notAfter)).toHaveLength(1)
    expect(await of('distrusted-root', model, trustCor.notAfter + 1000)).toEqual([])
  })
})

describe('missing-root', () => {
  const isrg = byFile('ISRG_Root_X1.crt')
  const lacking = (...files: string[]) =>
    newest.filter(({ name }) => !files.some(file => byFile(file).name === name))

  it.each([
    ['before the day from which it is needed', dayStart('2021-09-30') - 1000, 'info'],
    ['from that day on', dayStart('2021-09-30'), 'warning'],
  ])('%s: %s', async (_, at, severity) => {
    const [found] = await of('missing-root', on([system(lacking('ISRG_Root_X1.crt'))]), at)
    expect(found?.severity).toBe(severity)
    expect(found?.roots.some(({ sha256 }) => sha256 === isrg.sha256)).toBe(true)
    expect(/Let's Encrypt/.test(found?.message ?? '')).toBe(severity === 'warning')
  })

  it('does not ask for what another root of the store serves as well, until that has ended', async () => {
    const dst = byFile('DST_Root_CA_X3.crt')
    const model = on([system([...lacking('ISRG_Root_X1.crt'), dst])])
    expect(severities(await of('missing-root', model, dst.notAfter))).toEqual(['info'])
    expect(severities(await of('missing-root', model, dst.notAfter + 1000))).toEqual(['warning'])
  })

  it('is information where no newer release of the line brings it', async () => {
    const certifi = store(
      '/venv/lib/python3.12/site-packages/certifi/cacert.pem',
      lacking('ISRG_Root_X1.crt'),
    )
    expect(severities(await of('missing-root', on([certifi])))).toEqual(['info'])
    const unknown = image({ distribution: null, stores: [system(lacking('ISRG_Root_X1.crt'))] })
    expect(severities(await of('missing-root', unknown))).toEqual(['info'])
  })

  it('leaves stores that are somebody’s own', async () => {
    expect(await of('missing-root', on([store('/opt/corp.pem', [stranger])]))).toEqual([])
  })
})

describe('unknown-root', () => {
  it('shows it in full: name, fingerprint, validity, layer, path', async () => {
    const added = { ...stranger, layer: 4 }
    const model = on([system([...newest.map(each => ({ ...each, layer: 1 })), added])])
    const [found] = await of('unknown-root', model)
    expect(found?.severity).toBe('warning')
    expect(found?.message).toContain('CN=Example Corp Root CA')
    expect(found?.message).toContain(`SHA-256 ${stranger.sha256}`)
    expect(found?.message).toContain('2020-01-01 to 2040-01-01, added by layer 4')
    expect(found?.location.path).toBe(bundle)
    expect(found?.roots).toEqual([added])
  })

  it.each([
    ['allow', `  allow: [${stranger.sha256}]`],
    ['require', `  require: [{ sha256: ${stranger.sha256} }]`],
    ['allow by SHA-1', `  allow: [${createHash('sha1').update(stranger.der!).digest('hex')}]`],
  ])('is silent where the policy says: %s', async (_, text) => {
    const model = on([system([...newest, stranger])])
    expect(await of('unknown-root', model)).toHaveLength(1)
    expect(await of('unknown-root', model, today, policy(text))).toEqual([])
    expect(unjudged(model, { at: today, policy: policy(text) })).toEqual([])
  })

  it('is silent for a program that is not known here, and says so among what is unknown', async () => {
    const java = store('/opt/java/lib/security/cacerts', [byFile('ISRG_Root_X1.crt'), stranger], {
      format: 'jks',
    })
    expect(await of('unknown-root', on([java]))).toEqual([])
    expect(unjudged(on([java]), { at: today })).toEqual([
      {
        what: 'whose 1 root of /opt/java/lib/security/cacerts is',
        why: 'what program the store is made from is not known here: Example Corp Root CA',
        location: { path: '/opt/java/lib/security/cacerts' },
      },
    ])
  })

  it('speaks there where a later layer than the store’s put it in', async () => {
    const roots = [
      { ...byFile('ISRG_Root_X1.crt'), layer: 1 },
      { ...stranger, layer: 2 },
    ]
    const java = store('/opt/java/lib/security/cacerts', roots, { format: 'jks', layer: 2 })
    expect(await of('unknown-root', on([java]))).toHaveLength(1)
    expect(unjudged(on([java]), { at: today })).toEqual([])
  })

  it('is unknown where the store’s package is newer than the built-in facts', async () => {
    const newer = { name: 'ca-certificates', version: '20990101', manager: 'dpkg' } as const
    const model = on([system([...newest, stranger], { package: newer })])
    expect(await of('unknown-root', model)).toEqual([])
    expect(unjudged(model, { at: today })[0]?.why).toMatch(/may be newer than the built-in facts/)
    const same = { ...newer, version: newestRelease('debian', '12')!.version }
    expect(await of('unknown-root', on([system([...newest, stranger], { package: same })]))).toHaveLength(1)
  })

  it('is unknown where no package tells, the facts are old, and the set is near their newest', async () => {
    const model = on([system([...newest, stranger])])
    expect(await of('unknown-root', model, addDays(today, 90))).toHaveLength(1)
    expect(await of('unknown-root', model, addDays(today, 91))).toEqual([])
  })

  it('leaves what is no authority to non-ca-in-store', async () => {
    const model = on([system([...newest, leaf])])
    expect(await of('unknown-root', model)).toEqual([])
    expect(severities(await of('non-ca-in-store', model))).toEqual(['warning'])
    expect(await of('non-ca-in-store', model, today, policy(`  allow: [${leaf.sha256}]`))).toEqual([])
  })
})

describe('non-ca-in-store', () => {
  it('is silent for all certificates that public programs once carried', async () => {
    const roots = allRoots().map(known => {
      const certificate = readCertificate(rootDer(known.index))
      if ('unknown' in certificate) throw new Error(certificate.unknown)
      const { subject, key, ca } = certificate
      return { ...toRoot(known), certificate: { subject: subject.text, key: key.text, ca } }
    })
    expect(roots.some(({ certificate }) => !certificate.ca)).toBe(true)
    expect(await of('non-ca-in-store', on([store('/opt/all.pem', roots)]))).toEqual([])
  })
})

describe('weak-root', () => {
  const with1 = (key: string) => {
    const { root: plain } = sketchedRoot({ name: key })
    return { ...plain, certificate: { ...plain.certificate!, key } }
  }

  it.each([
    ['RSA 1024', 1],
    ['RSA 2047', 1],
    ['RSA 2048', 0],
    ['DSA 1024', 1],
    ['EC prime256v1', 0],
    ['Ed25519', 0],
    ['EC with explicit parameters', 0],
  ])('%s: %i', async (key, count) => {
    const found = await of('weak-root', on([store('/opt/ca.pem', [with1(key)])]))
    expect(severities(found)).toEqual(count === 1 ? ['info'] : [])
  })

  it('is silent once it has ended', async () => {
    const weak = with1('RSA 1024')
    const model = on([store('/opt/ca.pem', [weak])])
    expect(await of('weak-root', model, weak.notAfter)).toHaveLength(1)
    expect(await of('weak-root', model, weak.notAfter + 1000)).toEqual([])
  })
})

describe('policy', () => {
  const isrg = byFile('ISRG_Root_X1.crt')
  /** As `openssl x509 -fingerprint -sha1` says of it; also on https://letsencrypt.org/certificates/. */
  const isrgSha1 = 'cabd2a79a1076a31f21d253635cb039d4329a5e8'

  it.each([
    ['SHA-256', isrg.sha256],
    ['SHA-1', isrgSha1],
  ])('forbids by %s in every store, as an error', async (_, fingerprint) => {
    const model = on([system(newest), store('/opt/ca.pem', [isrg]), store('/opt/other.pem', [stranger])])
    const found = await of('forbidden-root', model, today, policy(`  forbid: [${fingerprint}]`))
    expect(found.map(({ severity, location }) => [severity, location.path])).toEqual([
      ['error', bundle],
      ['error', '/opt/ca.pem'],
    ])
  })

  it.each([
    ['SHA-256', isrg.sha256],
    ['SHA-1', isrgSha1],
  ])('requires by %s in one store at least, as an error', async (_, fingerprint) => {
    const demanded = policy(`  require: [${fingerprint}]`)
    const there = on([
      system(newest.filter(({ sha256 }) => sha256 !== isrg.sha256)),
      store('/opt/ca.pem', [isrg]),
    ])
    expect(await of('required-root', there, today, demanded)).toEqual([])
    const absent = on([system(newest.filter(({ sha256 }) => sha256 !== isrg.sha256))])
    const [found] = await of('required-root', absent, today, demanded)
    expect([found?.severity, found?.location.path]).toEqual(['error', bundle])
    expect(severities(await of('required-root', on([]), today, demanded))).toEqual(['error'])
  })

  it('is read from paranoia’s file as well', async () => {
    const text = `version: "1"\nforbid:\n  - fingerprints:\n      sha1: ${isrgSha1.toUpperCase()}\n    comment: not\\nhere\n`
    const [found] = await of(
      'forbidden-root',
      on([system(newest)]),
      today,
      readPolicy(text, '.paranoia.yaml'),
    )
    expect(found?.message).toMatch(/ISRG Root X1 \(\.paranoia\.yaml, line 3: /)
  })

  it('demands nothing where there is none', async () => {
    expect(await of('forbidden-root', on([system(newest)]))).toEqual([])
    expect(await of('required-root', on([]))).toEqual([])
  })
})

describe('inconsistent-stores', () => {
  const dst = byFile('DST_Root_CA_X3.crt')
  const certifi = '/venv/lib/python3.12/site-packages/certifi/cacert.pem'

  it('speaks at the worse of two, as a warning where the line mends it', async () => {
    const model = on([system([...newest, dst]), store(certifi, newest)])
    const found = await of('inconsistent-stores', model, '2022-01-01')
    expect(found.map(({ severity, location }) => [severity, location.path])).toEqual([['warning', bundle]])
  })

  it('is information where the newest release of the line does not mend it', async () => {
    const model = on([system(newest), store(certifi, [...newest, dst])])
    const found = await of('inconsistent-stores', model, '2022-01-01')
    expect(found.map(({ severity, location }) => [severity, location.path])).toEqual([['info', certifi]])
  })

  it.each([
    ['before the root has ended', dst.notAfter, 0],
    ['after', dst.notAfter + 1000, 1],
  ])('%s', async (_, at, count) => {
    const model = on([system([...newest, dst]), store(certifi, newest)])
    expect(await of('inconsistent-stores', model, at)).toHaveLength(count)
  })

  it('is silent where stores differ in nothing that matters, and for what is somebody’s own', async () => {
    const other = newest.filter(({ name }) => name !== 'Certum EC-384 CA')
    expect(other.length).toBe(newest.length - 1)
    expect(await of('inconsistent-stores', on([system(newest), store(certifi, other)]))).toEqual([])
    const own = on([system(newest), store('/opt/corp.pem', [stranger, dst])])
    expect(await of('inconsistent-stores', own, '2022-01-01')).toEqual([])
  })
})

describe('unparsable-certificate', () => {
  it('counts the blocks and tells the first', async () => {
    const model = on([system(newest, { broken: ['it is cut', 'it is no base64'] }), store('/b.pem', newest)])
    const found = await of('unparsable-certificate', model)
    expect(found.map(({ severity, location }) => [severity, location.path])).toEqual([['warning', bundle]])
    expect(found[0]?.message).toMatch(/2 certificates that can not be read \(of the first, it is cut\)/)
  })
})

describe('writable-store', () => {
  const access = (mode: number, uid = 0, gid = 0, path = bundle): FileAccess => ({ path, mode, uid, gid })

  it.each<[string, FileAccess[], ImageModel['kind'], string, Severity | null]>([
    ['root alone', [access(0o644), access(0o755, 0, 0, '/etc/ssl/certs')], 'image', bundle, null],
    ['everybody', [access(0o666)], 'image', bundle, 'warning'],
    [
      'everybody, by the folder',
      [access(0o644), access(0o777, 0, 0, '/etc/ssl/certs')],
      'image',
      bundle,
      'warning',
    ],
    [
      'a folder with the sticky bit',
      [access(0o644), access(0o1777, 0, 0, '/etc/ssl/certs')],
      'image',
      bundle,
      null,
    ],
    ['another user', [access(0o644, 1000)], 'image', bundle, 'warning'],
    ['another group', [access(0o664, 0, 33)], 'image', bundle, 'warning'],
    ["root's group", [access(0o664)], 'image', bundle, null],
    ['another group that may only read', [access(0o640, 0, 33)], 'image', bundle, null],
    ['another user of a host', [access(0o644, 1000)], 'host', bundle, 'warning'],
    ['who unpacked it', [access(0o664, 1000, 1000)], 'rootfs', bundle, null],
    ['everybody, in what was unpacked', [access(0o646, 1000, 1000)], 'rootfs', bundle, 'warning'],
    ['the user of a program of his own', [access(0o644, 1000)], 'image', '/app/certifi/cacert.pem', 'info'],
    ['everybody, of such a program', [access(0o666, 1000)], 'image', '/app/certifi/cacert.pem', 'warning'],
  ])('%s', async (_, who, kind, path, severity) => {
    const found = await of('writable-store', on([store(path, newest, { access: who })], { kind }))
    expect(severities(found)).toEqual(severity === null ? [] : [severity])
  })

  it('is silent where nobody looked, and where the policy says that it is on purpose', async () => {
    expect(await of('writable-store', on([system(newest)]))).toEqual([])
    const model = on([system(newest, { access: [access(0o666)] })])
    expect(await of('writable-store', model, today, policy(`  writable: [${bundle}]`))).toEqual([])
    expect(await of('writable-store', model, today, policy('  writable: [/etc/ssl]'))).toHaveLength(1)
  })
})

describe('stale-ca-package', () => {
  const installed = (version: string) => ({ name: 'ca-certificates', version, manager: 'dpkg' }) as const
  const old = rootsOf('debian/ca-certificates 20230311')

  it('tells both versions and what the newest mends', async () => {
    const model = on([system(old, { package: installed('20230311') })])
    const [found] = await of('stale-ca-package', model)
    expect(found?.severity).toBe('warning')
    expect(found?.message).toContain(newestRelease('debian', '12')!.version)
    expect(found?.message).toMatch(/takes out .* and 4 more/)
    const owners = new Set(found?.roots.map(({ name }) => name.split(' ')[0]?.toLowerCase()))
    expect(owners).toEqual(new Set(['e-tugra', 'entrust', 'trustcor']))
  })

  it.each([
    ['the newest', newestRelease('debian', '12')!.version],
    ['newer than the newest known', '20990101'],
  ])('is silent for %s', async (_, version) => {
    const model = on([system(old, { package: installed(version) })])
    expect(await of('stale-ca-package', model)).toEqual([])
  })

  it('is silent where the difference does not matter, where nobody knows the package, or the line', async () => {
    const same = on([system(newest, { package: installed('20230311') })])
    expect(await of('stale-ca-package', same)).toEqual([])
    expect(await of('stale-ca-package', on([system(old)]))).toEqual([])
    const elsewhere = image({ stores: [system(old, { package: installed('20230311') })] })
    expect(await of('stale-ca-package', elsewhere)).toEqual([])
  })

  it('speaks once of a bundle and the folder beside it', async () => {
    const folder = store('/etc/ssl/certs', old, { format: 'hashed-dir', package: installed('20230311') })
    const model = on([folder, system(old, { package: installed('20230311') })])
    expect((await of('stale-ca-package', model)).map(({ location }) => location.path)).toEqual([bundle])
  })
})

describe('vulnerable-path-building', () => {
  const client = (library: string | null, libraryVersion: string | null, libraryPackage?: string) => ({
    program: 'wget',
    version: null,
    library,
    libraryVersion,
    build: 'debian',
    path: '/usr/bin/wget',
    ...(libraryPackage === undefined ? {} : { libraryPackage }),
  })

  it.each([
    ['old', client('OpenSSL', '1.0.2u', 'libssl1.0.2 1.0.2u-1~deb9u4'), 'info'],
    ['old, mended in its line', client('GnuTLS', '3.6.7', 'libgnutls30 3.6.7-4+deb10u3'), 'warning'],
    ['mended', client('GnuTLS', '3.6.7', 'libgnutls30 3.6.7-4+deb10u5'), null],
    ['new', client('OpenSSL', '3.0.11'), null],
    ['of no known version', client('OpenSSL', null), null],
    ['of no known library', client(null, null), null],
  ] as const)('%s', async (_, one, severity) => {
    const found = await of('vulnerable-path-building', image({ distribution: debian9, clients: [one] }))
    expect(severities(found)).toEqual(severity === null ? [] : [severity])
  })

  it('speaks once of a library, with all its programs', async () => {
    const wget = client('OpenSSL', '1.0.2u', 'libssl1.0.2 1.0.2u-1~deb9u4')
    const clients = [wget, { ...wget, program: 'curl', path: '/usr/bin/curl' }]
    const found = await of('vulnerable-path-building', image({ distribution: debian9, clients }))
    expect(found.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^wget and curl verify with OpenSSL 1\.0\.2u, /),
    ])
  })
})

describe('hostile names', () => {
  it('push nothing out of a sentence', async () => {
    const long = root('x'.repeat(5000), '2040-01-01')
    const nasty = {
      ...long,
      certificate: { subject: `CN=${'y'.repeat(5000)}`, key: 'RSA 512', ca: true },
    }
    const path = `/etc/${'z'.repeat(3000)}`
    const stores = [
      system([...newest, nasty], { broken: ['w'.repeat(5000)] }),
      store(path, [{ ...nasty, certificate: { ...nasty.certificate, ca: false } }]),
    ]
    const findings = await judge(on(stores), { at: today, expiringWithin: 0 })
    expect(findings.length).toBeGreaterThan(3)
    for (const { message } of findings) expect(message.length).toBeLessThan(700)
  })
})
