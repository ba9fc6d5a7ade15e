/** The pages of docs/: their commands are run, their Dockerfiles linted, their links lead somewhere. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { commandsOf } from './support/page.ts'
import { root } from './support/run.ts'
import { pages, tryPage } from './support/try-page.ts'

describe.each(pages)('docs/%s', name => tryPage(name, { copies: false }))

it('docs/README.md leads to every page', () => {
  const index = readFileSync(join(root, 'docs/README.md'), 'utf8')
  expect(pages.filter(name => name !== 'README.md' && !index.includes(`](${name})`))).toEqual([])
})

it('a console block is read as commands with what they print', () => {
  expect(commandsOf('$ one \\\n  more\nout\n\n  in\n$ two\n')).toEqual([
    { line: 'one \\\n  more', output: 'out\n\n  in' },
    { line: 'two', output: '' },
  ])
})
