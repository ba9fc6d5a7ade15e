/** What a stage begins with where its base image was read: made by hand here, scanned as any image is. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { parseInstant } from '../../src/clock.ts'
import { fixDockerfile } from '../../src/fix.ts'
import { readTree } from '../../src/image/read-image.ts'
import { openImages } from '../../src/image/source.ts'
import { judge } from '../../src/judge.ts'
import { lookupImage } from '../../src/knowledge/base-images.ts'
import { allReleases } from '../../src/knowledge/releases.ts'
import { rootByIndex, rootDer } from '../../src/knowledge/roots.ts'
import { isUnknown } from '../../src/model.ts'
import { naming } from '../../src/read-images.ts'
import { scannedImage } from '../../src/scan-base.ts'
import { builtIn, type TraceKnowledge } from '../../src/trace/knowledge.ts'
import type { ScannedImage } from '../../src/trace/scanned.ts'
import { traceDockerfile } from '../../src/trace/trace.ts'
import { buildImageModel } from '../../src/trust/model.ts'
import { trustReader } from '../../src/trust/reader.ts'
import { pemOf } from '../support/certificate.ts'
import { buildImage, type ImageSpec, writeOciDir } from '../support/image.ts'
import { certificates } from '../support/trace-certificates.ts'

const folder = mkdtempSync(join(tmpdir(), 'imgtrust-scanned-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const BUNDLE = '/etc/ssl/certs/ca-certificates.crt'
let made = 0

async function scanned(spec: ImageSpec): Promise<ScannedImage> {
  const at = join(folder, String(made++))
  await writeOciDir(at, [await buildImage(spec)])
  const [image] = await openImages(`oci-dir:${at}`, { reader: trustReader })
  const tree = await readTree(image!, trustReader, {})
  await image!.close()
  return scannedImage(buildImageModel(image!, tree, naming), tree)
}

const releaseOf = (id: string) => allReleases().find(release => release.id === id)!
const pems = (indexes: readonly number[]) =>
  indexes.map(index => [rootByIndex(index).file, pemOf(rootDer(index))] as const)

/** A Debian with the package of one release, as dpkg and its tool leave it. */
function debian(id: string, more: Record<string, string> = {}): ImageSpec['layers'][number] {
  const files = pems(releaseOf(id).roots!)
  return {
    files: {
      'etc/os-release': 'ID=debian\nVERSION_ID="10"\n',
      'usr/sbin/update-ca-certificates': '#!/bin/sh\n',
      'etc/ca-certificates.conf': `# conf\n${files.map(([name]) => `mozilla/${name}\n`).join('')}`,
      ...Object.fromEntries(files.map(([name, pem]) => [`usr/share/ca-certificates/mozilla/${name}`, pem])),
      'etc/ssl/certs/ca-certificates.crt':
        files.map(([, pem]) => pem).join('') + Object.values(more).join(''),
      ...Object.fromEntries(
        Object.entries(more).map(([name, pem]) => [`usr/local/share/ca-certificates/${name}`, pem]),
      ),
      'var/lib/dpkg/status': `Package: ca-certificates\nStatus: install ok installed\nArchitecture: all\nVersion: ${id.split(' ')[1]}\n\n`,
    },
  }
}

const OLD = 'debian/ca-certificates 20190110'

function trace(text: string, image: ScannedImage | { unknown: string }, at = '2021-10-01') {
  const knowledge: TraceKnowledge = { ...builtIn, scannedImage: () => image }
  const retrace = (changed: string) => traceDockerfile(changed, { file: 'Dockerfile', knowledge })
  const model = retrace(text)
  const stores = model.final!.final.stores
  const store = isUnknown(stores) ? undefined : stores.find(({ path }) => path === BUNDLE)
  const roots = !store || isUnknown(store.roots) ? null : store.roots.map(({ name }) => name)
  const judged = judge(model, { at: parseInstant(at)!, expiringWithin: 0, prove: { retrace } })
  return {
    model,
    store,
    roots,
    rules: judged.then(all => all.map(({ rule, severity }) => `${severity} ${rule}`)),
  }
}

