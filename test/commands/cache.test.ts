import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type BuiltImage, buildImage, writeOciDir } from '../support/image.ts'
import { issue, keyOf } from '../support/pki.ts'
import { imgtrust, imgtrustJson, root } from '../support/run.ts'

const folder = mkdtempSync(join(tmpdir(), 'imgtrust-cached-'))
afterAll(() => rmSync(folder, { recursive: true }))

const bundle = [1, 2, 3, 4, 5, 6]
  .map(n => issue({ subject: `Root ${n}`, key: keyOf(`root ${n}`, 'ec'), ca: true }).pem)
  .join('')

let image: BuiltImage
beforeAll(async () => {
  image = await buildImage({
    layers: [
      {
        files: {
          'etc/os-release': 'ID=debian\nVERSION_ID="12"\n',
          'etc/ssl/certs/ca-certificates.crt': bundle,
        },
      },
      { files: { 'app/more.pem': bundle }, createdBy: 'COPY more.pem /app' },
    ],
  })
})

let number = 0
let layout: string
let cache: string
beforeEach(async () => {
  layout = join(folder, `layout-${number}`)
  cache = join(folder, `cache-${number++}`)
  await writeOciDir(layout, [image])
})

const at = ['--at', '2026-01-01']
const scan = (...more: string[]) =>
  imgtrustJson(['scan', `oci-dir:${layout}`, ...at, ...more], { env: { XDG_CACHE_HOME: cache } })
const blob = (digest: string) => join(layout, 'blobs/sha256', digest.slice('sha256:'.length))
const entries = () => readdirSync(join(cache, 'imgtrust/images'))

describe('a scan', () => {
  it('does not read a layer again that it knows, and says the same to the byte', async () => {
    const first = await scan()
    expect(first.report.targets[0]?.stores.map(({ path }) => path)).toEqual([
      '/app/more.pem',
      '/etc/ssl/certs/ca-certificates.crt',
    ])
    // Without the layers' bytes only the cache can answer.
    for (const { digest } of image.layers) rmSync(blob(digest))
    expect(await scan()).toEqual(first)
    expect((await scan('--no-cache')).status).toBe(2)
  })

  it('reads again what the cache has lost or spoilt', async () => {
    const first = await scan()
    for (const name of entries()) writeFileSync(join(cache, 'imgtrust/images', name), 'spoilt')
    expect(await scan()).toEqual(first)
    for (const { digest } of image.layers) rmSync(blob(digest))
    expect(await scan()).toEqual(first)
  })

  it('keeps nothing with --no-cache', async () => {
    await scan('--no-cache')
    expect(readdirSync(join(cache, 'imgtrust'))).toEqual(['code'])
  })

  it('keeps nothing of a layer whose bytes are not what the image says', async () => {
    const [one, two] = image.layers
    writeFileSync(blob(one!.digest), readFileSync(blob(two!.digest)))
    const { status, report } = await scan()
    expect(status).toBe(2)
    expect(report.targets[0]?.error).toContain('layer 0')
    await writeOciDir(layout, [image])
    rmSync(blob(one!.digest))
    // The other one may be known; this one is not.
    expect((await scan()).report.targets[0]?.error).toContain('layer 0')
  })

  it('says the same where nothing can be written any more, and leaves no drafts', async () => {
    const words = ['scan', `oci-dir:${layout}`, ...at, '--format', 'json']
    const env = { PATH: process.env.PATH ?? '', XDG_CACHE_HOME: cache, XDG_CONFIG_HOME: '/nonexistent' }
    // No file may hold a byte: every write fails, as on a full disk.
    const limited = [
      '-c',
      'ulimit -f 0; exec "$@"',
      'sh',
      process.execPath,
      join(root, 'bin/run.js'),
      ...words,
    ]
    const { status, stdout, stderr } = spawnSync('/bin/sh', limited, { env, encoding: 'utf8' })
    const left = readdirSync(cache, { recursive: true, withFileTypes: true })
    expect(left.filter(entry => entry.isFile())).toEqual([])
    expect({ status, stdout, stderr, report: JSON.parse(stdout) }).toEqual(await scan())
  })

  it('keeps things where --cache-dir says', async () => {
    const elsewhere = join(folder, `elsewhere-${number}`)
    await scan('--cache-dir', elsewhere)
    expect(readdirSync(join(elsewhere, 'images'))).toHaveLength(2)
  })
})

describe('cache', () => {
  it('status tells what there is, clear takes it away', async () => {
    await scan()
    const env = { XDG_CACHE_HOME: cache }
    const status = JSON.parse((await imgtrust(['cache', 'status', '--format', 'json'], { env })).stdout)
    expect(status).toMatchObject({ path: join(cache, 'imgtrust/images'), entries: 2, limit: 1024 ** 3 })
    expect((await imgtrust(['cache', 'status'], { env })).stdout).toContain('2 entries')
    expect((await imgtrust(['cache', 'clear'], { env })).stdout).toContain('2 entries taken away')
    expect(entries()).toEqual([])
  })
})
