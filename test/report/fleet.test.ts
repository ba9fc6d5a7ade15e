import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { breaksOf } from '../../src/fleet/breaks.ts'
import { allRoots, breakingRoots } from '../../src/knowledge/roots.ts'
import type { Client, ImageModel, Root } from '../../src/model.ts'
import { reportOf } from '../../src/report/build.ts'
import { fleetOf, withFleet } from '../../src/report/fleet.ts'
import { markdown } from '../../src/report/formats/markdown.ts'
import { ndjson } from '../../src/report/formats/ndjson.ts'
import { text } from '../../src/report/formats/text.ts'
import type { ReportBreak, ReportTarget } from '../../src/report/report.ts'
import { image, store } from '../support/hand-made.ts'

const rootNamed = (name: string): Root => {
  const breaking = new Set(breakingRoots().map(({ sha256 }) => sha256))
  const known = allRoots().find(root => root.name === name && breaking.has(root.sha256))
  if (known === undefined) throw new Error(`no root ${name}`)
  const { sha256, notBefore, notAfter } = known
  return { sha256, name, notBefore, notAfter }
}
const ADDTRUST = rootNamed('AddTrust External Root')
const GLOBALSIGN = rootNamed('GlobalSign Root CA')
const old: Client = {
  program: 'busybox wget',
  version: '1.28.4',
  library: 'LibreSSL',
  libraryVersion: '2.7.5',
  build: 'alpine',
  path: '/usr/bin/ssl_client',
}
const fresh: Client = { ...old, program: 'curl', library: 'OpenSSL', libraryVersion: '3.0.2' }

const modelOf = (roots: readonly Root[], clients: readonly Client[]): ImageModel =>
  image({
    clients,
    stores: [
      store('/etc/ssl/cert.pem', roots, { consumers: clients.map(({ program }) => program), layer: 0 }),
    ],
  })
const days = (model: ImageModel, at: string) =>
  breaksOf(model, Date.parse(at)).map(({ told }) => [told.day, told.why, told.root.name, told.programs])

describe('the days on which an image breaks', () => {
  it('are those of roots that old clients stumble over, past and to come', () => {
    const model = modelOf([ADDTRUST, GLOBALSIGN], [old, fresh])
    expect(days(model, '2019-01-01')).toEqual([
      ['2020-05-30', 'root-expired', 'AddTrust External Root', ['busybox wget']],
      ['2028-01-28', 'root-expired', 'GlobalSign Root CA', ['busybox wget']],
    ])
    expect(days(model, '2021-01-01')).toHaveLength(2)
  })

  it('are none where no client of the image is known to stumble, or reads the store', () => {
    expect(days(modelOf([ADDTRUST, GLOBALSIGN], [fresh]), '2021-01-01')).toEqual([])
    expect(days(modelOf([ADDTRUST], []), '2021-01-01')).toEqual([])
    const unread = { ...modelOf([ADDTRUST], [old]), stores: [store('/x.pem', [ADDTRUST], { layer: 0 })] }
    expect(days(unread, '2021-01-01')).toEqual([])
  })
})

