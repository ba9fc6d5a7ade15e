/** `lint --scan-base` against a real registry, with Alpine's root filesystems of ../shared/images. */
import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseInstant } from '../../../src/clock.ts'
import { lintTarget } from '../../../src/lint.ts'
import { BaseImages } from '../../../src/scan-base.ts'
import { buildImage, writeOciDir } from '../../support/image.ts'
import { missing } from '../../support/program.ts'
import { startRegistry, type TestServer } from '../../support/registry.ts'
import { imgtrust, imgtrustJson } from '../../support/run.ts'
import { certificates } from '../../support/trace-certificates.ts'

const images = resolve('../shared/images')
const absent = [missing('docker-registry', 'skopeo'), existsSync(images) ? '' : '../shared/images']
  .filter(Boolean)
  .join(', ')
const folder = mkdtempSync(join(tmpdir(), 'imgtrust-bases-'))
const versions = ['3.8.5', '3.11.13', '3.20.3']
const own = certificates[6]!.pem.replaceAll('\n', '\\n')

describe.skipIf(absent !== '')(
  `base images of a real registry (needs docker-registry, skopeo, ../shared/images; missing: ${absent || 'none'})`,
  () => {
    let registry: TestServer
    const digests = new Map<string, string>()
    const at = '2021-10-01'
    const settings = { at: parseInstant(at)!, expiringWithin: 0 }
    const dockerfile = (text: string): string => {
      const file = join(folder, 'Dockerfile')
      writeFileSync(file, text)
      return file
    }
    const lint = (text: string, ...more: string[]) =>
      imgtrustJson(['lint', '--scan-base', '--at', at, ...more, dockerfile(text)], { cwd: folder })

    beforeAll(async () => {
      registry = await startRegistry(join(folder, 'registry'))
      for (const version of versions) {
        const tar = gunzipSync(readFileSync(join(images, `alpine-minirootfs-${version}-x86_64.tar.gz`)))
        const onBuild = version === '3.8.5' ? ['RUN update-ca-certificates || true'] : []
        const image = await buildImage({ layers: [{ tar }], env: ['PATH=/usr/bin:/bin'], onBuild })
        digests.set(version, image.manifest.digest)
        await writeOciDir(join(folder, version), [image])
        await promisify(execFile)('skopeo', [
          '--insecure-policy',
          'copy',
          '-q',
          '--dest-tls-verify=false',
          `oci:${join(folder, version)}`,
          `docker://${registry.host}/team/alpine:${version}`,
        ])
      }
    }, 120_000)
    afterAll(async () => {
      await registry?.stop()
      rmSync(folder, { recursive: true, force: true })
    })

    const bodies: Record<string, string> = {
      'as it is': 'RUN true\n',
      'with a client': 'RUN apk add --no-cache curl && curl -k https://a.example\n',
      upgraded: 'RUN apk upgrade --no-cache\n',
      'with the package': 'RUN apk add --no-cache ca-certificates\n',
      'with an anchor and no tool': `RUN printf '${own}' > /usr/local/share/ca-certificates/a.crt && update-ca-certificates\n`,
      'with an anchor': `RUN apk add ca-certificates && printf '${own}' > /usr/local/share/ca-certificates/a.crt && update-ca-certificates\n`,
      'without its bundle': 'RUN rm -f /etc/ssl/cert.pem && wget https://a.example\n',
      'appended to': `RUN printf '${own}' >> /etc/ssl/cert.pem\n`,
      'with the seed’s line':
        'RUN sed -i "/AddTrust_External_Root.crt/d" /etc/ca-certificates.conf && update-ca-certificates -f -v\n',
      'cut by its remedy': `RUN sed -i '/DST/,/END/d' /etc/ssl/cert.pem\n`,
      'in another stage':
        'FROM scratch\nCOPY --from=0 /etc/ssl/cert.pem /etc/ssl/certs/ca-certificates.crt\n',
    }
    for (const version of versions) {
      it.each(Object.entries(bodies))(`Alpine ${version}, %s: as knowledge has it`, async (_, body) => {
        const bases = new BaseImages({ plainHttp: [registry.host], env: {} })
        const reads = {
          failures: [],
          image: (reference: string) => {
            expect(reference).toBe(`alpine:${version}`)
            return bases.image(`${registry.host}/team/alpine:${version}`, null)
          },
        }
        const target = { name: 'Dockerfile', text: `FROM alpine:${version}\n${body}` }
        const known = await lintTarget(target, settings)
        const read = await lintTarget(target, { ...settings, scanBase: reads as unknown as BaseImages })
        expect(bases.failures).toEqual([])
        expect(read.findings).toEqual(known.findings)
        const states = (result: typeof read) =>
          result.model?.kind === 'dockerfile' ? result.model.stages : []
        const stores = (result: typeof read) =>
          states(result).map(({ final }) =>
            Array.isArray(final.stores)
              ? final.stores.map(({ path, roots }) => ({ path, roots }))
              : final.stores,
          )
        expect(stores(read)).toEqual(stores(known))
      })
    }

    it('a private tag and a digest are judged by what they hold', async () => {
      const more = ['--plain-http', registry.host]
      const tag = await lint(`FROM ${registry.host}/team/alpine:3.8.5\nCMD ["sh"]\n`, ...more)
      expect(tag.status).toBe(1)
      expect(tag.report.targets[0]!.findings.map(({ rule }) => rule)).toContain('expired-root-kept')
      const digest = `${registry.host}/team/alpine@${digests.get('3.8.5')}`
      const pinned = await lint(`FROM ${digest}\nCMD ["sh"]\n`, ...more)
      expect(pinned.status).toBe(1)
      const [stage] = pinned.report.targets[0]!.stages
      expect(stage!.stores).toMatchObject([
        { path: '/etc/ssl/cert.pem', release: 'alpine/base 3.8.5', match: 'exact' },
      ])
      const wrong = `${registry.host}/team/alpine@sha256:${'0'.repeat(64)}`
      const gone = await lint(`FROM ${wrong}\nRUN wget https://a.example\n`, ...more)
      expect(gone).toMatchObject({ status: 0, report: { summary: { warning: 0, failed: 0 } } })
      expect(gone.report.targets[0]!.unknowns[0]).toMatchObject({ what: `the base image ${wrong}` })
      expect(gone.stderr).toContain('could not be read')
    })

    it('each image is asked for once in a run', async () => {
      const bases = new BaseImages({ plainHttp: [registry.host], env: {} })
      const once = bases.image(`${registry.host}/team/alpine:3.8.5`, null)
      expect(bases.image(`${registry.host}/team/alpine:3.8.5`, null)).toBe(once)
      expect(bases.image(`${registry.host}/team/alpine:3.8.5`, 'linux/arm64')).not.toBe(once)
      await once
    })

    it('another platform than the image’s is told', async () => {
      const text = `FROM --platform=linux/arm64 ${registry.host}/team/alpine:3.8.5\n`
      const { report } = await lint(text, '--plain-http', registry.host)
      expect(report.targets[0]!.unknowns[0]!.why).toContain('linux/arm64')
    })

    it('this machine and bare addresses are not asked because a Dockerfile says so', async () => {
      let asked = 0
      const server = createServer(socket => {
        asked += 1
        socket.destroy()
      })
      await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
      const { port } = server.address() as { port: number }
      for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, `x.localhost:${port}`, `[::1]:${port}`]) {
        const { status, report } = await lint(`FROM ${host}/a/b:1\nRUN true\n`)
        expect(status).toBe(0)
        expect(report.targets[0]!.unknowns[0]!.why, host).toMatch(
          /this machine or a bare address|no registry's name|no image reference/,
        )
      }
      expect(asked).toBe(0)
      await lint(`FROM localhost:${port}/a/b:1\nRUN true\n`, '--plain-http', `localhost:${port}`)
      expect(asked).toBeGreaterThan(0)
      server.close()
    })

    it('a folder or an archive of that name is no base image', async () => {
      for (const name of [
        'dir:/etc',
        'host',
        `oci-dir:${join(folder, '3.8.5')}`,
        './3.8.5',
        'docker-archive:x.tar',
      ]) {
        const read = await new BaseImages({ offline: true, env: {} }).image(name, null)
        expect(read, name).toHaveProperty('unknown')
      }
      const both = await imgtrust(['lint', '--scan-base', '--offline', dockerfile('FROM scratch\n')])
      expect(both).toMatchObject({ status: 2, stdout: '' })
      expect(both.stderr).toMatch(/--offline/)
    })
  },
)
