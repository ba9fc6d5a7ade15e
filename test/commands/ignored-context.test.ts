import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { lint } from '../../src/index.ts'
import { certificates } from '../support/trace-certificates.ts'

const folder = mkdtempSync(join(tmpdir(), 'imgtrust-ignored-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const anchor = 'COPY ca.crt /usr/local/share/ca-certificates/ca.crt\nRUN update-ca-certificates\n'

async function rules(files: Record<string, string>, file = 'Dockerfile') {
  const at = mkdtempSync(join(folder, 'x-'))
  for (const [name, text] of Object.entries({ 'ca.crt': certificates[6]!.pem, ...files })) {
    mkdirSync(join(at, name, '..'), { recursive: true })
    writeFileSync(join(at, name), text)
  }
  writeFileSync(
    join(at, file),
    `FROM debian:12\nRUN apt-get update && apt-get install -y ca-certificates\n${anchor}`,
  )
  const report = await lint([join(at, file)], { at: Date.UTC(2026, 5) })
  const [target] = report.targets
  const file_ = target!.findings
    .filter(({ rule }) => rule === 'malformed-certificate-file')
    .map(({ rule }) => rule)
  return [...file_, ...target!.unknowns.map(({ why }) => why)]
}

describe('a file that a .dockerignore keeps out', () => {
  const broken = { 'ca.crt': 'no certificate\n' }
  it('is opened without one', async () => {
    expect(await rules(broken)).toEqual(['malformed-certificate-file'])
  })
  it('is not opened', async () => {
    expect(await rules({ ...broken, '.dockerignore': '*.crt\n' })).toEqual([
      expect.stringContaining('.dockerignore keeps it out of the build context'),
    ])
  })
  it('the Dockerfile’s own list counts before the folder’s', async () => {
    const own = { ...broken, '.dockerignore': '*.crt\n', 'web.Dockerfile.dockerignore': '*.md\n' }
    expect(await rules(own, 'web.Dockerfile')).toEqual(['malformed-certificate-file'])
    expect(await rules({ ...broken, 'web.Dockerfile.dockerignore': '*\n' }, 'web.Dockerfile')).toEqual([
      expect.stringContaining('web.Dockerfile.dockerignore keeps it out'),
    ])
  })
  it('a list that no builder takes leaves nothing known', async () => {
    expect(await rules({ ...broken, '.dockerignore': 'a[\n' })).toEqual([
      expect.stringContaining('not in the build context at hand'),
    ])
  })
})
