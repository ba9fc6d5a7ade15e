import { describe, expect, it } from 'vitest'
import { addDays, formatInstant } from '../../src/clock.ts'
import type { Finding } from '../../src/finding.ts'
import { judge } from '../../src/judge.ts'
import { rootByFingerprint, rootDer } from '../../src/knowledge/roots.ts'
import type { ImageModel } from '../../src/model.ts'
import { render } from '../../src/remedy/dialects/index.ts'
import type { ImageSketch } from '../../src/rule.ts'
import { image, root, store } from '../support/hand-made.ts'
import { fileView, imageFromSketch } from '../support/sketch.ts'

const day = 86_400_000
const options = { expiringWithin: addDays(0, 90) }
/** AddTrust External CA Root and DST Root CA X3, as openssl prints their notAfter. */
const addTrustEnd = Date.parse('2020-05-30T10:48:38Z')
const dstEnd = Date.parse('2021-09-30T14:01:15Z')

const alpine38: ImageSketch = {
  distribution: { id: 'alpine', version: '3.8.5' },
  stores: [{ path: '/etc/ssl/cert.pem', release: 'alpine/base 3.8.5', consumers: ['busybox wget'] }],
  clients: [{ program: 'busybox wget', library: 'LibreSSL', libraryVersion: '2.7.5', build: 'alpine' }],
}

const at = (instant: number | string) => (typeof instant === 'string' ? Date.parse(instant) : instant)
const judged = (model: ImageModel, instant: number | string, more = {}) =>
  judge(model, { at: at(instant), ...options, ...more })
const of = (findings: readonly Finding[], rule: string) => findings.filter(finding => finding.rule === rule)

describe('time', () => {
  it.each([
    [addTrustEnd - 1000, 'info', false],
    [addTrustEnd, 'info', false],
    [addTrustEnd + 1000, 'error', true],
  ])('AddTrust at %i', async (instant, severity, breaks) => {
    const [found] = of(await judged(imageFromSketch(alpine38), instant), 'expired-root')
    expect([formatInstant(instant), found?.severity]).toEqual([formatInstant(instant), severity])
    expect(found?.roots.some(({ name }) => name === 'AddTrust External Root')).toBe(breaks)
  })

  it('DST Root CA X3 joins on its own second', async () => {
    const names = async (instant: number) => {
      const [found] = of(await judged(imageFromSketch(alpine38), instant), 'expired-root')
      return found?.message.includes('DST Root CA X3')
    }
    expect(await names(dstEnd)).toBe(false)
    expect(await names(dstEnd + 1000)).toBe(true)
  })

  it.each([
    [-1, false],
    [0, true],
    [90 * day, true],
    [90 * day + 1, false],
  ])('a root is expiring %i ms after its window begins: %j', async (offset, found) => {
    const end = Date.parse('2030-01-01T00:00:00Z')
    const model = image({ stores: [store('/etc/ssl/cert.pem', [root('A', '2030-01-01T00:00:00Z')])] })
    expect(of(await judged(model, end - 90 * day + offset), 'expiring-root')).toHaveLength(found ? 1 : 0)
  })
})

describe('severity', () => {
  it('is an error only where a client that reads the store fails', async () => {
    const severityOf = async (sketch: ImageSketch) =>
      of(await judged(imageFromSketch(sketch), '2020-05-31'), 'expired-root')[0]?.severity
    expect(await severityOf(alpine38)).toBe('error')
    expect(await severityOf({ ...alpine38, clients: [] })).not.toBe('error')
    const openssl = { ...alpine38.clients![0]!, library: 'OpenSSL', libraryVersion: '1.1.1l' }
    expect(await severityOf({ ...alpine38, clients: [openssl] })).not.toBe('error')
    const elsewhere = { ...alpine38.clients![0]!, program: 'other' }
    expect(await severityOf({ ...alpine38, clients: [elsewhere] })).not.toBe('error')
    const unknownVersion = { ...alpine38.clients![0]!, libraryVersion: null }
    expect(await severityOf({ ...alpine38, clients: [unknownVersion] })).not.toBe('error')
  })

  it('follows what the user says, for all findings of the rule', async () => {
    const model = imageFromSketch(alpine38)
    const findings = await judged(model, '2020-05-31', {
      rules: { 'expired-root': 'info', 'removed-root': 'off' },
    })
    expect(of(findings, 'expired-root')[0]?.severity).toBe('info')
    expect(of(findings, 'removed-root')).toEqual([])
  })

  it('is refused for a rule that does not exist', async () => {
    await expect(judged(image(), 0, { rules: { 'expird-root': 'off' } })).rejects.toMatchObject({
      name: 'JobError',
      code: 'usage',
      message: expect.stringContaining('"expird-root" does not exist'),
    })
    await expect(judged(image(), 0, { rules: { toString: 'off' } })).rejects.toMatchObject({ code: 'usage' })
  })
})

