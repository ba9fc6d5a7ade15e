/** `--jobs` changes who reads, never what is told; and only large layers are worth a thread. */
import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { constants, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeCertificate, pemOf } from '../support/certificate.ts'
import { buildImage, layerTar, writeOciDir } from '../support/image.ts'
import { root } from '../support/run.ts'

const folder = mkdtempSync(join(tmpdir(), 'imgtrust-jobs-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const at = (name: string) => join(folder, name)

beforeAll(async () => {
  // As large as a layer must be for a thread, without the time that packing takes.
  const noise = randomBytes(9 << 20)
  const fast = (tar: Buffer) => gzipSync(tar, { level: 1, strategy: constants.Z_HUFFMAN_ONLY })
  const pem = pemOf(makeCertificate().der)
  const tars = await Promise.all([
    layerTar({ 'etc/ssl/certs/ca-certificates.crt': pem.repeat(5), 'opt/noise': noise }),
    layerTar({ 'opt/noise': { whiteout: true }, 'srv/noise': noise, 'srv/own.pem': pem }),
    layerTar({ 'etc/os-release': 'ID=alpine\nVERSION_ID=3.20.0\n' }),
  ])
  const layers = tars.map(tar => ({ tar, blob: fast(tar) }))
  await writeOciDir(at('two'), [await buildImage({ layers })])
  await writeOciDir(at('one'), [await buildImage({ layers: layers.slice(1) })])
  await writeOciDir(at('small'), [await buildImage({ layers: layers.slice(2) })])
})

/** What is told, and how many threads were started: V8 writes what each has run. */
function scan(name: string, jobs: number, env: Record<string, string> = {}) {
  const coverage = mkdtempSync(at('coverage-'))
  const args = ['scan', `oci-dir:${at(name)}`, '--no-cache', '--format', 'json', '--at', '2024-01-01']
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(root, 'bin/run.js'), ...args, '--jobs', String(jobs)],
    {
      encoding: 'utf8',
      env: { PATH: process.env.PATH, HOME: folder, NODE_V8_COVERAGE: coverage, ...env },
    },
  )
  const threads = readdirSync(coverage).filter(file =>
    readFileSync(join(coverage, file), 'utf8').includes('dist/worker/layer.cjs'),
  )
  return { told: { status, stdout, stderr }, threads: threads.length }
}

describe('a scan', () => {
  it.each([
    ['two', 2],
    ['one', 1],
    ['small', 0],
  ])('of %s large layers tells the same with threads as without', (name, threads) => {
    const alone = scan(name, 1)
    expect(alone.told.status).toBeLessThan(2)
    expect(JSON.parse(alone.told.stdout).targets[0].distribution).toMatchObject({ id: 'alpine' })
    expect(alone.threads).toBe(0)
    for (const [jobs, way] of [
      [2, 'fast'],
      [4, 'stream'],
    ] as const) {
      expect(scan(name, jobs, { IMGTRUST_INFLATE: way })).toEqual({ told: alone.told, threads })
    }
  })

  it('says what the environment may say', () => {
    const { told } = scan('small', 1, { IMGTRUST_INFLATE: 'quick' })
    expect(told.status).toBe(2)
    expect(told.stderr).toContain('IMGTRUST_INFLATE is "quick"; it may be stream or fast')
  })
})