describe('a private base that was read', () => {
  it('gives its store, its distribution, packages, user, folder and environment', async () => {
    const image = await scanned({
      layers: [debian(OLD)],
      user: 'app',
      workdir: '/srv',
      env: ['SSL_CERT_DIR=/etc/ssl/certs'],
    })
    const { model, store, roots, rules } = trace('FROM registry.example.com/base:1\nRUN true\n', image)
    expect(roots).toHaveLength(releaseOf(OLD).roots!.length)
    expect(store).toMatchObject({
      release: OLD,
      match: 'exact',
      origin: { kind: 'base', frozen: null, line: 1 },
    })
    expect(model.final!.distribution).toMatchObject({ id: 'debian', version: '10' })
    const { final } = model.final!
    expect(final).toMatchObject({ user: 'app', tool: true })
    expect(final.env.get('SSL_CERT_DIR')).toBe('/etc/ssl/certs')
    expect(final.conf).toContain('mozilla/DST_Root_CA_X3.crt')
    expect(await rules).toEqual(['info expired-root-kept'])
  })

  it('is followed: the seed’s line, an anchor of its own, a refresh', async () => {
    const own = certificates[6]!
    const image = await scanned({ layers: [debian(OLD, { 'team.crt': own.pem })] })
    const names = '-e "/AddTrust_External_Root.crt/d" -e "/DST_Root_CA_X3.crt/d"'
    const seed = `RUN sed -i ${names} /etc/ca-certificates.conf && update-ca-certificates\n`
    const { roots, rules } = trace(`FROM registry.example.com/base:1\n${seed}`, image)
    expect(roots).toContain(own.name)
    expect(roots).not.toContain('DST Root CA X3')
    expect(await rules).not.toContain('info expired-root-kept')
    const off = 'RUN rm /usr/local/share/ca-certificates/team.crt && update-ca-certificates\n'
    const without = trace(`FROM registry.example.com/base:1\n${off}`, image).roots
    expect(without).not.toContain(own.name)
    expect(without).toContain('DST Root CA X3')
  })

  it('with nothing in it has surely no store', async () => {
    const image = await scanned({ layers: [{ files: { 'etc/os-release': 'ID=debian\nVERSION_ID="12"\n' } }] })
    const { model, rules } = trace(
      'FROM registry.example.com/base:1\nRUN apt-get update && apt-get install -y --no-install-recommends curl && curl https://a.example\n',
      image,
    )
    expect(model.final!.final).toMatchObject({ stores: [], tool: false, conf: null })
    expect(await rules).toEqual(['warning missing-trust-store'])
  })

  it('brings its triggers, one instruction each; their events are told at no line of ours', async () => {
    const onBuild = [
      'RUN sed -i "/DST_Root_CA_X3.crt/d" /etc/ca-certificates.conf && update-ca-certificates',
      'ENV A=1\nENV SMUGGLED=1',
      'RUN curl -k https://a.example',
    ]
    const image = await scanned({ layers: [debian(OLD)], onBuild })
    const { model, roots, rules } = trace('FROM registry.example.com/base:1\nRUN true\n', image)
    expect(roots).not.toContain('DST Root CA X3')
    expect(model.final!.final.env.get('A')).toBe('1')
    expect(model.final!.final.env.has('SMUGGLED')).toBe(false)
    expect(await rules).not.toContain('error tls-verification-disabled')
  })

  it('is copied from, its bundles at any path too', async () => {
    const ten = pems(releaseOf(OLD).roots!.slice(0, 10))
      .map(([, pem]) => pem)
      .join('')
    const image = await scanned({ layers: [debian(OLD), { files: { 'opt/app/cacert.pem': ten } }] })
    const copy = (path: string) => `FROM scratch\nCOPY --from=registry.example.com/base:1 ${path} ${BUNDLE}\n`
    expect(trace(copy(BUNDLE), image).roots).toHaveLength(releaseOf(OLD).roots!.length)
    expect(trace(copy('/opt/app/cacert.pem'), image).roots).toHaveLength(10)
  })
})

