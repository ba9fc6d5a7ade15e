import { execFile, execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gunzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { readTree } from '../../../src/image/read-image.ts'
import { openImages } from '../../../src/image/source.ts'
import { keepAll, listing } from '../../support/gather.ts'
import { buildImage, buildIndex, sha256Of, writeOciDir } from '../../support/image.ts'
import { missing } from '../../support/program.ts'
import {
  type Fault,
  listen,
  login,
  makeCertificate,
  startFaultProxy,
  startRegistry,
  startTokenServer,
  type TestServer,
} from '../../support/registry.ts'

const absent = missing('docker-registry', 'skopeo', 'openssl')
const folder = mkdtempSync(join(tmpdir(), 'imgtrust-registry-'))
const at = (name: string) => join(folder, name)
/** Not the synchronous one: servers of this process answer it. */
const run = promisify(execFile)
const skopeo = (...args: string[]) => run('skopeo', ['--insecure-policy', ...args])

async function scan(host: string, name: string, more: object = {}) {
  const images = await openImages(`registry:${host}/${name}`, { reader: keepAll, plainHttp: [host], ...more })
  const trees = []
  for (const image of images) {
    trees.push(listing(await readTree(image, keepAll)))
    await image.close()
  }
  return { image: images[0]!, images, tree: trees[0]!, trees }
}

describe.skipIf(absent)(
  `a real registry (needs docker-registry, skopeo, openssl; missing: ${absent || 'none'})`,
  () => {
    let open: TestServer
    let expected: Record<string, string>
    const started: TestServer[] = []
    const keep = <T extends TestServer>(server: T): T => {
      started.push(server)
      return server
    }

    beforeAll(async () => {
      const alpine = '../shared/images/alpine-minirootfs-3.11.13-x86_64.tar.gz'
      const base = existsSync(alpine)
        ? { tar: gunzipSync(readFileSync(alpine)) }
        : { files: { 'etc/os-release': 'ID=none', 'etc/big': 'x'.repeat(3_000_000) } }
      const make = (platform: string) =>
        buildImage({
          platform,
          user: 'nobody',
          layers: [base, { files: { 'etc/platform': platform, 'etc/os-release': { whiteout: true } } }],
        })
      const images = await Promise.all(['linux/amd64', 'linux/arm64/v8'].map(make))
      // skopeo wants the index of several platforms as a blob of its own.
      const index = buildIndex(images)
      const digest = sha256Of(index)
      const descriptor = { mediaType: 'application/vnd.oci.image.index.v1+json', digest, size: index.length }
      const outer = Buffer.from(JSON.stringify({ schemaVersion: 2, manifests: [descriptor] }))
      const whole = [{ ...images[0]!, blobs: new Map([...images[0]!.blobs, [digest, index]]) }, images[1]!]
      await writeOciDir(at('oci'), whole, outer)
      await writeOciDir(at('one'), images.slice(0, 1))
      const [local] = await openImages(at('one'), { reader: keepAll })
      expected = listing(await readTree(local!, keepAll))
      open = await startRegistry(at('open'))
      const push = (from: string, tag: string, ...more: string[]) =>
        skopeo(
          'copy',
          '-q',
          '--dest-tls-verify=false',
          ...more,
          from,
          `docker://${open.host}/some/image:${tag}`,
        )
      await push(`oci:${at('one')}`, 'oci')
      await push(`oci:${at('one')}`, 'docker', '--format=v2s2')
      await push(`oci:${at('one')}`, 'zstd', '--dest-compress-format=zstd', '--dest-compress')
      await push(`oci:${at('oci')}`, 'all', '--all')
      await push(`oci:${at('oci')}`, 'list', '--all', '--format=v2s2')
    }, 120_000)

    afterEach(async () => {
      await Promise.all(started.splice(0).map(server => server.stop()))
    })
    afterAll(async () => {
      await open?.stop()
      rmSync(folder, { recursive: true, force: true })
    })

    describe('filled by skopeo', () => {
      it.each(['oci', 'docker', 'zstd'])('%s', async tag => {
        const { image, tree } = await scan(open.host, `some/image:${tag}`)
        expect(tree).toEqual(expected)
        expect(image).toMatchObject({
          source: 'registry',
          reference: `${open.host}/some/image:${tag}`,
          platform: 'linux/amd64',
          config: { user: 'nobody' },
        })
        const raw = await skopeo(
          'inspect',
          '--raw',
          '--tls-verify=false',
          `docker://${open.host}/some/image:${tag}`,
        )
        expect(image.digest).toBe(`sha256:${createHash('sha256').update(raw.stdout).digest('hex')}`)
        const again = await scan(open.host, `some/image@${image.digest}`)
        expect(again.tree).toEqual(expected)
      })

      it.each(['all', 'list'])('%s: one of several platforms, or all', async tag => {
        const arm = await scan(open.host, `some/image:${tag}`, { platform: 'linux/arm64' })
        expect(arm.image.platform).toBe('linux/arm64/v8')
        expect(arm.tree['/etc/platform']).toMatch(/^14 /)
        const all = await scan(open.host, `some/image:${tag}`, { allPlatforms: true })
        expect(all.images.map(image => image.platform)).toEqual(['linux/amd64', 'linux/arm64/v8'])
        expect(all.trees[0]).toEqual(expected)
        const none = scan(open.host, `some/image:${tag}`, { platform: 'linux/s390x' })
        await expect(none).rejects.toMatchObject({
          code: 'not-found',
          message: expect.stringContaining('linux/arm64'),
        })
      })

      it('says what is not there', async () => {
        await expect(scan(open.host, 'some/image:none')).rejects.toMatchObject({ code: 'not-found' })
        await expect(scan(open.host, 'no/such:tag')).rejects.toMatchObject({ code: 'not-found' })
        const digest = `sha256:${'0'.repeat(64)}`
        await expect(scan(open.host, `some/image@${digest}`)).rejects.toMatchObject({ code: 'not-found' })
      })

      it('is not asked by plain http unless that host is allowed', async () => {
        const denied = scan(open.host, 'some/image:oci', { plainHttp: ['127.0.0.1:1'] })
        await expect(denied).rejects.toMatchObject({
          message: expect.stringContaining(`--plain-http ${open.host}`),
        })
        expect((await scan(open.host, 'some/image:oci', { plainHttp: ['127.0.0.1'] })).tree).toEqual(expected)
      })
    })

    describe('with a login', () => {
      const push = (host: string) =>
        skopeo(
          'copy',
          '-q',
          '--dest-tls-verify=false',
          `--dest-creds=${login.username}:${login.password}`,
          `oci:${at('one')}`,
          `docker://${host}/some/image:1`,
        )
      const auth = (password: string) => Buffer.from(`${login.username}:${password}`).toString('base64')

      it('basic: as skopeo stores it, by Docker\u2019s configuration, and by a helper; never without, never shown', async () => {
        const { host } = keep(await startRegistry(at('basic'), 'basic'))
        await push(host)
        await expect(scan(host, 'some/image:1')).rejects.toMatchObject({
          code: 'unauthorized',
          message: expect.stringContaining(`docker login ${host}`),
        })
        const stdin = { input: login.password, stdio: 'pipe' as const }
        const file = at('auth.json')
        execFileSync(
          'skopeo',
          ['login', '--tls-verify=false', '--authfile', file, '-u', login.username, '--password-stdin', host],
          stdin,
        )
        expect((await scan(host, 'some/image:1', { authfile: file })).tree).toEqual(expected)
        expect((await scan(host, 'some/image:1', { env: { REGISTRY_AUTH_FILE: file } })).tree).toEqual(
          expected,
        )

        await mkdir(at('docker'), { recursive: true })
        const config = (value: object) => writeFile(at('docker/config.json'), JSON.stringify(value))
        const env = { DOCKER_CONFIG: at('docker'), PATH: `${at('bin')}:${process.env.PATH}` }
        await config({ auths: { [`http://${host}/v1/`]: { auth: auth(login.password) } } })
        expect((await scan(host, 'some/image:1', { env })).tree).toEqual(expected)

        await config({ auths: { [host]: { auth: auth('wrong-word') } } })
        const wrong = await scan(host, 'some/image:1', { env }).catch(error => error)
        expect(wrong).toMatchObject({ name: 'JobError', code: 'unauthorized' })
        expect(`${wrong.message} ${wrong.stack} ${wrong.cause}`).not.toMatch(/wrong-word|cmVhZGVy/)

        await mkdir(at('bin'), { recursive: true })
        const answer = JSON.stringify({ ServerURL: host, Username: login.username, Secret: login.password })
        await writeFile(
          at('bin/docker-credential-fortest'),
          `#!/bin/sh\nread server\n[ "$1 $server" = "get ${host}" ] && echo '${answer}'\n`,
        )
        await chmod(at('bin/docker-credential-fortest'), 0o755)
        await config({ credHelpers: { [host]: 'fortest' } })
        expect((await scan(host, 'some/image:1', { env })).tree).toEqual(expected)
        await config({ credsStore: 'fortest' })
        expect((await scan(host, 'some/image:1', { env })).tree).toEqual(expected)
        await config({ credsStore: 'no-such-helper' })
        await expect(scan(host, 'some/image:1', { env })).rejects.toMatchObject({ code: 'unauthorized' })
        await config({ credHelpers: { [host]: '../../bin/sh' } })
        await expect(scan(host, 'some/image:1', { env })).rejects.toMatchObject({ code: 'malformed' })
      })

      it('bearer: asks the token server for this repository alone, by login or refresh token', async () => {
        const certificate = makeCertificate(folder, 'tokens')
        const tokens = keep(await startTokenServer(certificate, true))
        const realm = `http://${tokens.host}/token`
        const { host } = keep(await startRegistry(at('bearer'), { realm, certificate: certificate.cert }))
        await push(host)
        tokens.requests.length = 0
        const plainHttp = [host, tokens.host]
        const named = async (entry: object) => {
          await writeFile(at('bearer.json'), JSON.stringify({ auths: { [`${host}/some`]: entry } }))
          return { plainHttp, authfile: at('bearer.json') }
        }
        expect((await scan(host, 'some/image:1', await named({ auth: auth(login.password) }))).tree).toEqual(
          expected,
        )
        expect(tokens.requests).toHaveLength(1)
        expect(tokens.requests[0]!.query.get('scope')).toBe('repository:some/image:pull')
        expect(tokens.requests[0]!.query.get('service')).toBe('test-registry')

        expect(
          (await scan(host, 'some/image:1', await named({ identitytoken: 'identity-token' }))).tree,
        ).toEqual(expected)
        expect(tokens.requests[1]).toMatchObject({ method: 'POST', authorization: undefined })

        await expect(scan(host, 'some/image:1', { plainHttp })).rejects.toMatchObject({
          code: 'unauthorized',
        })

        // The credential must not go to a realm by plain http that the user did not allow.
        tokens.requests.length = 0
        const denied = scan(host, 'some/image:1', {
          ...(await named({ auth: auth(login.password) })),
          plainHttp: [host],
        })
        await expect(denied).rejects.toMatchObject({ code: 'unreachable' })
        expect(tokens.requests).toEqual([])
      })

      it('bearer: anonymously where the registry lets everybody pull', async () => {
        const certificate = makeCertificate(folder, 'tokens')
        const tokens = keep(await startTokenServer(certificate, false))
        const { host } = keep(
          await startRegistry(at('public'), {
            realm: `http://${tokens.host}/t?x=1`,
            certificate: certificate.cert,
          }),
        )
        await push(host)
        expect((await scan(host, 'some/image:1', { plainHttp: ['127.0.0.1'] })).tree).toEqual(expected)
      })
    })

    describe('behind a proxy that breaks things', () => {
      const broken = async (fault: Fault) => keep(await startFaultProxy(open.host, fault))
      const isBlob = (url: string | undefined) => /\/blobs\//.test(url ?? '')

      it('429 and 503 are waited for as they say, then it goes on', async () => {
        let count = 0
        const { host } = await broken((_, res) => {
          count++
          if (count === 1) res.writeHead(429, { 'retry-after': '1' }).end()
          else if (count === 2) res.writeHead(503, { 'retry-after': '0' }).end('busy')
          else return false
          return true
        })
        expect((await scan(host, 'some/image:oci')).tree).toEqual(expected)
      })

      it('a wait that is too long, or no end of errors, is told', async () => {
        const long = await broken((_, res) => {
          res.writeHead(429, { 'retry-after': '3600' }).end('{"errors":[{"message":"slow \u001b[31mdown"}]}')
          return true
        })
        const slow = await scan(long.host, 'some/image:oci').catch(error => error)
        expect(slow).toMatchObject({
          code: 'unreachable',
          message: expect.stringContaining('too many requests'),
        })
        expect(slow.message).not.toContain('\u001b')
        const down = await broken((_, res) => {
          res.writeHead(500, { 'retry-after': '0' }).end()
          return true
        })
        await expect(scan(down.host, 'some/image:oci')).rejects.toMatchObject({
          message: expect.stringContaining('answers 500'),
        })
        expect(down.seen).toHaveLength(4)
      })

      /** Cuts every answer with a large body in the middle of what is left of it. */
      const halved: (asked: string[], ranges: boolean) => Fault =
        (asked, ranges) => async (req, res, real) => {
          if (!isBlob(req.url)) return false
          if (req.headers.range) asked.push(req.headers.range)
          if (!ranges) delete req.headers.range
          const { status, headers, body } = await real()
          // A server without ranges cuts ever later, as a bad connection does.
          const cut = ranges ? body.length / 2 : (body.length * (asked.length + 1)) / 4
          if (body.length < 100_000 || cut >= body.length) {
            res.writeHead(status, headers).end(body)
          } else {
            res.writeHead(status, headers)
            res.write(body.subarray(0, cut), () => setTimeout(() => res.destroy(), 20))
          }
          return true
        }

      it.each([
        ['the rest alone is asked for', true],
        ['also of a server that sends all again', false],
      ])('a cut connection is gone on with: %s', async (_, ranges) => {
        const asked: string[] = []
        const { host } = await broken(halved(asked, ranges))
        expect((await scan(host, 'some/image:oci')).tree).toEqual(expected)
        expect(asked.length).toBeGreaterThan(1)
        const starts = asked.map(range => Number(/^bytes=(\d+)-$/.exec(range)![1]))
        expect(starts).toEqual([...starts].sort((a, b) => a - b))
        expect(starts[0]).toBeGreaterThan(0)
      })

      it('one that is cut without end is truncated, after a few tries', async () => {
        let tries = 0
        const { host } = await broken(async (req, res, real) => {
          if (!isBlob(req.url)) return false
          const { status, headers, body } = await real()
          if (body.length < 100_000) return false
          tries++
          res.writeHead(status, headers)
          res.write(body.subarray(0, 1000), () => setTimeout(() => res.destroy(), 5))
          return true
        })
        await expect(scan(host, 'some/image:oci')).rejects.toMatchObject({ code: 'truncated' })
        expect(tries).toBe(6)
      }, 60_000)

      it('a part that is another than was asked for is noticed by its digest', async () => {
        const { host } = await broken(async (req, res, real) => {
          if (!isBlob(req.url)) return false
          const { status, headers, body } = await real()
          if (body.length < 100_000) return false
          if (req.headers.range) {
            res.writeHead(206, { 'content-range': headers['content-range'] }).end(body.subarray(1))
          } else {
            res.writeHead(status, headers)
            res.write(body.subarray(0, 50_000), () => setTimeout(() => res.destroy(), 20))
          }
          return true
        })
        const failed = await scan(host, 'some/image:oci').catch(error => error)
        expect(failed.name).toBe('JobError')
        expect(['truncated', 'digest-mismatch', 'malformed']).toContain(failed.code)
      })

      it('a body that is too short or too long for its descriptor', async () => {
        for (const change of [
          (body: Buffer) => body.subarray(0, -1),
          (body: Buffer) => Buffer.concat([body, body]),
        ]) {
          const { host } = await broken(async (req, res, real) => {
            if (!isBlob(req.url)) return false
            res.end(change((await real()).body))
            return true
          })
          const failed = await scan(host, 'some/image:oci').catch(error => error)
          expect(failed.name).toBe('JobError')
          expect(['truncated', 'digest-mismatch']).toContain(failed.code)
        }
      })

      it.each([
        ['the manifest', (url: string) => /\/manifests\//.test(url), 'oci'],
        ['a manifest of an index', (url: string) => /\/manifests\/sha256:/.test(url), 'all'],
        ['the configuration', (url: string) => isBlob(url), 'oci'],
        ['a layer', (url: string) => isBlob(url), 'oci'],
      ])('wrong bytes in %s are noticed', async (what, matches, tag) => {
        const { host } = await broken(async (req, res, real) => {
          if (!matches(req.url!)) return false
          const { headers, body } = await real()
          const layer = body[0] === 0x1f
          if (isBlob(req.url) && (what === 'a layer') !== layer) return false
          const wrong = Buffer.from(body)
          // The time in a gzip header, a media type, a date: still valid, of the same size, and yet other bytes.
          if (layer) wrong[4]! ^= 1
          else wrong.write('9', /oci|docker|1970/.exec(body.toString())!.index)
          res.writeHead(200, headers).end(wrong)
          return true
        })
        const failed = await scan(host, `some/image:${tag}`).catch(error => error)
        expect(failed).toMatchObject({ name: 'JobError', code: 'digest-mismatch' })
      })

      it('a server that stalls is given up', async () => {
        const { host } = await broken(async (req, res, real) => {
          if (!isBlob(req.url)) return false
          const { headers, body } = await real()
          res.writeHead(200, headers)
          res.write(body.subarray(0, 10))
          return true
        })
        await expect(scan(host, 'some/image:oci', { idleMs: 300 })).rejects.toMatchObject({ code: 'timeout' })
      })

      it('can be interrupted', async () => {
        const stop = new AbortController()
        const { host } = await broken(req => {
          if (isBlob(req.url)) stop.abort()
          return false
        })
        await expect(scan(host, 'some/image:oci', { signal: stop.signal })).rejects.toMatchObject({
          code: 'aborted',
        })
      })
    })

    describe('redirects', () => {
      it('are followed without the credential', async () => {
        const { host } = keep(await startRegistry(at('redirect'), 'basic'))
        await skopeo(
          'copy',
          '-q',
          '--dest-tls-verify=false',
          `--dest-creds=${login.username}:${login.password}`,
          `oci:${at('one')}`,
          `docker://${host}/some/image:1`,
        )
        const stored = new Map<string, Buffer>()
        const store = keep(
          await startFaultProxy(host, (req, res) => {
            res.end(stored.get(req.url!.slice(1)))
            return true
          }),
        )
        const front = keep(
          await startFaultProxy(host, async (req, res, real) => {
            if (!/\/blobs\//.test(req.url!)) return false
            const { status, body } = await real()
            if (status !== 200) return false
            const digest = req.url!.split('/').pop()!
            stored.set(digest, body)
            res.writeHead(307, { location: `http://${store.host}/${digest}` }).end()
            return true
          }),
        )
        const authfile = at('redirect.json')
        const auth = Buffer.from(`${login.username}:${login.password}`).toString('base64')
        await writeFile(authfile, JSON.stringify({ auths: { [front.host]: { auth } } }))
        const { tree } = await scan(front.host, 'some/image:1', { authfile, plainHttp: ['127.0.0.1'] })
        expect(tree).toEqual(expected)
        expect(front.seen.some(req => req.headers.authorization)).toBe(true)
        expect(store.seen.length).toBeGreaterThan(2)
        expect(store.seen.some(req => req.headers.authorization ?? req.headers.cookie)).toBe(false)
      })

      it.each([
        ['to link-local', 'http://169.254.169.254/latest/meta-data', 'link-local'],
        ['to link-local in other digits', 'http://2852039166/', 'link-local'],
        ['to link-local in IPv6', 'http://[fe80::1]/', 'link-local'],
        ['to mapped link-local', 'http://[::ffff:169.254.169.254]/', 'link-local'],
        ['to a file', 'file:///etc/passwd', 'no protocol'],
        ['to a host by plain http that nobody allowed', 'http://localhost:1/', '--plain-http localhost:1'],
        ['in a circle', '', 'more than 5 times'],
      ])('%s are refused', async (_, location, words) => {
        const proxy = keep(
          await startFaultProxy(open.host, (req, res) => {
            res.writeHead(302, { location: location || req.url }).end()
            return true
          }),
        )
        const plainHttp = ['127.0.0.1', '169.254.169.254', '[fe80::1]', '[::ffff:a9fe:a9fe]']
        await expect(scan(proxy.host, 'some/image:oci', { plainHttp })).rejects.toMatchObject({
          code: 'unreachable',
          message: expect.stringContaining(words),
        })
      })
    })

    describe('by https', () => {
      it('trusts the CA that it is given, no other, and is not led to plain http', async () => {
        const certificate = makeCertificate(folder, 'server')
        const proxy = keep(await startFaultProxy(open.host, () => false, certificate))
        const caFile = certificate.cert
        expect((await scan(proxy.host, 'some/image:oci', { plainHttp: [], caFile })).tree).toEqual(expected)
        await expect(scan(proxy.host, 'some/image:oci', { plainHttp: [] })).rejects.toMatchObject({
          code: 'unreachable',
          message: expect.stringContaining('--ca-file'),
        })
        const down = keep(
          await startFaultProxy(
            open.host,
            (req, res) => {
              if (!req.url!.includes('/blobs/')) return false
              res.writeHead(307, { location: `http://${open.host}${req.url}` }).end()
              return true
            },
            certificate,
          ),
        )
        // Allowed by plain http or not: https does not step down.
        await expect(
          scan(down.host, 'some/image:oci', { plainHttp: [open.host], caFile }),
        ).rejects.toMatchObject({
          code: 'unreachable',
          message: expect.stringContaining('from https to http'),
        })
      })

      it('through the proxy that HTTPS_PROXY names, but for NO_PROXY', async () => {
        const certificate = makeCertificate(folder, 'proxied')
        const server = keep(await startFaultProxy(open.host, () => false, certificate))
        const tunnels: string[] = []
        const middle = createServer()
        middle.on('connect', (req, socket) => {
          tunnels.push(`${req.url} ${req.headers['proxy-authorization'] ?? ''}`)
          const [, port] = server.host.split(':')
          const upstream = connect(Number(port), '127.0.0.1', () => {
            socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
            upstream.pipe(socket).pipe(upstream)
          })
          for (const end of [socket, upstream]) end.on('error', () => socket.destroy())
        })
        const proxy = keep(await listen(middle))
        // A name that only the proxy knows: the certificate's other name.
        const env = { HTTPS_PROXY: `http://u:p@${proxy.host}` }
        const options = { plainHttp: [], caFile: certificate.cert, env }
        const host = `registry.invalid:443`
        const named = openImages(`registry:${host}/some/image:oci`, { reader: keepAll, ...options })
        // The tunnel is made, then the certificate does not fit the name: so the proxy was asked, and TLS is end to end.
        await expect(named).rejects.toMatchObject({ message: expect.stringContaining('certificate') })
        expect(tunnels[0]).toBe(`registry.invalid:443 Basic ${Buffer.from('u:p').toString('base64')}`)
        const direct = openImages(`registry:${host}/a:1`, {
          reader: keepAll,
          ...options,
          env: { ...env, NO_PROXY: '.invalid' },
        })
        await expect(direct).rejects.toMatchObject({
          message: expect.stringContaining('its name is not found'),
        })
        expect(tunnels).toHaveLength(1)
      })
    })
  },
)
