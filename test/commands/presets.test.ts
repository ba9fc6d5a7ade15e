/** What each preset sets, on the same Dockerfiles and the same image. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PresetId } from '../../src/config/config.ts'
import { presets } from '../../src/config/presets.ts'
import { imgtrust, imgtrustJson, root } from '../support/run.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'imgtrust-presets-'))
  for (const [name, text] of Object.entries({
    // Breaks connections on the day below; its base is frozen too.
    outage: 'FROM sentry:9.1.2\nRUN pip install sentry-plugins\nCMD ["sentry"]\n',
    // Nothing breaks: a warning.
    pinned: 'FROM debian:10\nRUN apt-get update && apt-get install -y curl ca-certificates=20190110\n',
    // In its years of long-term support: information.
    aging: 'FROM debian:8\nRUN apt-get update && apt-get install -y curl\n',
  })) {
    mkdirSync(join(folder, name))
    writeFileSync(join(folder, name, 'Dockerfile'), text)
  }
  for (const preset of Object.keys(presets))
    writeFileSync(join(folder, `${preset}.yaml`), `preset: ${preset}\n`)
  execFileSync(
    process.execPath,
    ['--import', 'tsx', 'examples/addtrust/make-image.ts', join(folder, 'image.tar')],
    { cwd: root },
  )
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const AT = '2020-05-31'
const found = async (preset: PresetId, command: string, target: string) => {
  const args = [command, target, '--at', AT, '--config', `${preset}.yaml`]
  const { report, status } = await imgtrustJson(args, { cwd: folder })
  const rules = report.targets.flatMap(({ findings }) =>
    findings.map(({ severity, rule }) => `${severity} ${rule}`),
  )
  return { rules, status }
}

const ALL = {
  outage: ['error expired-root-kept', 'warning stale-base-image'],
  pinned: ['warning pinned-ca-certificates'],
  aging: ['info end-of-life-base-image'],
}
const IMAGE = [
  'error expired-root',
  'warning distrusted-root',
  'warning stale-ca-package',
  'info missing-root',
  'info removed-root',
  'info vulnerable-path-building',
]

describe('recommended', () => {
  it('has all rules; warnings fail, information does not', async () => {
    expect(await found('recommended', 'lint', 'outage')).toEqual({ rules: ALL.outage, status: 1 })
    expect(await found('recommended', 'lint', 'pinned')).toEqual({ rules: ALL.pinned, status: 1 })
    expect(await found('recommended', 'lint', 'aging')).toEqual({ rules: ALL.aging, status: 0 })
    expect(await found('recommended', 'scan', 'image.tar')).toEqual({ rules: IMAGE, status: 1 })
  })

  it('is what counts without a preset', async () => {
    const args = ['lint', 'outage', 'pinned', 'aging', '--at', AT]
    const without = await imgtrust([...args, '--no-config'], { cwd: folder })
    const preset = await imgtrust([...args, '--config', 'recommended.yaml'], { cwd: folder })
    expect([preset.status, preset.stdout]).toEqual([without.status, without.stdout])
  })
})

describe('strict', () => {
  it('has all rules; information fails, and is shown', async () => {
    expect(await found('strict', 'lint', 'outage')).toEqual({ rules: ALL.outage, status: 1 })
    expect(await found('strict', 'lint', 'aging')).toEqual({ rules: ALL.aging, status: 1 })
    expect(await found('strict', 'scan', 'image.tar')).toEqual({ rules: IMAGE, status: 1 })
    const shown = async (preset: PresetId) =>
      (await imgtrust(['scan', 'image.tar', '--at', AT, '--config', `${preset}.yaml`], { cwd: folder }))
        .stdout
    expect(await shown('strict')).toContain('vulnerable-path-building')
    expect(await shown('recommended')).not.toContain('vulnerable-path-building')
  })
})

describe('outage', () => {
  it('has what breaks connections alone; only errors fail', async () => {
    expect(await found('outage', 'lint', 'outage')).toEqual({ rules: ['error expired-root-kept'], status: 1 })
    expect(await found('outage', 'lint', 'pinned')).toEqual({ rules: [], status: 0 })
    expect(await found('outage', 'lint', 'aging')).toEqual({ rules: [], status: 0 })
    expect(await found('outage', 'scan', 'image.tar')).toEqual({ rules: ['error expired-root'], status: 1 })
  })

  it('lets a flag bring a rule back', async () => {
    const args = ['lint', 'pinned', '--at', AT, '--config', 'outage.yaml']
    const { status } = await imgtrust([...args, '--rule', 'pinned-ca-certificates=error'], { cwd: folder })
    expect(status).toBe(1)
  })
})
