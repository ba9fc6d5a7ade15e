/** SARIF, before Microsoft's own validator, with GitHub's rules too. */
import { spawnSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fromNpm } from './fetched.ts'
import { type Samples, samples } from './samples.ts'

const tool = fromNpm('@microsoft/sarif-multitool@5.7.0')
const binary = join(tool.folder, 'node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool')
const why = tool.why || (existsSync(binary) ? '' : 'its program for this platform is not here')
afterAll(() => tool.remove())

/** Notes that do not apply, each with its reason; errors and warnings are never allowed. */
const ALLOWED: Readonly<Record<string, string>> = {
  SARIF2002: 'sentences come whole, not as templates with arguments',
  SARIF2003: 'what is scanned need not be in version control',
  SARIF2006: 'it asks the network whether links answer',
  SARIF2009: 'the readable rule id is the only one',
  SARIF2010: 'a store in an image has no text; of a Dockerfile the context region has it',
  SARIF2011: 'a store in an image has no text',
}

describe.skipIf(why !== '')(`sarif-multitool${why && ` (skipped: ${why})`}`, () => {
  let sample: Samples
  beforeAll(async () => {
    sample = await samples('sarif', 'sarif')
    spawnSync('chmod', ['u+x', binary])
  })
  afterAll(() => sample?.remove())

  const remarks = (...files: readonly string[]) => {
    const output = join(sample.folder, 'validated')
    const { stdout, stderr, status } = spawnSync(
      binary,
      // biome-ignore format: flags and their values
      ['validate', ...files, '--rule-kind', 'Sarif;Gh', '--level', 'Error;Warning;Note', '--output', output, '--log', 'ForceOverwrite'],
      { encoding: 'utf8' },
    )
    expect(stderr).toBe('')
    expect(stdout).toContain('Analysis completed successfully.')
    expect(status).toBe(0)
    return stdout.split('\n').filter(line => /: (error|warning|note) [A-Z]+\d+/.test(line))
  }

  it('has no remark about any report', () => {
    const bad = remarks(...Object.values(sample.files)).filter(line => {
      const [, level, rule = ''] = /: (error|warning|note) ([A-Z]+\d+)/.exec(line) ?? []
      return level !== 'note' || !(rule in ALLOWED)
    })
    expect(bad).toEqual([])
  })

  it('would say so if there were one', () => {
    const file = join(sample.folder, 'broken.sarif')
    writeFileSync(file, '{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"x"}},"results":[{}]}]}')
    expect(remarks(file).some(line => line.includes(': error '))).toBe(true)
  })
})
