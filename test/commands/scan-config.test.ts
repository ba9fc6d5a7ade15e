/** Configuration, policy, ignores and baseline of a scan: from the current folder, never from the target. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { imgtrustJson, root } from '../support/run.ts'

const ADDTRUST = '687fa451382278fff0c8b11f8d43d576671c6eb2bceab413fb83d965d06d2ff2'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'imgtrust-scan-config-'))
  const made = spawnSync(
    process.execPath,
    ['--import', 'tsx', join(root, 'examples/addtrust/make-image.ts'), join(folder, 'image.tar')],
    { cwd: root, encoding: 'utf8' },
  )
  if (made.status !== 0) throw new Error(made.stderr)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))
afterEach(() => {
  for (const name of ['.imgtrust.yaml', '.paranoia.yaml', 'known.json'])
    rmSync(join(folder, name), { force: true })
})

const put = (name: string, text: string) => writeFileSync(join(folder, name), text)
const scan = async (...args: string[]) => {
  const run = await imgtrustJson(['scan', '--at', '2020-05-31', ...args], { cwd: folder })
  return { ...run, rules: run.report.targets.flatMap(target => target.findings.map(({ rule }) => rule)) }
}

it('an ignore silences a rule of the targets that it names', async () => {
  put('.imgtrust.yaml', 'ignore:\n  - { rule: expired-root, target: "*.tar", reason: a museum }\n')
  const { rules, report } = await scan('image.tar')
  expect(rules).not.toContain('expired-root')
  expect(report.targets[0]?.config).toBe('.imgtrust.yaml')
})

it('an ignore of one root leaves a finding about others', async () => {
  put('.imgtrust.yaml', `ignore:\n  - { rule: expired-root, root: ${ADDTRUST}, reason: known }\n`)
  expect((await scan('image.tar')).rules).toContain('expired-root')
})

it('a baseline silences what it knows until another root ends', async () => {
  await scan('image.tar', '--baseline', 'known.json', '--update-baseline')
  expect(JSON.parse(readFileSync(join(folder, 'known.json'), 'utf8')).findings.length).toBeGreaterThan(0)
  expect((await scan('image.tar', '--baseline', 'known.json')).rules).toEqual([])
  const later = await imgtrustJson(['scan', '--at', '2021-10-01', '--baseline', 'known.json', 'image.tar'], {
    cwd: folder,
  })
  expect(later.report.targets[0]?.findings.map(({ rule }) => rule)).toContain('expired-root')
})

describe('a policy', () => {
  it('of paranoia’s own form is read from the current folder', async () => {
    put(
      '.paranoia.yaml',
      `version: "1"\nforbid:\n  - fingerprints:\n      sha256: ${ADDTRUST}\n    comment: broke us in 2020\n`,
    )
    const { report, status } = await scan('image.tar')
    const forbidden = report.targets[0]?.findings.find(({ rule }) => rule === 'forbidden-root')
    expect(forbidden?.severity).toBe('error')
    expect(forbidden?.roots.map(({ sha256 }) => sha256)).toEqual([ADDTRUST])
    expect(status).toBe(1)
    expect((await scan('image.tar', '--no-config')).rules).not.toContain('forbidden-root')
  })

  it('inside the target never counts, nor does its configuration', async () => {
    const target = join(folder, 'target')
    mkdirSync(join(target, 'etc/ssl/certs'), { recursive: true })
    writeFileSync(join(target, '.imgtrust.yaml'), 'rulez: broken\n')
    writeFileSync(join(target, '.paranoia.yaml'), 'also broken')
    const { status } = await scan('dir:target', '--fail-on', 'never')
    expect(status).toBe(0)
  })
})
