/** The examples of remedies are run as a user runs them: `examples/remedies/*.txt`, a command and what it says of the expired root. */
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeRoot, roots } from '../../examples/remedies/make-roots.ts'
import { imgtrust, imgtrustJson, root } from '../support/run.ts'

const folder = join(root, 'examples/remedies')
const transcripts = readdirSync(folder).filter(name => name.endsWith('.txt'))

describe('transcripts (UPDATE_EXAMPLES=1 writes them)', () => {
  const work = mkdtempSync(join(tmpdir(), 'imgtrust-examples-'))
  beforeAll(() => {
    for (const name of Object.keys(roots)) makeRoot(name, join(work, name))
    copyFileSync(join(folder, 'Dockerfile'), join(work, 'Dockerfile'))
  })
  afterAll(() => rmSync(work, { recursive: true }))

  it('are there for every root', () => {
    const seen = new Set(transcripts.map(name => name.split('.')[0]))
    expect(Object.keys(roots).filter(name => !seen.has(name))).toEqual([])
  })

  it.each(transcripts)('%s', async name => {
    const text = readFileSync(join(folder, name), 'utf8')
    const command = /^\$ imgtrust (.+)\n/.exec(text)?.[1] ?? ''
    const { stdout, stderr } = await imgtrust(command.split(' '), { cwd: work })
    expect(stderr).toBe('')
    const told = stdout
      .split('\n\n')
      .filter(block => /^.* {2}(?:error|warning|info) {2}expired-root/.test(block))
    const actual = `$ imgtrust ${command}\n\n${told.join('\n\n')}\n`
    hold(name, actual)
    expect(actual).toMatch(/^ {4}(?:mend|or) {2}/m)
  })

  it.each([
    ['debian-host.play.yml', 'ansible'],
    ['debian-host.sls', 'salt'],
  ] as const)('%s', async (name, dialect) => {
    const { report } = await imgtrustJson(['scan', 'dir:debian-host', '--at', '2020-05-31'], { cwd: work })
    const found = report.targets[0]?.findings.find(({ rule }) => rule === 'expired-root')
    const remedies = [found?.remedy, ...(found?.remedy?.alternatives ?? [])]
    const text = remedies.map(remedy => remedy?.steps[dialect]).find(steps => steps != null)
    hold(name, `${text}\n`)
  })
})

function hold(name: string, actual: string): void {
  const file = join(folder, name)
  if (process.env.UPDATE_EXAMPLES && !process.env.CI) writeFileSync(file, actual)
  else expect(readFileSync(file, 'utf8')).toBe(actual)
}