describe('findings', () => {
  it('are one per rule and store, sorted by path, then rule', async () => {
    const roots = [root('Old', '2001-01-01T00:00:00Z'), root('Older', '2000-01-01T00:00:00Z')]
    const model = image({ stores: [store('/z.pem', roots), store('/a.pem', roots)] })
    const findings = await judged(model, '2020-01-01')
    expect(findings.map(({ rule, location }) => [rule, location.path])).toEqual([
      ['expired-root', '/a.pem'],
      ['expired-root', '/z.pem'],
    ])
    expect(findings[0]?.roots.map(({ name }) => name)).toEqual(['Older', 'Old'])
  })

  it('are the same for the same model and instant', async () => {
    const model = imageFromSketch(alpine38)
    expect(await judged(model, '2020-05-31')).toEqual(await judged(model, '2020-05-31'))
  })
})

describe('remedies', () => {
  it('offer the newer base first, then the line, both proven', async () => {
    const [found] = of(await judged(imageFromSketch(alpine38), '2020-05-31'), 'expired-root')
    const model = imageFromSketch(alpine38)
    expect(found?.remedy?.proven).toBe(true)
    expect(render(found!.remedy!, 'dockerfile', model)).toMatch(/^FROM alpine:3\.\d+$/)
    expect(found?.alternatives).toHaveLength(1)
    expect(found?.alternatives[0]?.proven).toBe(true)
    const line = render(found!.alternatives[0]!, 'shell', model)
    expect(line).toMatch(/^sed -i .* \/etc\/ssl\/cert\.pem$/)
    expect(render(found!.alternatives[0]!, 'dockerfile', model)).toBe(`RUN ${line}`)
    expect(render(found!.alternatives[0]!, 'ansible', model)).toContain('path: /etc/ssl/cert.pem')
    expect(render(found!.remedy!, 'ansible', model)).toBeNull()
  })

  it('take a Debian root out by its conf, in the form for images and in that for hosts', async () => {
    const debian = (kind: ImageModel['kind']): ImageModel => {
      const model = imageFromSketch({
        distribution: { id: 'debian', version: '9' },
        stores: [
          {
            path: '/etc/ssl/certs/ca-certificates.crt',
            release: 'debian/ca-certificates 20161130+nmu1+deb9u1',
            consumers: ['curl'],
          },
        ],
        clients: [
          { program: 'curl', library: 'OpenSSL', libraryVersion: '1.0.2u-1~deb9u4', build: 'debian' },
        ],
        packages: [{ name: 'ca-certificates', version: '20161130+nmu1+deb9u1' }],
      })
      return { ...model, kind, config: { user: 'app', env: {} } }
    }
    const lineOf = async (model: ImageModel, dialect: 'dockerfile' | 'shell') => {
      const [found] = of(await judged(model, '2021-10-01'), 'expired-root')
      expect(found?.severity).toBe('error')
      const remedies = [found!.remedy!, ...found!.alternatives]
      const removal = remedies.find(({ steps }) => steps.some(({ kind }) => kind === 'run-tool'))
      expect(removal?.proven).toBe(true)
      return render(removal!, dialect, model)
    }
    expect(await lineOf(debian('image'), 'dockerfile')).toBe(
      'USER root\nRUN sed -i -e "/AddTrust_External_Root.crt/d" -e "/DST_Root_CA_X3.crt/d" /etc/ca-certificates.conf && update-ca-certificates -f -v\nUSER app',
    )
    const host =
      "sed -i -e 's|^mozilla/AddTrust_External_Root\\.crt$|!&|' -e 's|^mozilla/DST_Root_CA_X3\\.crt$|!&|' /etc/ca-certificates.conf && update-ca-certificates --fresh"
    expect(await lineOf(debian('host'), 'shell')).toBe(host)
  })

  it('of a conf that names a root twice, or in other words, is none', async () => {
    const sketch: ImageSketch = {
      distribution: { id: 'debian', version: '9' },
      stores: [
        {
          path: '/etc/ssl/certs/ca-certificates.crt',
          release: 'debian/ca-certificates 20161130+nmu1+deb9u1',
          consumers: ['curl'],
        },
      ],
      clients: [{ program: 'curl', library: 'OpenSSL', libraryVersion: '1.0.2u-1~deb9u4', build: 'debian' }],
      packages: [{ name: 'ca-certificates', version: '20161130+nmu1+deb9u1' }],
    }
    for (const conf of [
      'mozilla/AddTrust_External_Root.crt\nlocal/AddTrust_External_Root.crt\n',
      'mozilla/AddTrust_External_Root-crt\nmozilla/AddTrust_External_Root.crt\n',
      'local/AddTrust_External_Root.crt\n',
      '!mozilla/AddTrust_External_Root.crt\n',
      'mozilla/AddTrust_External_Root.crt # x\n',
    ]) {
      const model = imageFromSketch(sketch, { '/etc/ca-certificates.conf': conf })
      const [found] = of(await judged(model, '2020-05-31'), 'expired-root')
      const steps = [found!.remedy!, ...found!.alternatives]
        .filter(remedy => remedy)
        .flatMap(remedy => remedy.steps)
      expect(
        steps.filter(({ kind }) => kind === 'conf-delete'),
        conf,
      ).toEqual([])
    }
  })

  it.each([
    '/etc/ssl/a b.pem',
    '/etc/ssl/$(id).pem',
    "/etc/ssl/';id;'.pem",
    '/etc/ssl/a\nRUN id.pem',
    '/etc/ssl/-e/x.pem',
    '/etc/ssl/../x.pem',
  ])('never name the path %j', async path => {
    const known = rootByFingerprint('687fa451382278fff0c8b11f8d43d576671c6eb2bceab413fb83d965d06d2ff2')!
    const body = Buffer.from(rootDer(known.index)).toString('base64')
    const pem = `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`
    const model = image({
      stores: [store(path, [{ ...root('x', '2020-05-30T10:48:38Z'), sha256: known.sha256 }])],
      files: fileView(new Map([[path, Buffer.from(pem)]])),
    })
    const findings = await judged(model, '2020-05-31')
    expect(of(findings, 'expired-root')).toHaveLength(1)
    for (const { remedy } of findings) expect(remedy).toBeNull()
  })

  it('are none where the bytes are not those of the store', async () => {
    const model = imageFromSketch(alpine38, { '/etc/ssl/cert.pem': 'no certificate in here\n' })
    const [found] = of(await judged(model, '2020-05-31'), 'expired-root')
    const steps = [found?.remedy, ...(found?.alternatives ?? [])].flatMap(remedy => remedy?.steps ?? [])
    expect(steps.map(({ kind }) => kind)).toEqual(['set-base'])
  })
})

describe('no-trust-store', () => {
  const bare: ImageSketch = { distribution: { id: 'debian', version: '13' }, stores: [] }
  const curl = { program: 'curl', library: 'OpenSSL', libraryVersion: '3.5.4', build: 'debian' }
  const severities = async (model: ImageModel) =>
    of(await judged(model, '2026-10-20'), 'no-trust-store').map(({ severity }) => severity)

  it('is a warning where a client reads the system store, information where none is seen', async () => {
    expect(await severities(imageFromSketch({ ...bare, clients: [curl] }))).toEqual(['warning'])
    expect(await severities(imageFromSketch(bare))).toEqual(['info'])
  })

  it('is silent where something could not be read: it may be the store', async () => {
    const model = imageFromSketch({ ...bare, clients: [curl] })
    const unknowns = [{ what: 'a keystore', why: 'locked', location: {} }]
    expect(await severities({ ...model, unknowns })).toEqual([])
  })

  it('is silent where a store is there', async () => {
    expect(await severities(imageFromSketch(alpine38))).toEqual([])
  })
})
