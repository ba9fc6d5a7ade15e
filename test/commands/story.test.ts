/** The story that imgtrust exists for, told by the built program. */
import { spawnSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ReportFinding } from '../../src/report/report.ts'
import { imgtrust, imgtrustJson, root } from '../support/run.ts'

const DOCKERFILE = 'examples/addtrust/Dockerfile'
const SEED =
  'RUN sed -i "/AddTrust_External_Root.crt/d" /etc/ca-certificates.conf && update-ca-certificates -f -v'

const remedies = (finding: ReportFinding | undefined) =>
  finding?.remedy
    ? [finding.remedy, ...finding.remedy.alternatives].map(({ steps }) => steps.dockerfile?.trim() ?? '')
    : []

describe('lint of the Dockerfile whose workers failed on 30 May 2020', () => {
  const lint = async (at: string) => {
    const { report, status } = await imgtrustJson(['lint', DOCKERFILE, '--at', at])
    const findings = report.targets[0]?.findings ?? []
    return { status, report, kept: findings.find(finding => finding.rule === 'expired-root-kept'), findings }
  }

  it('has nothing to say of an expired root the day before', async () => {
    const { kept } = await lint('2020-05-29')
    expect(kept).toBeUndefined()
  })

  it('names the line, the breaking one of 17 expired roots, and the remedy, the day after', async () => {
    const { status, kept, report } = await lint('2020-05-31')
    expect(status).toBe(1)
    expect(kept?.severity).toBe('error')
    expect(kept?.location).toMatchObject({ file: DOCKERFILE, line: 2 })
    expect(kept?.message).toMatch(/AddTrust External Root/)
    expect(kept?.message).toMatch(/17/)
    expect(remedies(kept).some(lines => lines.split('\n').includes(SEED))).toBe(true)
    const store = report.targets[0]?.stages[0]?.stores.find(
      one => one.path === '/etc/ssl/certs/ca-certificates.crt',
    )
    expect(store?.roots.filter(one => one.status.includes('expired'))).toHaveLength(17)
  })

  it('has DST Root CA X3 join it after 30 September 2021', async () => {
    const { kept } = await lint('2021-10-01')
    const lines = remedies(kept).join('\n')
    expect(lines).toMatch(/AddTrust_External_Root\.crt/)
    expect(lines).toMatch(/DST_Root_CA_X3\.crt/)
  })

  it('says today that the distribution has ended', async () => {
    const { findings } = await lint('2026-11-23')
    expect(findings.map(finding => finding.rule)).toContain('end-of-life-base-image')
  })

  it('is content with the file that has the line', async () => {
    const text = readFileSync(join(root, DOCKERFILE), 'utf8').replace(/^CMD/m, `${SEED}\nCMD`)
    const { report } = await imgtrustJson(['lint', '-', '--at', '2020-05-31'], { stdin: text })
    expect(report.targets[0]?.findings.map(finding => finding.rule)).not.toContain('expired-root-kept')
  })

  it('shows the remedy ready to copy in the text report', async () => {
    const { stdout } = await imgtrust(['lint', DOCKERFILE, '--at', '2020-05-31'])
    expect(stdout.split('\n').map(line => line.trim())).toContain(SEED)
  })
})

describe('scan of the store that its base image holds', () => {
  let folder: string
  let image: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'imgtrust-story-'))
    image = join(folder, 'addtrust.tar')
    const made = spawnSync(
      process.execPath,
      ['--import', 'tsx', join(root, 'examples/addtrust/make-image.ts'), image],
      { cwd: root, encoding: 'utf8' },
    )
    if (made.status !== 0) throw new Error(made.stderr)
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('tells two stories on two days', async () => {
    const before = await imgtrustJson(['scan', image, '--at', '2020-05-29', '--fail-on', 'error'])
    const after = await imgtrustJson(['scan', image, '--at', '2020-05-31', '--fail-on', 'error'])
    expect([before.status, after.status]).toEqual([0, 1])
    const finding = after.report.targets[0]?.findings.find(
      one => one.rule === 'expired-root' && one.location.path === '/etc/ssl/certs/ca-certificates.crt',
    )
    expect(finding?.severity).toBe('error')
    expect(finding?.message).toMatch(/AddTrust External Root/)
    expect(remedies(finding).some(lines => lines.split('\n').includes(SEED))).toBe(true)
  })

  it('names release, layer, history line and readers of the store', async () => {
    const { report } = await imgtrustJson(['scan', image, '--at', '2020-05-31'])
    const store = report.targets[0]?.stores.find(one => one.path === '/etc/ssl/certs/ca-certificates.crt')
    expect(store).toMatchObject({ layer: 1, release: 'debian/ca-certificates 20161130+nmu1+deb9u1' })
    expect(store?.createdBy).toMatch(/apt-get install/)
    expect(store?.consumers).toContain('wget')
  })
})