const digest = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}`
const [A, B, C] = ['a', 'b', 'c'].map(digest) as [string, string, string]

const breakOn = (root: Root, layer: number): ReportBreak => ({
  day: new Date(root.notAfter).toISOString().slice(0, 10),
  why: 'root-expired',
  root: { sha256: root.sha256, name: root.name },
  store: '/etc/ssl/cert.pem',
  layer,
  programs: ['busybox wget'],
})

function targetOf(name: string, more: Partial<ReportTarget> = {}): ReportTarget {
  return {
    target: name,
    kind: 'image',
    source: 'registry',
    reference: name,
    digest: null,
    platform: null,
    distribution: { id: 'alpine', version: '3.8.5', endOfLife: '2020-05-01' },
    stores: [],
    certificates: [],
    clients: [],
    stages: [],
    findings: [],
    unknowns: [],
    config: null,
    error: null,
    layers: [],
    breaks: [],
    ...more,
  }
}

function finding(layer: number | null, severity: 'error' | 'warning' | 'info' = 'error') {
  return {
    rule: 'expired-root',
    severity,
    message: 'It holds an expired root.',
    location: layer === null ? {} : { path: '/etc/ssl/cert.pem', layer },
    roots: [],
    remedy: { summary: 'use alpine:3.24', proven: true, steps: {}, fixable: false, alternatives: [] },
  }
}

const reportFor = (targets: ReportTarget[], at = '2021-10-01') => reportOf(targets, Date.parse(at))

describe('a fleet', () => {
  const bad = { findings: [finding(0)], breaks: [breakOn(ADDTRUST, 0)] }
  const fleet = () =>
    fleetOf(
      reportFor([
        targetOf('one', { ...bad, layers: [A, B] }),
        targetOf('two', { ...bad, layers: [A, C] }),
        // The same base, and something of its own beside it.
        targetOf('three', { findings: [finding(0), finding(1, 'warning')], layers: [A, C], breaks: [] }),
        targetOf('four', { layers: [A], baseName: 'docker.io/library/alpine:3.8' }),
        targetOf('five', { layers: [B], breaks: [breakOn(GLOBALSIGN, 0)] }),
        targetOf('six', { error: 'it is not there' }),
      ]),
    )

  it('counts the days by the images that break, and the bases that brought it', () => {
    expect(fleet()?.days).toEqual([
      {
        day: '2020-05-30',
        why: 'root-expired',
        root: { sha256: ADDTRUST.sha256, name: ADDTRUST.name },
        images: 2,
        bases: [{ base: A, images: 2 }],
      },
      expect.objectContaining({ day: '2028-01-28', images: 1, bases: [{ base: B, images: 1 }] }),
    ])
    expect(fleet()).toMatchObject({ images: 6, broken: 2 })
  })

  it('knows a base by its layers: those who have them all are mended with it', () => {
    const [first, second, third] = fleet()!.bases
    expect(first).toEqual({
      base: A,
      layers: 1,
      createdBy: null,
      distribution: { id: 'alpine', version: '3.8.5', endOfLife: '2020-05-01' },
      names: ['docker.io/library/alpine:3.8'],
      images: 4,
      affected: 3,
      mended: 2,
      error: 3,
      warning: 0,
      remedy: 'use alpine:3.24',
    })
    expect(second).toMatchObject({ base: B, affected: 1, mended: 1, error: 0 })
    // ChainID (OCI image specification): SHA-256 of the ChainID beneath, a space, and the DiffID.
    expect(third).toMatchObject({ base: digest(`${A} ${C}`), layers: 2, affected: 1, mended: 0, warning: 1 })
  })

  it('mends nobody of whom part is not known to come from the base', () => {
    const strange = [
      targetOf('no place', { findings: [finding(0), finding(null)], layers: [A, B] }),
      targetOf('unknown layers', { findings: [finding(1)], layers: [null, B] }),
      targetOf('only information', { findings: [finding(0, 'info')], layers: [A, B] }),
    ]
    expect(fleetOf(reportFor(strange))!.bases).toMatchObject([{ base: A, images: 2, affected: 1, mended: 0 }])
  })

  it('is none of one image, nor of what was not read beside others', () => {
    const one = reportFor([targetOf('one', bad)])
    expect(withFleet(one)).toBe(one)
    const { breaks: _, layers: __, ...plain } = targetOf('a')
    expect(fleetOf(reportFor([plain, plain]))).toBeNull()
  })

  it('is told by the formats, hostile names made harmless', () => {
    const nasty = 'x\u001b[2J|<b>\u202e'
    const stores = [{ createdBy: nasty, layer: 0, path: '/s', roots: [], aliases: [], sources: [] }]
    const target = (name: string) => targetOf(name, { ...bad, layers: [A], stores: stores as never })
    const report = withFleet(reportFor([target('one'), target('two')]))
    const options = {
      color: false,
      width: 100,
      show: 'warning',
      failOn: 'warning',
      failures: true,
      remedy: 'dockerfile',
    } as const
    const page = text.render({ ...report, targets: [] }, options)
    expect(page).toContain('2 of 2 images break on 2021-10-01')
    expect(page).toContain('AddTrust External Root ended')
    expect(page).toContain('mend it and 2 images are mended')
    const tables = markdown.render({ ...report, targets: [] }, options)
    expect(tables).toContain('mended with it')
    for (const shown of [page, tables]) {
      expect(shown).not.toContain('\u001b')
      expect(shown).not.toContain('\u202e')
    }
    const lines = ndjson.render(report, options).trim().split('\n')
    expect(lines.map(line => JSON.parse(line).type).slice(-2)).toEqual(['fleet', 'summary'])
  })
})