describe('an image of the RHEL family that was read', () => {
  const T = '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem'
  const layer = {
    files: {
      'etc/os-release': 'ID="centos"\nVERSION_ID="7"\n',
      'usr/bin/update-ca-trust': '#!/bin/sh\n',
      [T.slice(1)]: pems(releaseOf(OLD).roots!)
        .map(([, pem]) => pem)
        .join(''),
    },
  }
  it('our own remedy is followed: the finding is gone', async () => {
    const knowledge: TraceKnowledge = { ...builtIn, scannedImage: () => image }
    const image = await scanned({ layers: [layer] })
    const retrace = (text: string) => traceDockerfile(text, { file: 'Dockerfile', knowledge })
    const options = {
      at: parseInstant('2021-10-01')!,
      expiringWithin: 0,
      rules: { 'expired-root-kept': 'error' } as const,
      prove: { retrace },
    }
    const lint = async (text: string) => {
      const model = retrace(text)
      return { model, findings: await judge(model, options) }
    }
    const before = 'FROM registry.example.com/base:1\nUSER app\nCMD ["curl", "https://a.example"]\n'
    const { findings } = await lint(before)
    expect(findings).toMatchObject([
      { rule: 'expired-root-kept', severity: 'error', remedy: { proven: true } },
    ])
    const { text } = await fixDockerfile(before, { suggestions: true, lint })
    expect(text).toContain('/etc/pki/ca-trust/source/blacklist/')
    expect(text).toMatch(/update-ca-trust\nUSER app\n/)
    expect((await lint(text)).findings).toEqual([])
    const [store] = retrace(text).final!.final.stores as readonly {
      path: string
      roots: readonly unknown[]
    }[]
    expect(store!.path).toBe(T)
    expect(store!.roots.length).toBeLessThan(releaseOf(OLD).roots!.length)
  })
})

describe('a digest', () => {
  const reference = `debian:10@sha256:${'0'.repeat(64)}`
  it('is frozen since the day on which its image was built', async () => {
    const image = await scanned({ layers: [debian(OLD)], created: '2019-06-01T00:00:00.123456789Z' })
    const { store, rules } = trace(`FROM ${reference}\nRUN true\n`, image, '2020-01-01')
    expect(store?.origin).toMatchObject({ frozen: '2019-06-01' })
    expect(await rules).toContain('warning stale-base-image')
    expect(await trace(`FROM ${reference}\nRUN true\n`, image, '2019-07-01').rules).toEqual([])
  })
  it('whose builder writes the epoch tells no day', async () => {
    const image = await scanned({ layers: [debian(OLD)], created: '1970-01-01T00:00:00Z' })
    expect(trace(`FROM ${reference}\n`, image).store?.origin).toMatchObject({ frozen: null })
  })
})

describe('what could not be read', () => {
  it('is told with its reason; what knowledge has still holds', async () => {
    const why = { unknown: 'the registry sleeps' }
    const strange = trace('FROM registry.example.com/base:1\nRUN curl https://a.example\n', why)
    expect(strange.model.unknowns.map(entry => entry.why)).toEqual([why.unknown, why.unknown])
    expect(await strange.rules).toEqual([])
    const official = trace('FROM alpine:3.8\n', why, '2020-05-31')
    expect(official.model.unknowns).toMatchObject([{ what: 'the base image alpine:3.8', why: why.unknown }])
    expect(isUnknown(lookupImage('alpine:3.8'))).toBe(false)
    expect(await official.rules).toContain('error expired-root-kept')
  })

  it('a layer that is not there leaves the stores unknown', async () => {
    const image = { ...(await scanned({ layers: [debian(OLD)] })), partial: 'layer 1 of x: it is foreign' }
    const { model } = trace('FROM registry.example.com/base:1\n', image)
    expect(model.final!.final.stores).toEqual({ unknown: 'layer 1 of x: it is foreign' })
  })
})
