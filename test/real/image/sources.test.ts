/** The same image through every source gives the same report, byte for byte but for the source. */
import { execFile, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { debian, isRoot } from '../../support/chroot.ts'
import { buildImage, dockerArchive, dockerOciArchive } from '../../support/image.ts'
import { missing, type Running, start } from '../../support/program.ts'
import { startRegistry, type TestServer } from '../../support/registry.ts'
import { imgtrustJson } from '../../support/run.ts'

const run = promisify(execFile)
const folder = mkdtempSync(join(tmpdir(), 'imgtrust-same-'))
const at = (name: string) => join(folder, name)
const images = '../shared/images'

/** A root filesystem as one layer; the Debian one with packages by which most kinds of stores and clients come. */
const rootfs: Record<string, { readonly needs: string; tar(): Promise<Buffer> }> = {
  ...Object.fromEntries(
    ['3.8.5', '3.11.13', '3.20.3'].map(version => {
      const file = `${images}/alpine-minirootfs-${version}-x86_64.tar.gz`
      const tar = async () => gunzipSync(readFileSync(file))
      return [`alpine-${version}`, { needs: existsSync(file) ? '' : file, tar }]
    }),
  ),
  debian: {
    needs: missing('debootstrap', 'tar') || (isRoot ? '' : 'root'),
    async tar() {
      const root = debian('bookworm', ['ca-certificates', 'curl', 'openssl', 'python3-certifi', 'wget'])
      await run('tar', [
        '--one-file-system',
        '--exclude=./dev/*',
        '-C',
        root,
        '-cf',
        at('debian-rootfs.tar'),
        '.',
      ])
      return readFile(at('debian-rootfs.tar'))
    },
  },
}

/** Where it came from is what may differ. */
function masked(stdout: string): string {
  const report = JSON.parse(stdout)
  for (const target of report.targets) {
    for (const key of ['target', 'source', 'reference', 'digest']) target[key] = null
  }
  return JSON.stringify(report, null, 1)
}

/** A folder has no layers, no history and no platform. */
function asFolder(text: string): string {
  const report = JSON.parse(text, (key, value) =>
    key === 'layer' || key === 'createdBy' ? undefined : value,
  )
  for (const target of report.targets) Object.assign(target, { kind: null, platform: null })
  return JSON.stringify(report, null, 1)
}

const tools = missing('skopeo', 'docker-registry')
const engines: Record<string, { readonly variable: string; readonly args: (socket: string) => string[] }> = {
  dockerd: {
    variable: 'DOCKER_HOST',
    args: socket => [
      ...['--data-root', at('docker/root'), '--exec-root', at('docker/exec'), '-p', at('docker/pid')],
      ...['--iptables=false', '--ip6tables=false', '--bridge=none', '-H', `unix://${socket}`],
    ],
  },
  podman: {
    variable: 'CONTAINER_HOST',
    args: socket => [
      ...['--root', at('podman/root'), '--runroot', at('podman/run'), '--storage-driver', 'vfs'],
      ...['system', 'service', '--time', '0', `unix://${socket}`],
    ],
  },
}

describe.skipIf(tools)(`every source (needs skopeo, docker-registry; missing: ${tools || 'none'})`, () => {
  let registry: TestServer
  const running = new Map<string, Running>()
  const why = new Map<string, string>()
  const socketOf = (engine: string) => at(`${engine}.sock`)
  const ask = (engine: string, ...more: string[]) =>
    run('curl', ['-sSf', '--unix-socket', socketOf(engine), ...more])

  beforeAll(async () => {
    registry = await startRegistry(at('registry'))
    for (const [engine, { args }] of Object.entries(engines)) {
      if (missing(engine, 'curl')) {
        why.set(engine, `${missing(engine, 'curl')} is not installed`)
        continue
      }
      await mkdir(at(engine), { recursive: true })
      try {
        const isReady = async () => (await ask(engine, 'http://x/_ping')).stdout === 'OK'
        running.set(engine, await start(engine, args(socketOf(engine)), isReady))
      } catch (error) {
        why.set(engine, `${engine} does not start here: ${(error as Error).message.slice(-200)}`)
      }
    }
  }, 120_000)
  afterAll(async () => {
    await registry?.stop()
    for (const engine of running.values()) await engine.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  describe.each(Object.entries(rootfs))('%s', (name, { needs, tar }) => {
    const scan = (target: string, more: readonly string[] = [], env: Record<string, string> = {}) =>
      imgtrustJson(['scan', target, '--at', '2026-01-01', '--fail-on', 'never', ...more], { env })
    let expected = ''
    const file = (kind: string) => at(`${name}-${kind}`)

    beforeAll(async () => {
      if (needs) return
      const image = await buildImage({
        layers: [{ tar: await tar(), createdBy: 'ADD rootfs /' }, { files: { 'etc/marker': 'x' } }],
      })
      const tag = `localhost/${name}:1`
      await writeFile(file('old.tar'), await dockerArchive(image, tag))
      await writeFile(file('new.tar'), await dockerOciArchive(image, tag))
      await writeFile(file('old.tar.gz'), gzipSync(await readFile(file('old.tar')), { level: 1 }))
      const copy = (to: string, ...more: string[]) =>
        run('skopeo', ['--insecure-policy', 'copy', '-q', ...more, `docker-archive:${file('old.tar')}`, to])
      await copy(`oci:${file('oci')}`)
      await copy(`oci-archive:${file('oci.tar')}`)
      await copy(`oci:${file('zstd')}`, '--dest-compress', '--dest-compress-format=zstd')
      await copy(`oci:${file('chunked')}`, '--dest-compress', '--dest-compress-format=zstd:chunked').catch(
        () => {},
      )
      await copy(`docker://${registry.host}/${name}:1`, '--dest-tls-verify=false')
      for (const engine of running.keys())
        await ask(
          engine,
          '-X',
          'POST',
          '-H',
          'content-type: application/x-tar',
          '-T',
          file('old.tar'),
          'http://x/images/load',
        )
      expected = masked((await scan(`docker-archive:${file('old.tar')}`)).stdout)
      expect(JSON.parse(expected).targets[0].stores.length).toBeGreaterThan(0)
    }, 600_000)

    const forms: readonly (readonly [string, () => ReturnType<typeof scan>])[] = [
      ['docker-archive, OCI layout', () => scan(file('new.tar'))],
      ['docker-archive, packed', () => scan(file('old.tar.gz'))],
      ['oci-dir', () => scan(`oci-dir:${file('oci')}`)],
      ['oci-archive', () => scan(`oci-archive:${file('oci.tar')}`)],
      ['oci-dir, zstd', () => scan(file('zstd'))],
      ['registry', () => scan(`registry:${registry.host}/${name}:1`, ['--plain-http', registry.host])],
    ]
    it.for(forms)('%s', async ([, read], ctx) => {
      if (needs) return ctx.skip(`needs ${needs}`)
      expect(masked((await read()).stdout)).toBe(expected)
    })

    it('oci-dir, zstd:chunked', async ctx => {
      if (needs || !existsSync(join(file('chunked'), 'index.json')))
        return ctx.skip(needs || 'this skopeo does not write zstd:chunked')
      expect(masked((await scan(file('chunked'))).stdout)).toBe(expected)
    })

    it('standard input', async ctx => {
      if (needs) return ctx.skip(`needs ${needs}`)
      const stdin = await readFile(file('old.tar'))
      const args = ['scan', '-', '--at', '2026-01-01', '--fail-on', 'never']
      expect(masked((await imgtrustJson(args, { stdin })).stdout)).toBe(expected)
    })

    it.for(Object.entries(engines))('%s', async ([engine, { variable }], ctx) => {
      if (needs || !running.has(engine)) return ctx.skip(needs ? `needs ${needs}` : why.get(engine)!)
      const [prefix, env] = [
        engine === 'dockerd' ? 'docker' : 'podman',
        { [variable]: `unix://${socketOf(engine)}` },
      ]
      // Twice: the second answer comes from what was kept of the first.
      for (let times = 0; times < 2; times++) {
        const { stdout } = await scan(`${prefix}:localhost/${name}:1`, [], env)
        expect(masked(stdout)).toBe(expected)
      }
    })

    it('dir, every file of it', async ctx => {
      if (needs) return ctx.skip(`needs ${needs}`)
      const root = file('root')
      await mkdir(root)
      await unpackInto(root, await tar())
      await mkdir(join(root, 'etc'), { recursive: true })
      await writeFile(join(root, 'etc/marker'), 'x')
      const { stdout } = await scan(`dir:${root}`, ['--deep'])
      expect(asFolder(masked(stdout))).toBe(asFolder(expected))
    })
  })
})

function unpackInto(root: string, tar: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('tar', ['-xf', '-', '-C', root], { stdio: ['pipe', 'ignore', 'inherit'] })
    child.on('error', reject)
    child.on('close', code => (code === 0 ? resolve() : reject(new Error(`tar ended with ${code}`))))
    child.stdin.end(tar)
  })
}
