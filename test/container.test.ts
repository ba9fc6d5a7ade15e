/** The Dockerfile of imgtrust's own image is healthy before its own lint: today, and as far as its base is known. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { imgtrustJson, root } from './support/run.ts'

it('has nothing to mend', async () => {
  const { report, status } = await imgtrustJson(['lint', 'Dockerfile', '--fail-on', 'info', '--no-config'])
  expect(report.targets[0]?.findings).toEqual([])
  expect(report.targets[0]?.unknowns).toEqual([])
  expect(status).toBe(0)
})

it('is not run as root', () => {
  const lines = readFileSync(join(root, 'Dockerfile'), 'utf8').split('\n')
  const last = lines.slice(lines.findLastIndex(line => line.startsWith('FROM')))
  expect(last.filter(line => line.startsWith('USER'))).toEqual(['USER 1000:1000'])
})
