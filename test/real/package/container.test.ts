/** The image of imgtrust, built by a real builder on a base that is made of this machine's own Node.js. */
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { missing } from '../../support/program.ts'
import { imgtrustJson, root } from '../../support/run.ts'

const BUNDLE = '/etc/ssl/certs/ca-certificates.crt'
const absent = missing('buildah', 'git', 'npm', 'ldd')
const why = absent !== '' ? `no ${absent}` : process.getuid?.() === 0 ? '' : 'not root'

describe.skipIf(why !== '')(`the image of imgtrust${why && ` (skipped: ${why})`}`, () => {
  let folder: string
  const buildah = (...args: string[]) =>
    execFileSync('buildah', ['--root', join(folder, 'store'), '--runroot', join(folder, 'run'), ...args], {
      cwd: join(folder, 'imgtrust'),
      encoding: 'utf8',
      env: { ...process.env, BUILDAH_ISOLATION: 'chroot', STORAGE_DRIVER: 'vfs' },
      stdio: ['pipe', 'pipe', 'pipe'],
    }).trim()

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'imgtrust-container-'))
    execFileSync('git', ['clone', '--quiet', '--no-hardlinks', root, join(folder, 'imgtrust')])
    const base = makeBase(join(folder, 'base'))
    const made = buildah('from', 'scratch')
    buildah('add', '-q', made, base, '/')
    buildah('config', '--env', `NODE_EXTRA_CA_CERTS=${BUNDLE}`, '--env', 'PATH=/usr/bin:/bin', made)
    buildah('commit', '-q', made, 'localhost/base:1')
    buildah(
      'bud',
      '-q',
      '--network',
      'host',
      '--volume',
      `${dirname(BUNDLE)}:${dirname(BUNDLE)}:ro`,
      '--build-arg',
      'BASE=localhost/base:1',
      '-t',
      'localhost/imgtrust:1',
      '.',
    )
    buildah('push', '-q', 'localhost/imgtrust:1', `docker-archive:${join(folder, 'imgtrust.tar')}`)
  })
  afterAll(() => {
    buildah('umount', '--all')
    buildah('rm', '--all')
    spawnSync('umount', [join(folder, 'store/overlay')])
    rmSync(folder, { recursive: true, force: true })
  })

  it('runs as nobody special, and teaches where nothing is asked', () => {
    const { config } = JSON.parse(buildah('inspect', '--type', 'image', 'localhost/imgtrust:1')).OCIv1
    expect(config).toMatchObject({
      User: '1000:1000',
      Entrypoint: ['node', '/opt/imgtrust/bin/run.js'],
      Cmd: ['--help'],
    })
  })

  it('lints what is mounted at /work', () => {
    writeFileSync(join(folder, 'Dockerfile'), 'FROM alpine:3.11\nRUN apk add --no-cache curl\n')
    const container = buildah('from', 'localhost/imgtrust:1')
    const mounted = buildah('mount', container)
    mkdirSync(join(mounted, 'work'), { recursive: true })
    cpSync(join(folder, 'Dockerfile'), join(mounted, 'work/Dockerfile'))
    const run = (...args: string[]) =>
      spawnSync(
        'chroot',
        [
          '--userspec=1000:1000',
          mounted,
          '/usr/bin/env',
          '-C',
          '/work',
          'node',
          '/opt/imgtrust/bin/run.js',
          ...args,
        ],
        { encoding: 'utf8', env: { PATH: '/usr/bin:/bin:/usr/sbin', HOME: '/tmp' } },
      )
    const { status, stdout, stderr } = run('lint', '--at', '2026-11-23')
    expect([stderr, status]).toEqual(['', 1])
    expect(stdout).toMatch(/end-of-life-base-image/)
    expect(run().stdout).toMatch(/EXAMPLES/)
  })

  it('is small above its base', () => {
    const layers = (image: string): string[] =>
      JSON.parse(buildah('inspect', '--type', 'image', image)).OCIv1.rootfs.diff_ids
    const [own, base] = [layers('localhost/imgtrust:1'), layers('localhost/base:1')]
    expect(own.slice(0, base.length)).toEqual(base)
    const added = Number(buildah('run', buildah('from', 'localhost/imgtrust:1'), '--', 'node', '-p', SIZE))
    expect(added).toBeLessThan(12_000_000)
  })

  it('is healthy before its own scan', async () => {
    const { report, status } = await imgtrustJson(['scan', join(folder, 'imgtrust.tar')])
    expect(report.targets[0]?.error).toBeNull()
    expect(report.targets[0]?.findings.filter(({ severity }) => severity !== 'info')).toEqual([])
    expect(status).toBe(0)
  })
})

/** Bytes of all files of imgtrust. */
const SIZE =
  "fs.readdirSync('/opt/imgtrust',{recursive:true}).reduce((sum,name)=>sum+fs.statSync('/opt/imgtrust/'+name).size,0)"

/** Node.js, npm, a shell and what they load, as they lie on this machine. */
function makeBase(base: string): string {
  const put = (path: string, at = path) => {
    mkdirSync(dirname(join(base, at)), { recursive: true })
    cpSync(realpathSync(path), join(base, at), { recursive: true, dereference: true })
  }
  for (const [path, at] of [
    [process.execPath, '/usr/bin/node'],
    ['/bin/sh', '/bin/sh'],
    ['/usr/bin/env', '/usr/bin/env'],
  ] as const) {
    put(path, at)
    const libraries = execFileSync('ldd', [path], { encoding: 'utf8' }).match(/\/[^ ]+/g) ?? []
    for (const library of libraries.filter(each => each.startsWith('/') && !each.endsWith(':'))) put(library)
  }
  const npm = dirname(dirname(realpathSync(execFileSync('which', ['npm'], { encoding: 'utf8' }).trim())))
  mkdirSync(join(base, 'usr/lib/node_modules'), { recursive: true })
  cpSync(npm, join(base, 'usr/lib/node_modules/npm'), { recursive: true, verbatimSymlinks: true })
  symlinkSync('../lib/node_modules/npm/bin/npm-cli.js', join(base, 'usr/bin/npm'))
  mkdirSync(join(base, 'tmp'), { mode: 0o1777 })
  execFileSync('chmod', ['1777', join(base, 'tmp')])
  mkdirSync(join(base, 'etc'), { recursive: true })
  writeFileSync(join(base, 'etc/passwd'), 'root:x:0:0::/root:/bin/sh\n')
  return base
}
