/** What a store has otherwise than the release that it is nearest to: Alpine's own bundle, edited with openssl. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { imgtrust, imgtrustJson } from '../support/run.ts'

const images = '../shared/images'
const bundleOf = {
  '3.8.5': 'etc/ssl/cert.pem',
  '3.11.13': 'etc/ssl/cert.pem',
  '3.20.3': 'etc/ssl/certs/ca-certificates.crt',
} as const

const openssl = (args: readonly string[], input = '') =>
  execFileSync('openssl', args, { input, stdio: ['pipe', 'pipe', 'ignore'] }).toString()

/** What openssl calls a certificate's identity, as we write it. */
const printOf = (pem: string) =>
  openssl(['x509', '-noout', '-fingerprint', '-sha256'], pem)
    .trim()
    .replace(/^.*=|:/g, '')
    .toLowerCase()

describe.skipIf(!existsSync(images))('a store near a release (skipped: ../shared/images is absent)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'imgtrust-differs-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  let stranger = ''
  beforeAll(() => {
    stranger = openssl([
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'],
      ...['-keyout', '/dev/null', '-subj', '/CN=A stranger', '-days', '3650'],
    ])
  })

  const unpacked = (version: keyof typeof bundleOf) => {
    const root = join(folder, version)
    mkdirSync(root)
    const archive = join(images, `alpine-minirootfs-${version}-x86_64.tar.gz`)
    execFileSync('tar', ['-xzf', archive, '-C', root, './etc', './lib/apk/db'])
    const path = join(root, bundleOf[version])
    const blocks = readFileSync(path, 'utf8').match(/-----BEGIN [\s\S]+?-----END CERTIFICATE-----\n/g)!
    return { root, path, blocks }
  }

  it.each(
    Object.keys(bundleOf) as (keyof typeof bundleOf)[],
  )('%s without its seventh root, with a stranger', async version => {
    const { root, path, blocks } = unpacked(version)
    const [gone] = blocks.splice(6, 1)
    writeFileSync(path, blocks.join('') + stranger)
    const { report } = await imgtrustJson(['scan', `dir:${root}`])
    const store = report.targets[0]?.stores.find(each => each.path === `/${bundleOf[version]}`)
    expect(store).toMatchObject({ match: 'nearest', release: `alpine/base ${version}` })
    expect(store?.differs).toEqual({
      missing: [{ sha256: printOf(gone!), name: expect.stringMatching(/./) }],
      extra: [{ sha256: printOf(stranger), name: 'A stranger' }],
    })
    const text = (await imgtrust(['scan', `dir:${root}`])).stdout
    expect(text).toMatch(new RegExp(`lacks +1: ${store?.differs?.missing[0]?.name}`))
    expect(text).toMatch(/adds +1: A stranger/)
  })

  it('says nothing of a difference where there is none', async () => {
    rmSync(join(folder, '3.20.3'), { recursive: true, force: true })
    const { root } = unpacked('3.20.3')
    const { report } = await imgtrustJson(['scan', `dir:${root}`])
    expect(report.targets[0]?.stores[0]).toMatchObject({ match: 'exact' })
    expect(report.targets[0]?.stores[0]).not.toHaveProperty('differs')
  })
})
