import { execFileSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { overlaps } from '../../src/knowledge/release-list.ts'
import {
  allReleases,
  baseImageRelease,
  matchRelease,
  newestRelease,
  releaseById,
  releasesOf,
  servedOn,
} from '../../src/knowledge/releases.ts'
import { allRoots, rootByIndex, statusAt } from '../../src/knowledge/roots.ts'
import { imagesFolder, rawJson, withFacts, withImages } from './facts.ts'

const prints = (roots: readonly number[]) => new Set(roots.map(index => rootByIndex(index).sha256))

describe('releases', () => {
  it('are found by id and by family', () => {
    expect(releaseById('debian/ca-certificates 20230311+deb12u1')).toMatchObject({
      family: 'debian/ca-certificates',
      date: '2025-06-13',
      certainty: 'exact',
    })
    expect(releaseById('certifi 2024.2.2')).toMatchObject({ date: '2024-02-01', mozilla: '2.66' })
    expect(releaseById('no such')).toBeNull()
    expect(releasesOf('alpine/base')).toHaveLength(15)
    expect(releasesOf('certifi').length).toBeGreaterThan(70)
  })

  it('have a source each, and roots that exist', () => {
    for (const release of allReleases()) {
      expect(release.source, release.id).not.toBe('')
      expect(release.source, release.id).not.toMatch(/\bshared\b|stored|steering/)
      for (const root of release.roots ?? []) expect(allRoots()[root]).toBeDefined()
    }
    expect(new Set(allReleases().map(release => release.id)).size).toBe(allReleases().length)
  })

  it('tell no roots where nobody knows them: Microsoft chooses for Mariner and Azure Linux', () => {
    for (const family of ['cbl-mariner/ca-certificates', 'azurelinux/ca-certificates']) {
      expect(releasesOf(family).length).toBeGreaterThan(0)
      for (const release of releasesOf(family)) expect(release.roots).toBeNull()
    }
  })

  it.each([
    // The counts that installs of these packages print: `140 added, 0 removed`.
    ['debian/ca-certificates 20161130+nmu1', 151],
    ['debian/ca-certificates 20190110', 128],
    ['debian/ca-certificates 20200601~deb10u2', 137],
    ['debian/ca-certificates 20230311', 140],
    ['ubuntu/ca-certificates 20211016', 127],
    ['ubuntu/ca-certificates 20210119~20.04.2', 128],
    ['ubuntu/ca-certificates 20240203', 146],
    ['ubuntu/ca-certificates 20180409', 133],
  ])('%s is about %i roots', (id, count) => {
    expect(releaseById(id)).toMatchObject({ certainty: 'about' })
    expect(releaseById(id)!.roots).toHaveLength(count)
  })

  it("know Debian 9's store of October 2019: 17 of its roots had ended by 2020-05-31, one of them breaking", () => {
    const release = servedOn('debian', '9', '2019-10-23')!
    expect(release.id).toBe('debian/ca-certificates 20161130+nmu1+deb9u1')
    const day = Date.parse('2020-05-31T00:00:00Z')
    const files = release.roots!.map(rootByIndex)
    const ended = files.filter(root => statusAt(root, day).status.includes('expired')).map(root => root.file)
    expect(ended).toHaveLength(17)
    expect(ended).toContain('AddTrust_External_Root.crt')
    expect(files.map(root => root.file)).toContain('DST_Root_CA_X3.crt')
    expect(files.filter(root => /StartCom|WoSign/.test(root.subject))).toEqual([])
  })
})

describe('what an archive served', () => {
  it.each([
    ['debian', '9', '2018-01-01', '20161130+nmu1+deb9u1'],
    ['debian', 'stretch', '2020-05-31', '20161130+nmu1+deb9u1'],
    ['debian', '9', '2021-06-01', '20200601~deb9u2'],
    ['debian', '10', '2020-05-31', '20190110'],
    ['debian', '10.3', '2023-05-02', '20200601~deb10u2'],
    ['debian', 'buster', null, '20200601~deb10u2'],
    ['debian', '11', '2021-08-13', null],
    ['debian', '11', '2021-08-14', '20210119'],
    ['debian', '11', '2026-02-13', '20210119'],
    ['debian', '11', '2026-02-14', '20230311+deb12u1~deb11u1'],
    ['debian', '12', '2025-06-12', '20230311'],
    ['debian', '12', null, '20250419~deb12u2'],
    ['debian', '13', '2026-10-19', '20250419'],
    ['debian', '13', '2026-10-20', '20250419+deb13u1'],
    ['ubuntu', '18.04', '2020-05-31', '20180409'],
    ['ubuntu', '24.04', '2026-08-01', '20260601~24.04.1'],
    ['ubuntu', 'noble', null, '20260601~24.04.1'],
    ['alpine', '3.11.13', null, '20191127-r2'],
    ['alpine', '3.24', '2026-10-01', '20260909-r0'],
    ['almalinux', '9.8', null, '2025.2.80_v9.0.305-91.el9'],
    ['centos', '7', null, '2023.2.60_v7.0.306-72.el7_9'],
    ['amzn', '2023', '2025-06-01', '2025.2.76-1.0.amzn2023.0.1'],
    ['fedora', '44', null, '2026.2.90_v9.0.317-1.fc44'],
    // Between the first day on which it can have come and the first on which it surely was there: nobody knows.
    ['debian', '10', '2020-06-20', null],
    ['debian', '8', '2019-01-01', null],
    ['nixos', '24.05', null, null],
    ['debian', null, null, null],
  ])('%s %s on %s: %s', (distribution, version, day, expected) => {
    expect(servedOn(distribution, version, day)?.version ?? null).toBe(expected)
  })

  it('counts no paid archive and no build that was never released', () => {
    const versions = ['ubuntu 14.04', 'ubuntu 16.04', 'rhel 8'].map(
      line => newestRelease(...(line.split(' ') as [string, string]))?.version,
    )
    expect(versions).toEqual(['20170717~14.04.2', '20210119~16.04.1', '2025.2.80_v9.0.304-80.2.el8_10'])
  })

  it("has Alpine's own bundle, from 3.7 on", () => {
    expect(baseImageRelease('3.6.5', null)).toBeNull()
    expect(baseImageRelease('3.8.5', null)?.id).toBe('alpine/base 3.8.5')
    expect(baseImageRelease('3.11', '2021-11-24')?.id).toBe('alpine/base 3.11.13')
    expect(baseImageRelease('3.24', null)).toMatchObject({ mozilla: '2.90', certainty: 'about' })
  })
})

describe('the law: the newest store of a supported line', () => {
  const lines = [
    ['debian', '12'],
    ['debian', '13'],
    ['ubuntu', '22.04'],
    ['ubuntu', '24.04'],
    ['ubuntu', '26.04'],
    ['alpine', '3.21'],
    ['alpine', '3.24'],
    ['rhel', '8'],
    ['rhel', '9'],
    ['rhel', '10'],
    ['fedora', '44'],
    ['amzn', '2023'],
  ] as const
  it.each(
    lines,
  )('%s %s holds no root of an incident, and none distrusted without a distrust-after day', (id, version) => {
    const release = newestRelease(id, version)!
    for (const index of release.roots!) {
      const { status, distrustAfter } = statusAt(rootByIndex(index), Date.parse('2026-10-20T00:00:00Z'))
      if (status.includes('distrusted')) expect(distrustAfter, rootByIndex(index).name).toBeDefined()
    }
  })
})

describe('the release of a set of roots', () => {
  it('is found again for every release that was read, exactly', () => {
    for (const release of allReleases()) {
      if (release.certainty !== 'exact' || release.roots === null) continue
      const found = matchRelease(prints(release.roots))
      expect(found.match, release.id).toBe('exact')
      expect(found.release!.roots).toEqual(release.roots)
      expect([found.missing, found.extra]).toEqual([[], []])
    }
  })

  it.each([
    'debian/ca-certificates 20210119',
    'alpine/base 3.8.5',
    'mozilla 2.60',
  ])('is looked for by counts that are those of the sets: %s', id => {
    const own = new Set(releaseById(id)!.roots)
    const counts = allReleases().flatMap(release =>
      release.roots
        ? [[release.id, release.roots.length, release.roots.filter(root => own.has(root)).length]]
        : [],
    )
    expect(overlaps(own).map(({ release, size, common }) => [release.id, size, common])).toEqual(counts)
  })

  it('is nearest with a few differences, and says which', () => {
    const release = releaseById('debian/ca-certificates 20210119')!
    const [first, ...rest] = release.roots!
    const found = matchRelease(prints([...rest, 0]), { distribution: 'debian', version: '11' })
    expect(found).toMatchObject({
      match: 'nearest',
      release: { id: release.id },
      missing: [first],
      extra: [0],
    })
  })

  it('is nearest with a stranger in it, and unknown where too much differs', () => {
    const release = releaseById('debian/ca-certificates 20210119')!
    const one = prints(release.roots!)
    one.add('f'.repeat(64))
    expect(matchRelease(one)).toMatchObject({ match: 'nearest', missing: [], extra: [] })
    expect(matchRelease(prints(release.roots!.slice(20)))).toMatchObject({ match: 'unknown', release: null })
    expect(matchRelease(prints(release.roots!.slice(0, 5)))).toMatchObject({ match: 'unknown' })
    expect(matchRelease(new Set())).toMatchObject({ match: 'unknown' })
  })

  it('fits the image that is asked about, where several have that set', () => {
    const { roots } = releaseById('alpine/base 3.18.9')!
    expect(matchRelease(prints(roots!), { distribution: 'alpine', version: '3.18.9' }).release?.id).toBe(
      'alpine/base 3.18.9',
    )
    expect(matchRelease(prints(roots!), { distribution: 'alpine', version: '3.17.10' }).release?.id).toBe(
      'alpine/base 3.17.10',
    )
    const { roots: debian } = releaseById('debian/ca-certificates 20210119')!
    expect(
      matchRelease(prints(debian!), { distribution: 'debian', version: '11', packageVersion: '20210119' })
        .release?.id,
    ).toBe('debian/ca-certificates 20210119')
  })
})

describe.skipIf(withImages !== '')(`real root filesystems of Alpine${withImages}`, () => {
  it.each([
    ['3.8.5', './etc/ssl/cert.pem'],
    ['3.11.13', './etc/ssl/cert.pem'],
    ['3.20.3', './etc/ssl/certs/ca-certificates.crt'],
  ])('%s holds exactly its release in %s', (version, path) => {
    const archive = resolve(imagesFolder, `alpine-minirootfs-${version}-x86_64.tar.gz`)
    const text = execFileSync('tar', ['-xzOf', archive, path], { maxBuffer: 1 << 26 }).toString()
    const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g)!
    const store = new Set(
      blocks.map(block => new X509Certificate(block).fingerprint256.replaceAll(':', '').toLowerCase()),
    )
    expect(matchRelease(store, { distribution: 'alpine', version })).toMatchObject({
      match: 'exact',
      release: { id: `alpine/base ${version}` },
    })
  })
})

describe.skipIf(withFacts !== '')(`releases, against the raw facts${withFacts}`, () => {
  it('hold every set of a package as it was read', () => {
    const raw =
      rawJson<{ family: string; version: string | null; release?: string; date?: string; roots: number[] }[]>(
        'releases.json',
      )
    for (const entry of raw) {
      if (entry.roots.length === 0) continue
      const wanted = [...entry.roots].sort((a, b) => a - b)
      const there = allReleases().some(
        release =>
          release.family.startsWith(entry.family) &&
          release.certainty === 'exact' &&
          JSON.stringify(release.roots) === JSON.stringify(wanted),
      )
      expect(there, `${entry.family} ${entry.version ?? entry.release}`).toBe(true)
    }
  })
})
