import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { reportFlags } from '../../src/cli/flags.ts'
import { formats } from '../../src/report/formats/index.ts'
import { root } from '../support/run.ts'

it('every format is a choice of --format and has its line on the page', () => {
  const page = readFileSync(join(root, 'docs/reference/formats.md'), 'utf8')
  const names = Object.keys(formats).sort()
  expect([...(reportFlags.format.options ?? [])].sort()).toEqual(names)
  const rows = [...page.matchAll(/^\| `([a-z]+)` \|/gm)].map(match => match[1])
  for (const name of names) expect(rows).toContain(name)
})

it('every property of a CycloneDX document is on the page', async () => {
  const page = readFileSync(join(root, 'docs/reference/formats.md'), 'utf8')
  for (const file of ['cyclonedx.ts', 'cyclonedx-parts.ts']) {
    const source = readFileSync(join(root, 'src/report/formats', file), 'utf8')
    for (const [name] of source.matchAll(/imgtrust:[a-zA-Z]+/g)) expect(page).toContain(name)
  }
})
