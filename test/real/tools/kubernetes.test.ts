/** What runs in a cluster, listed by the real kubectl from a made API server, read from a made registry. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import Scan from '../../../src/commands/scan.ts'
import { buildImage } from '../../support/image.ts'
import { missing } from '../../support/program.ts'
import { root, validReport } from '../../support/run.ts'

const absent = missing('kubectl', 'bash')
describe.skipIf(absent !== '')(`kubectl${absent && ` (skipped: no ${absent})`}`, () => {
  let folder: string
  let server: Server
  let host: string
  let digest: string

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'imgtrust-kubectl-'))
    const image = await buildImage({
      layers: [{ files: { 'etc/os-release': 'ID=alpine\nVERSION_ID=3.20.3\n' } }],
    })
    digest = image.manifest.digest
    server = createServer((request, response) => {
      const { pathname } = new URL(request.url ?? '', 'http://localhost')
      const [, kind = '', name = ''] = /^\/v2\/app\/(manifests|blobs)\/(.+)$/.exec(pathname) ?? []
      const blob = image.blobs.get(kind === 'manifests' && name === '1' ? digest : name)
      const api = kubernetes(host, digest)[pathname]
      if (blob !== undefined) {
        const type = kind === 'manifests' ? image.manifest.mediaType : 'application/octet-stream'
        response.writeHead(200, { 'content-type': type, 'content-length': blob.length })
        response.end(request.method === 'HEAD' ? undefined : blob)
      } else {
        const found = api !== undefined || pathname === '/v2/'
        response.writeHead(found ? 200 : 404, { 'content-type': 'application/json' })
        response.end(JSON.stringify(api ?? {}))
      }
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    host = `127.0.0.1:${(server.address() as { port: number }).port}`
    const cluster = { name: 'made', cluster: { server: `http://${host}` } }
    const context = { name: 'made', context: { cluster: 'made', user: '' } }
    writeFileSync(
      join(folder, 'config'),
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Config',
        clusters: [cluster],
        contexts: [context],
        'current-context': 'made',
      }),
    )
  })
  afterAll(() => {
    server?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  /** A line as a reader would copy it, and how this registry is reached. */
  const run = async (line: string) => {
    const script = `imgtrust() { "${process.execPath}" "${join(root, 'bin/run.js')}" "$@"; }; ${line} --plain-http ${host} --format json`
    const child = spawn('bash', ['-o', 'pipefail', '-c', script], {
      cwd: folder,
      env: {
        PATH: process.env.PATH,
        HOME: folder,
        KUBECONFIG: join(folder, 'config'),
        DOCKER_HOST: 'unix:///nonexistent/docker.sock',
      },
    })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', chunk => (stdout += chunk))
    child.stderr.setEncoding('utf8').on('data', chunk => (stderr += chunk))
    const [status] = await once(child, 'close')
    return { status, stderr, read: () => validReport(stdout).targets }
  }

  const lines = readFileSync(join(root, 'examples/ci/kubernetes-cronjob.yaml'), 'utf8')
    .split('\n')
    .filter(line => /^# +kubectl /.test(line))
    .map(line => line.replace(/^# +/, ''))
  const help = Scan.examples
    .map(({ command }) => command.replace('<%= config.bin %>', 'imgtrust'))
    .filter(command => command.startsWith('kubectl'))

  it.each([...help, ...lines])('%s', async line => {
    const { status, stderr, read } = await run(line)
    expect([status, stderr]).toEqual([0, ''])
    const byDigest = line.includes('imageID')
    const targets = read()
    expect(targets.map(({ target }) => target)).toEqual([
      byDigest ? `${host}/app@${digest}` : `${host}/app:1`,
    ])
    expect(targets.map(target => [target.digest, target.error])).toEqual([[digest, null]])
  })

  it('was asked by all three lines', () => expect([help.length, lines.length]).toEqual([1, 2]))
})

/** What an API server says of itself, and pods: one image five times over, one container still waiting for it. */
function kubernetes(host: string, digest: string): Readonly<Record<string, object>> {
  const image = `${host}/app:1`
  const list = (kind: string, rest: object) => ({ kind, apiVersion: 'v1', ...rest })
  const pod = (name: string, imageID: string) => ({
    metadata: { name, namespace: 'default' },
    spec: { initContainers: [{ name: 'init', image }], containers: [{ name: 'app', image }] },
    status: { containerStatuses: [{ name: 'app', image, imageID }] },
  })
  const pods = { name: 'pods', singularName: 'pod', namespaced: true, kind: 'Pod', verbs: ['get', 'list'] }
  return {
    '/api': { kind: 'APIVersions', versions: ['v1'] },
    '/apis': list('APIGroupList', { groups: [] }),
    '/api/v1': list('APIResourceList', { groupVersion: 'v1', resources: [pods] }),
    '/api/v1/pods': list('PodList', {
      metadata: {},
      items: [
        pod('a', `${host}/app@${digest}`),
        pod('b', `docker-pullable://${host}/app@${digest}`),
        pod('c', ''),
      ],
    }),
  }
}