const SHARED = join(root, '../shared/images')
const ALPINE: Record<string, { file: string; path: string; roots: number; library: string }> = {
  '3.8.5': {
    file: 'alpine-minirootfs-3.8.5-x86_64.tar.gz',
    path: '/etc/ssl/cert.pem',
    roots: 133,
    library: 'LibreSSL 2.7.5',
  },
  '3.11.13': {
    file: 'alpine-minirootfs-3.11.13-x86_64.tar.gz',
    path: '/etc/ssl/cert.pem',
    roots: 149,
    library: 'OpenSSL 1.1.1l',
  },
  '3.20.3': {
    file: 'alpine-minirootfs-3.20.3-x86_64.tar.gz',
    path: '/etc/ssl/certs/ca-certificates.crt',
    roots: 147,
    library: 'OpenSSL 3.3.2',
  },
}

describe.skipIf(!existsSync(SHARED))(
  'scan of real Alpine root filesystems (skipped where ../shared/images is not)',
  () => {
    for (const [version, { file, path, roots, library }] of Object.entries(ALPINE)) {
      describe(`alpine ${version}`, () => {
        let folder: string
        beforeAll(() => {
          folder = mkdtempSync(join(tmpdir(), 'imgtrust-alpine-'))
          spawnSync('tar', ['xzf', join(SHARED, file), '-C', folder])
        })
        afterAll(() => rmSync(folder, { recursive: true, force: true }))

        it('has the store, its roots as node:crypto reads them, its release and its readers', async () => {
          const { report } = await imgtrustJson(['scan', `dir:${folder}`, '--at', '2021-10-01'])
          const target = report.targets[0]
          expect(target?.distribution).toMatchObject({ id: 'alpine', version })
          const store = target?.stores.find(one => one.path === path)
          expect(store).toMatchObject({ release: `alpine/base ${version}`, match: 'exact' })
          const pem = readFileSync(join(folder, path), 'utf8')
          const truth = (pem.match(/-----BEGIN[\s\S]+?END CERTIFICATE-----/g) ?? []).map(block =>
            new X509Certificate(block).fingerprint256.replaceAll(':', '').toLowerCase(),
          )
          expect(store?.roots.map(one => one.sha256).sort()).toEqual([...new Set(truth)].sort())
          expect(store?.roots).toHaveLength(roots)
          const reader = target?.clients.find(one => one.program === 'busybox wget')
          expect(`${reader?.library} ${reader?.libraryVersion}`).toBe(library)
          expect(store?.consumers).toContain('wget')
        })

        it('tells which roots have ended and which end within 90 days, as node:crypto dates them', async () => {
          const day = '2021-10-01'
          const { report } = await imgtrustJson(['scan', `dir:${folder}`, '--at', day])
          const roots = report.targets[0]?.stores.find(one => one.path === path)?.roots ?? []
          const pem = readFileSync(join(folder, path), 'utf8')
          const ends = (pem.match(/-----BEGIN[\s\S]+?END CERTIFICATE-----/g) ?? []).map(block => {
            const certificate = new X509Certificate(block)
            return [
              certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
              Date.parse(certificate.validTo),
            ] as const
          })
          const [at, soon] = [Date.parse(day), Date.parse(day) + 90 * 86_400_000]
          const having = (status: 'expired' | 'expiring') =>
            roots.filter(root => root.status.includes(status)).map(root => root.sha256)
          expect(having('expired').sort()).toEqual(
            ends
              .filter(([, end]) => end < at)
              .map(([sha]) => sha)
              .sort(),
          )
          expect(having('expiring').sort()).toEqual(
            ends
              .filter(([, end]) => end >= at && end <= soon)
              .map(([sha]) => sha)
              .sort(),
          )
        })

        it('is judged by what its own library does', async () => {
          const { report } = await imgtrustJson(['scan', `dir:${folder}`, '--at', '2021-10-01'])
          const expired = report.targets[0]?.findings.find(finding => finding.rule === 'expired-root')
          const expected = { '3.8.5': 'error', '3.11.13': 'info', '3.20.3': undefined }[version]
          expect(expired?.severity).toBe(expected)
        })
      })
    }
  },
)
