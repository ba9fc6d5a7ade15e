/** Two hundred images of a real registry in one run: what is asked, what is read, in which order it is told. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { forecast, scan } from '../../../src/index.ts'
import { fleetBases, fleetImage, push } from '../../support/fleet.ts'
import { missing } from '../../support/program.ts'
import { startFaultProxy, startRegistry, type TestServer } from '../../support/registry.ts'

const IMAGES = 200
const absent = missing('docker-registry')
const folder = mkdtempSync(join(tmpdir(), 'imgtrust-fleet-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe.skipIf(absent)(`two hundred images (needs docker-registry; missing: ${absent || 'none'})`, () => {
  let registry: TestServer
  let names: string[]
  beforeAll(async () => {
    registry = await startRegistry(folder)
    const bases = await fleetBases()
    names = Array.from({ length: IMAGES }, (_, i) => `team/app:${i}`)
    for (let i = 0; i < IMAGES; i += 10) {
      const ten = Array.from({ length: 10 }, (_, j) => i + j)
      await Promise.all(
        ten.map(async n => push(registry.host, 'team/app', [String(n)], await fleetImage(bases, n))),
      )
    }
  }, 120_000)
  afterAll(() => registry?.stop())

  const run = async (proxy: Awaited<ReturnType<typeof startFaultProxy>>, more: object = {}) => {
    const targets = names.map(name => `registry:${proxy.host}/${name}`)
    const report = await scan(targets, { plainHttp: [proxy.host], at: Date.parse('2021-10-01'), ...more })
    return { targets, report, paths: proxy.seen.map(({ url }) => url!) }
  }

  it('read each layer once without any cache, at most eight requests at a time, told in order', async () => {
    let now = 0
    let most = 0
    const proxy = await startFaultProxy(registry.host, async (_req, res, real) => {
      most = Math.max(most, ++now)
      const { status, headers, body } = await real()
      now--
      res.writeHead(status, headers).end(body)
      return true
    })
    const { targets, report, paths } = await run(proxy)
    expect(report.targets.map(({ target }) => target)).toEqual(targets)
    expect(report.summary.failed).toBe(0)
    // Three of the five bases hold a root whose end broke their client; one of them both.
    const days = report.fleet?.days.map(({ day, images, bases }) => [day, images, bases.length])
    expect(days?.filter(([day]) => String(day) < '2022')).toEqual([
      ['2020-05-30', 80, 2],
      ['2021-09-30', 80, 2],
    ])
    expect(report.fleet).toMatchObject({ images: IMAGES, broken: 120 })
    expect(
      report.fleet?.bases
        .slice(0, 3)
        .map(({ mended, createdBy }) => [mended, createdBy])
        .sort(),
    ).toEqual([
      [40, 'ADD alpine-3.8.3 in /'],
      [40, 'ADD alpine-3.8.4 in /'],
      [40, 'ADD alpine-3.8.5 in /'],
    ])
    const blobs = paths.filter(path => path.includes('/blobs/'))
    // Five bases, one layer of each image's own, and each image's configuration.
    expect(new Set(blobs).size).toBe(5 + IMAGES + IMAGES)
    expect(blobs).toHaveLength(5 + IMAGES + IMAGES)
    expect(paths.filter(path => path.includes('/manifests/'))).toHaveLength(IMAGES)
    expect(most).toBeLessThanOrEqual(8)
    await proxy.stop()
  })

  it('are all read where one is broken and one is not there', async () => {
    const proxy = await startFaultProxy(registry.host, (req, res) => {
      if (!/manifests\/(?:17|23)$/.test(req.url!)) return false
      res.writeHead(404).end('{}')
      return true
    })
    const { report } = await run(proxy)
    expect(report.targets.flatMap(({ error }, index) => (error === null ? [] : [index]))).toEqual([17, 23])
    expect(report.targets).toHaveLength(IMAGES)
    await proxy.stop()
  })

  it('are foretold in order, each layer read once', async () => {
    const proxy = await startFaultProxy(registry.host, () => false)
    const targets = names.map(name => `registry:${proxy.host}/${name}`)
    const foretold = await forecast(targets, { plainHttp: [proxy.host], at: Date.parse('2020-05-01') })
    expect(foretold.targets.map(({ target }) => target)).toEqual(targets)
    const addTrust = foretold.events.find(({ kind, day }) => kind === 'root-expires' && day === '2020-05-30')
    // The first and the third of five bases hold it.
    expect(addTrust?.targets.map(({ target }) => target)).toEqual(
      targets.filter((_, index) => index % 5 === 0 || index % 5 === 2),
    )
    const blobs = proxy.seen.filter(({ url }) => url!.includes('/blobs/'))
    expect(blobs).toHaveLength(5 + IMAGES + IMAGES)
    await proxy.stop()
  })

  it('wait together where the registry says how long', async () => {
    let refused = 0
    let until = 0
    let early = 0
    const proxy = await startFaultProxy(registry.host, (_req, res) => {
      if (proxy.seen.length === 40) {
        until = performance.now() + 1000
        refused++
        res.writeHead(429, { 'retry-after': '1' }).end('{}')
        return true
      }
      // What was on its way already counts for nothing; a second later all of them know.
      if (performance.now() < until - 100 && performance.now() > until - 700) early++
      return false
    })
    const { report } = await run(proxy)
    expect([refused, early, report.summary.failed]).toEqual([1, 0, 0])
    await proxy.stop()
  })

  it('stop at once where they are interrupted', async () => {
    const stop = new AbortController()
    const proxy = await startFaultProxy(registry.host, () => {
      if (proxy.seen.length === 60) stop.abort()
      return false
    })
    await expect(run(proxy, { signal: stop.signal })).rejects.toMatchObject({ code: 'aborted' })
    expect(proxy.seen.length).toBeLessThan(80)
    await proxy.stop()
  })
})
