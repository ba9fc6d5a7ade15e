/** Configuration, ignores, baseline and fixes, as a user of the program meets them. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { imgtrust, imgtrustJson } from '../support/run.ts'

const SEED =
  'RUN sed -i "/AddTrust_External_Root.crt/d" /etc/ca-certificates.conf && update-ca-certificates -f -v'
const OUTAGE = 'FROM sentry:9.1.2\nRUN pip install sentry-plugins\nCMD ["sentry"]\n'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'imgtrust-config-'))
  execFileSync('git', ['init', '-q', folder])
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function put(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, path, '..'), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
}
const read = (path: string) => readFileSync(join(folder, path), 'utf8')
const rulesFound = async (...args: string[]) => {
  const run = await imgtrustJson(['lint', ...args], { cwd: folder })
  return { ...run, rules: run.report.targets.flatMap(target => target.findings.map(({ rule }) => rule)) }
}

describe('.imgtrust.yaml', () => {
  it('is found from the Dockerfile upwards, and named in the report', async () => {
    put({
      'a/b/Dockerfile': 'FROM alpine:3.8\n',
      '.imgtrust.yaml': 'rules:\n  end-of-life-base-image: off\n',
    })
    const { report, rules } = await rulesFound('a/b/Dockerfile')
    expect(rules).not.toContain('end-of-life-base-image')
    expect(report.targets[0]?.config).toBe('.imgtrust.yaml')
  })

  it('of the folder above the repository does not count', async () => {
    put({
      'inner/Dockerfile': 'FROM alpine:3.8\n',
      '.imgtrust.yaml': 'rules:\n  end-of-life-base-image: off\n',
    })
    execFileSync('git', ['init', '-q', join(folder, 'inner')])
    const { rules } = await rulesFound('inner/Dockerfile')
    expect(rules).toContain('end-of-life-base-image')
  })

  it('is left aside by --no-config, and replaced by --config', async () => {
    put({
      Dockerfile: 'FROM alpine:3.8\n',
      '.imgtrust.yaml': 'rules:\n  end-of-life-base-image: off\n',
      'other.yaml': 'rules:\n  expired-root-kept: off\n',
    })
    expect((await rulesFound('--no-config')).rules).toContain('end-of-life-base-image')
    const { rules } = await rulesFound('--config', 'other.yaml')
    expect(rules).toContain('end-of-life-base-image')
    expect(rules).not.toContain('expired-root-kept')
  })

  it('decides what fails, and a flag decides before it', async () => {
    put({ Dockerfile: 'FROM alpine:3.11\n', '.imgtrust.yaml': 'fail-on: error\n' })
    expect((await imgtrust(['lint'], { cwd: folder })).status).toBe(0)
    expect((await imgtrust(['lint', '--fail-on', 'warning'], { cwd: folder })).status).toBe(1)
  })

  it('tells what a private base stands on', async () => {
    put({ Dockerfile: 'FROM registry.example.com/base/old:7\n' })
    expect((await rulesFound()).rules).toEqual([])
    put({ '.imgtrust.yaml': 'bases:\n  registry.example.com/base/*: alpine:3.8\n' })
    expect((await rulesFound()).rules).toContain('end-of-life-base-image')
  })

  it('that is broken is one line and 2', async () => {
    put({ Dockerfile: 'FROM scratch\n', '.imgtrust.yaml': 'rulez: {}\n' })
    const { status, stderr } = await imgtrust(['lint'], { cwd: folder })
    expect(status).toBe(2)
    expect(stderr).toMatch(/^imgtrust: \.imgtrust\.yaml:1: .*"rulez".*"rules"/)
    expect(stderr.trim().split('\n')).toHaveLength(1)
  })

  it('ignores by rule, target and day, and tells of an ignore that does nothing', async () => {
    put({
      'old/Dockerfile': 'FROM alpine:3.11\n',
      'new/Dockerfile': 'FROM alpine:3.11\n',
      '.imgtrust.yaml':
        'ignore:\n  - { rule: end-of-life-base-image, target: old/*, until: 2030-01-01, reason: museum }\n  - { rule: stale-base-image, reason: none }\n',
    })
    const { report, stderr } = await rulesFound('--at', '2026-08-16')
    const found = report.targets.map(({ target, findings }) => [
      target,
      findings.some(({ rule }) => rule === 'end-of-life-base-image'),
    ])
    expect(found).toEqual([
      ['new/Dockerfile', true],
      ['old/Dockerfile', false],
    ])
    expect(stderr).toMatch(/\.imgtrust\.yaml:3: this ignore of stale-base-image silenced nothing/)
    const later = await rulesFound('--at', '2030-01-01')
    expect(later.rules.filter(rule => rule === 'end-of-life-base-image')).toHaveLength(2)
  })
})

it('init writes a file that is read, once', async () => {
  expect((await imgtrust(['init'], { cwd: folder })).status).toBe(0)
  put({ Dockerfile: 'FROM alpine:3.11\n' })
  expect((await imgtrust(['lint'], { cwd: folder })).status).toBe(1)
  const again = await imgtrust(['init'], { cwd: folder })
  expect(again.status).toBe(2)
  expect(again.stderr).toMatch(/there already/)
})

describe('a baseline', () => {
  it('silences what it knows, and nothing new', async () => {
    put({ Dockerfile: 'FROM alpine:3.11\n' })
    const made = await imgtrust(['lint', '--baseline', 'known.json', '--update-baseline'], { cwd: folder })
    expect(made.status).toBe(0)
    put({ Dockerfile: '# a line above\nFROM alpine:3.11\n' })
    expect((await imgtrust(['lint', '--baseline', 'known.json'], { cwd: folder })).status).toBe(0)
    put({ Dockerfile: 'FROM alpine:3.11\nRUN curl -k https://a.example\n' })
    const { rules } = await rulesFound('--baseline', 'known.json', '--fail-on', 'error')
    expect(rules).toContain('tls-verification-disabled')
    expect(rules).not.toContain('end-of-life-base-image')
  })

  it('that is none of ours is refused', async () => {
    put({ Dockerfile: 'FROM scratch\n', 'x.json': '{}' })
    const { status, stderr } = await imgtrust(['lint', '--baseline', 'x.json'], { cwd: folder })
    expect(status).toBe(2)
    expect(stderr).toMatch(/x\.json: no baseline of imgtrust/)
  })
})

describe('--fix', () => {
  const at = ['--at', '2020-05-31']

  it('writes the line of the outage with its reason, and nothing a second time', async () => {
    put({ Dockerfile: OUTAGE })
    await imgtrust(['lint', '--fix', ...at], { cwd: folder })
    const once = read('Dockerfile')
    const lines = once.split('\n')
    expect(lines.indexOf(SEED)).toBe(lines.indexOf('CMD ["sentry"]') - 1)
    expect(lines[lines.indexOf(SEED) - 1]).toMatch(/^# .*AddTrust External Root.*expired-root-kept/)
    expect(lines.filter(line => !line.startsWith('#') && line !== SEED).join('\n')).toBe(OUTAGE)
    const { rules } = await rulesFound(...at)
    expect(rules).not.toContain('expired-root-kept')
    await imgtrust(['lint', '--fix', ...at], { cwd: folder })
    expect(read('Dockerfile')).toBe(once)
  })

  it('keeps line ends and gives the user back', async () => {
    put({ Dockerfile: 'FROM sentry:9.1.2\r\nUSER sentry\r\nCMD ["sentry"]\r\n' })
    await imgtrust(['lint', '--fix', ...at], { cwd: folder })
    const text = read('Dockerfile')
    expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/)
    expect(text.split('\r\n').filter(line => !line.startsWith('#'))).toEqual([
      'FROM sentry:9.1.2',
      'USER sentry',
      'USER root',
      SEED,
      'USER sentry',
      'CMD ["sentry"]',
      '',
    ])
  })

  it('changes the base only where that was asked for', async () => {
    put({ Dockerfile: 'FROM alpine:3.11\nCMD ["sh"]\n' })
    await imgtrust(['lint', '--fix'], { cwd: folder })
    expect(read('Dockerfile')).toBe('FROM alpine:3.11\nCMD ["sh"]\n')
    await imgtrust(['lint', '--fix-suggestions'], { cwd: folder })
    expect(read('Dockerfile')).toMatch(/^FROM alpine:3\.\d+\nCMD \["sh"\]\n$/)
    expect(read('Dockerfile')).not.toContain('alpine:3.11')
  })

  it('as a dry run prints a diff that git applies, and writes nothing', async () => {
    put({ Dockerfile: OUTAGE })
    const { stdout, status } = await imgtrust(['lint', '--fix-dry-run', ...at], { cwd: folder })
    expect(status).toBe(1)
    expect(read('Dockerfile')).toBe(OUTAGE)
    execFileSync('git', ['-C', folder, 'apply', '-'], { input: stdout })
    const applied = read('Dockerfile')
    put({ Dockerfile: OUTAGE })
    await imgtrust(['lint', '--fix', ...at], { cwd: folder })
    expect(applied).toBe(read('Dockerfile'))
  })

  it('of standard input needs --fix-dry-run', async () => {
    const { status, stderr } = await imgtrust(['lint', '--fix', '-'], { cwd: folder, stdin: OUTAGE })
    expect(status).toBe(2)
    expect(stderr).toMatch(/--fix-dry-run/)
  })
})
