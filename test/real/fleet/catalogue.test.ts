/** The catalogue of a real registry: pages, tags of one image, what is no image, logins. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { forecast, type ScanOptions, scan } from '../../../src/index.ts'
import { fleetBases, fleetImage, push } from '../../support/fleet.ts'
import { sha256Of } from '../../support/image.ts'
import { missing } from '../../support/program.ts'
import {
  makeCertificate,
  startFaultProxy,
  startRegistry,
  startTokenServer,
  type TestServer,
} from '../../support/registry.ts'

const absent = missing('docker-registry', 'openssl')
const folder = mkdtempSync(join(tmpdir(), 'imgtrust-catalogue-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** What `helm push` or cosign leave: a manifest whose configuration is of another type. */
function artifact(type: string) {
  const config = Buffer.from('{}')
  const digest = sha256Of(config)
  const mediaType = 'application/vnd.oci.image.manifest.v1+json'
  const descriptor = { mediaType: type, digest, size: config.length }
  const bytes = Buffer.from(
    JSON.stringify({ schemaVersion: 2, mediaType, config: descriptor, layers: [descriptor] }),
  )
  return { blobs: new Map([[digest, config]]), manifest: { digest: sha256Of(bytes), bytes, mediaType } }
}

describe.skipIf(absent)(
  `a registry's catalogue (needs docker-registry, openssl; missing: ${absent || 'none'})`,
  () => {
    let registry: TestServer
    const signature = `sha256-${'a'.repeat(64)}.sig`
    beforeAll(async () => {
      registry = await startRegistry(join(folder, 'open'))
      const bases = await fleetBases()
      const { host } = registry
      await push(host, 'team/app', ['v1', 'v1.0', 'latest'], await fleetImage(bases, 0))
      await push(host, 'team/app', ['v2'], await fleetImage(bases, 1))
      await push(host, 'team/app', [signature], artifact('application/vnd.dev.cosign.simplesigning.v1+json'))
      await push(host, 'team/chart', ['1.0'], artifact('application/vnd.cncf.helm.config.v1+json'))
      await push(host, 'team/deep/er', ['v1'], await fleetImage(bases, 2))
      await push(host, 'other/app', ['v1'], await fleetImage(bases, 3))
      for (let i = 0; i < 7; i++) await push(host, `many/app-${i}`, ['v1'], await fleetImage(bases, i))
    })
    afterAll(() => registry?.stop())

    async function namesOf(pattern: string, host = registry.host, more: ScanOptions = {}) {
      const notes: string[] = []
      const onNote = (line: string) => notes.push(line)
      const report = await scan([`registry:${host}/${pattern}`], {
        plainHttp: [host],
        at: 0,
        onNote,
        ...more,
      })
      const short = (name: string) => name.replace(`registry:${host}/`, '')
      return {
        names: report.targets.map(({ target }) => short(target)),
        also: report.targets.flatMap(({ also = [] }) => also.map(short)),
        failed: report.targets.flatMap(({ error }) => (error === null ? [] : [error])),
        notes: notes.map(note => note.replaceAll(`registry:${host}/`, '')),
        report,
      }
    }

    it('gives the images of the repositories that fit; tags of one image are one, what is none is named', async () => {
      const found = await namesOf('team/*')
      expect(found.failed).toEqual([])
      expect(found.names).toEqual(['team/app:latest', 'team/app:v2'])
      expect(found.also).toEqual(['team/app:v1', 'team/app:v1.0'])
      expect(found.notes).toEqual([
        'team/*: left out team/chart:1.0: a Helm chart',
        `team/*: left out team/app:${signature}: what belongs to an image (signatures, attestations)`,
      ])
      expect(found.report.fleet?.images).toBe(2)
    })

    it.each([
      ['team/**', ['team/app:latest', 'team/app:v2', 'team/deep/er:v1']],
      ['team/*:v*', ['team/app:v1', 'team/app:v2']],
      ['**/app:v1', ['other/app:v1', 'team/app:v1']],
      ['team/app:v1*', ['team/app:v1']],
      ['*/app-3', ['many/app-3:v1']],
    ])('%s', async (pattern, expected) => {
      const { names, failed } = await namesOf(pattern)
      expect([names, failed]).toEqual([expected, []])
    })

    it('is read page by page, every manifest asked for once', async () => {
      const proxy = await startFaultProxy(registry.host, req => {
        req.url = req.url!.replace('n=1000', 'n=2')
        return false
      })
      const { names } = await namesOf('many/*', proxy.host)
      expect(names).toEqual(Array.from({ length: 7 }, (_, i) => `many/app-${i}:v1`))
      const paths = proxy.seen.map(({ url }) => url!)
      expect(paths.filter(path => path.startsWith('/v2/_catalog')).length).toBeGreaterThan(4)
      expect(paths.filter(path => path.includes('/manifests/'))).toHaveLength(7)
      await proxy.stop()
    })

    it('asks for no list of repositories where one is named whole', async () => {
      const proxy = await startFaultProxy(registry.host, (req, res) => {
        if (!req.url!.startsWith('/v2/_catalog')) return false
        res.writeHead(404).end()
        return true
      })
      expect((await namesOf('team/app:*', proxy.host)).names).toHaveLength(2)
      expect((await namesOf('team/*', proxy.host)).failed.join()).toMatch(/gives no list of its repositories/)
      await proxy.stop()
    })

    it('reads the image that was listed, whatever its tag names by then', async () => {
      let listed = false
      const other = await fleetImage(await fleetBases(), 4)
      const proxy = await startFaultProxy(registry.host, (req, res) => {
        if (!req.url!.endsWith('/manifests/v2')) return false
        if (!listed) {
          listed = true
          return false
        }
        res.writeHead(200, { 'content-type': other.manifest.mediaType }).end(other.manifest.bytes)
        return true
      })
      const { report } = await namesOf('team/app:v2*', proxy.host)
      expect(report.targets[0]?.digest).toBe((await fleetImage(await fleetBases(), 1)).manifest.digest)
      await proxy.stop()
    })

    it('is split into parts, every image in one', async () => {
      const whole = (await namesOf('**')).names
      const parts = await Promise.all(
        [1, 2, 3].map(number => namesOf('**', registry.host, { shard: { number, of: 3 } })),
      )
      expect(parts.flatMap(({ names }) => names).sort()).toEqual(whole.toSorted())
    })

    it('is taken by forecast too', async () => {
      const { host } = registry
      const told = await forecast([`registry:${host}/many/*`], {
        plainHttp: [host],
        at: Date.parse('2019-01-01'),
      })
      expect(told.targets).toHaveLength(7)
      expect(told.targets.every(({ error }) => error === null)).toBe(true)
    })

    it('is asked with a token for the catalogue, and one for each repository', async () => {
      const certificate = makeCertificate(folder, 'tokens')
      const tokens = await startTokenServer(certificate, false)
      const guarded = await startRegistry(join(folder, 'open'), {
        realm: `http://${tokens.host}/token`,
        certificate: certificate.cert,
      })
      const found = await namesOf('team/**', guarded.host, {
        plainHttp: [guarded.host, tokens.host],
        env: {},
      })
      expect([found.failed, found.names]).toEqual([[], ['team/app:latest', 'team/app:v2', 'team/deep/er:v1']])
      const scopes = [...new Set(tokens.requests.map(({ query }) => query.get('scope')))].sort()
      expect(scopes).toEqual([
        'registry:catalog:*',
        'repository:team/app:pull',
        'repository:team/chart:pull',
        'repository:team/deep/er:pull',
      ])
      await guarded.stop()
      await tokens.stop()
    })
  },
)
