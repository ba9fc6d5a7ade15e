import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type BuiltImage, buildImage, buildIndex, sha256Of, writeOciDir } from '../../support/image.ts'
import { missing } from '../../support/program.ts'
import { startFaultProxy, startRegistry, type TestServer } from '../../support/registry.ts'
import { imgtrust } from '../../support/run.ts'

const absent = missing('docker-registry', 'skopeo')
const folder = mkdtempSync(join(tmpdir(), 'imgtrust-cache-registry-'))
afterAll(() => rmSync(folder, { recursive: true }))
const run = promisify(execFile)

describe.skipIf(absent)(
  `what a registry is asked (needs docker-registry, skopeo; missing: ${absent || 'none'})`,
  () => {
    let registry: TestServer
    let proxy: Awaited<ReturnType<typeof startFaultProxy>>
    let image: BuiltImage
    let digest: string

    beforeAll(async () => {
      registry = await startRegistry(join(folder, 'registry'))
      proxy = await startFaultProxy(registry.host, () => false)
      const make = (platform: string) =>
        buildImage({
          platform,
          layers: [{ files: { 'etc/os-release': 'ID=debian\n' } }, { files: { [`etc/${platform}`]: 'x' } }],
        })
      const images = await Promise.all(['linux/amd64', 'linux/arm64/v8'].map(make))
      image = images[0]!
      const layout = join(folder, 'layout')
      // skopeo wants the index of several platforms as a blob of its own.
      const index = buildIndex(images)
      digest = sha256Of(index)
      const descriptor = { mediaType: 'application/vnd.oci.image.index.v1+json', digest, size: index.length }
      const outer = Buffer.from(JSON.stringify({ schemaVersion: 2, manifests: [descriptor] }))
      const whole = [{ ...image, blobs: new Map([...image.blobs, [digest, index]]) }, images[1]!]
      await writeOciDir(layout, whole, outer)
      await run('skopeo', [
        ...['--insecure-policy', 'copy', '--quiet', '--all', '--dest-tls-verify=false'],
        ...[`oci:${layout}`, `docker://${registry.host}/team/image:1`],
      ])
    })
    afterAll(async () => {
      await proxy?.stop()
      await registry?.stop()
    })

    let cache: string
    beforeEach(() => {
      cache = mkdtempSync(join(folder, 'cache-'))
      proxy.seen.length = 0
    })

    const scanFor = async (platform: string, name: string, ...more: string[]) => {
      const args = ['scan', name, '--plain-http', proxy.host, '--platform', platform, '--at', '2026-01-01']
      const before = proxy.seen.length
      const done = await imgtrust([...args, ...more], { env: { XDG_CACHE_HOME: cache } })
      return { ...done, asked: proxy.seen.slice(before).map(({ url }) => url) }
    }

    const scan = (name: string, ...more: string[]) => scanFor('linux/amd64', name, ...more)

    it('is everything once, and then of a tag nothing but what it names', async () => {
      const name = `${proxy.host}/team/image:1`
      const first = await scan(name)
      expect(first.asked).toHaveLength(1 + 1 + 1 + image.layers.length)
      const second = await scan(name)
      expect(second).toMatchObject({ status: first.status, stdout: first.stdout })
      expect(second.asked).toEqual(['/v2/team/image/manifests/1'])
    })

    it('is nothing of a digest that is known, with and without a network', async () => {
      const name = `${proxy.host}/team/image@${digest}`
      const first = await scan(name)
      expect(first.status).toBe(0)
      const second = await scan(name)
      expect(second).toMatchObject({ status: 0, stdout: first.stdout, asked: [] })
      expect(await scan(name, '--offline')).toMatchObject({ status: 0, stdout: first.stdout, asked: [] })
    })

    it('is refused offline where something of it is not known', async () => {
      const name = `${proxy.host}/team/image@${digest}`
      expect((await scan(name, '--offline')).stderr).toContain('--offline allows no registry')
      await scan(name)
      const other = await scanFor('linux/arm64', name, '--offline')
      expect(other).toMatchObject({ status: 2, asked: [] })
      expect(other.stderr).toContain('--offline allows no registry')
    })

    it('is everything again with --no-cache', async () => {
      const name = `${proxy.host}/team/image:1`
      const first = await scan(name)
      expect((await scan(name, '--no-cache')).asked).toHaveLength(first.asked.length)
    })
  },
)
