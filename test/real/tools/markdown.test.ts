/** Markdown, as GitHub's own renderer reads it: hostile names open nothing. */
import { execFileSync } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { missing } from '../../support/program.ts'
import { type Samples, samples } from './samples.ts'

const absent = missing('cmark-gfm')
describe.skipIf(absent !== '')(`cmark-gfm${absent && ` (skipped: no ${absent})`}`, () => {
  let sample: Samples
  beforeAll(async () => {
    sample = await samples('markdown', 'md')
  })
  afterAll(() => sample?.remove())

  const OURS = new Set([
    'h3',
    'h4',
    'p',
    'strong',
    'code',
    'pre',
    'table',
    'thead',
    'tbody',
    'tr',
    'th',
    'td',
  ])

  it('sees our elements alone: no link, image or HTML of a name', () => {
    for (const [what, file] of Object.entries(sample.files)) {
      // --unsafe: raw HTML would come through as it is.
      const html = execFileSync(
        'cmark-gfm',
        ['--unsafe', '-e', 'table', '-e', 'autolink', '-e', 'strikethrough', file],
        {
          encoding: 'utf8',
        },
      )
      const elements = new Set([...html.matchAll(/<\/?([a-z0-9!]+)/gi)].map(match => match[1]!.toLowerCase()))
      expect([what, [...elements].filter(element => !OURS.has(element))]).toEqual([what, []])
      const rows = html.match(/<tr>[\s\S]*?<\/tr>/g) ?? []
      for (const row of rows) expect([what, row.match(/<t[hd]/g)?.length]).toEqual([what, 6])
    }
  })
})
