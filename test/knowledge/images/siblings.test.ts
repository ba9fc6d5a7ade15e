import { describe, expect, it } from 'vitest'
import type { Contents, ContentsRow } from '../../../scripts/knowledge/images/contents.ts'
import type { Group } from '../../../scripts/knowledge/images/curated.ts'
import { likeSiblings } from '../../../scripts/knowledge/images/siblings.ts'

const bundle = '/etc/ssl/certs/ca-certificates.crt'
const group = (dir: string, commit: string, until: string | null): Group => ({
  repo: 'thing',
  tags: [dir],
  os: { id: 'debian', version: '13' },
  until,
  source: 'a/b',
  commit,
  dir,
})
const contents = (row: ContentsRow): Contents => ({
  row,
  days: row.s ? [null] : [],
  place: ['a/b', '0', 'x'],
  os: null,
  from: null,
  frozen: null,
})
const yes: ContentsRow = { s: [[bundle, [], 'package', 'debian', '12']], t: true, p: ['ca-certificates'] }
const unread: ContentsRow = { w: 'its Dockerfile could not be read' }

function told(rows: readonly ContentsRow[], days: readonly (string | null)[]): ContentsRow {
  const groups = rows.map((_row, index) => group(`${index}.1/slim`, `commit${index}`, days[index] ?? null))
  const traced = rows.map(row => ({ contents: contents(row), means: 'traced' as const }))
  return likeSiblings(groups, traced)[0]!.contents.row
}

describe('a Dockerfile that is not at hand', () => {
  it('did what two others of its variant did, in its own distribution', () => {
    expect(told([unread, yes, yes], [null, '2026-01-01', '2026-02-01'])).toEqual({
      ...yes,
      s: [[bundle, [], 'package', 'debian', '13']],
    })
  })

  it.each([
    ['one is too few', [unread, yes], [null, '2026-01-01']],
    ['they differ', [unread, yes, { s: [], t: false }], [null, '2026-01-01', '2026-02-01']],
    ['one of them is not known', [unread, yes, { w: 'why' }], [null, '2026-01-01', '2026-02-01']],
    ['they are too old', [unread, yes, yes], [null, '2020-01-01', '2020-02-01']],
  ])('stays unknown where %s', (_why, rows, days) => expect(told(rows, days)).toEqual(unread))
})
