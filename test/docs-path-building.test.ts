/** The table of docs/path-building.md is made of what real clients answered. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { answerOf, readTable } from './support/path-table.ts'
import { root } from './support/run.ts'

/** The case as it is measured, and what it is called on the page. */
const ROWS: Readonly<Record<string, string>> = {
  '2020, old root first':
    'the outage of 2020: cross certificate under an expired root, both roots in the store',
  '2020, new root missing': 'the same, the new root not in the store',
  '2021, old root first': 'the outage of 2021, both roots in the store',
  'twin roots, expired first': 'two roots of one name and key in the store, the expired one first',
  'root of another key first': 'two roots of one name and different keys in the store, the wrong one first',
  'intermediate as anchor': 'an intermediate in the store, its root not',
  'leaf as anchor': 'the server’s own certificate in the store, its issuer not',
  'root expired': 'the root has expired, nothing else leads on',
  'root without CA flag': 'a root without the CA flag',
  'path length of the root exceeded': 'more intermediates than the root allows',
  'root permits another name': 'a root limited to another name',
  'leaf signed with SHA-1': 'the server’s certificate signed with SHA-1',
  'leaf of 1024 bits': 'a key of RSA 1024',
  'common name alone': 'the name as common name alone',
  'wrong order': 'all that is needed is sent, in the wrong order',
}
const FAMILIES: readonly (readonly [string, RegExp])[] = [
  ['OpenSSL 1.0', /^OpenSSL 1\.0/],
  ['OpenSSL 1.1', /^OpenSSL 1\.1/],
  ['OpenSSL 3', /^OpenSSL 3/],
  ['LibreSSL 2.7', /^LibreSSL 2\.7/],
  ['GnuTLS 3.7, 3.8', /^GnuTLS 3\.[78]/],
  ['Java', /^OpenJDK/],
  ['Go', /^Go/],
  ['NSS', /^NSS/],
]

const measured = readTable()

/** `yes` and `no` where all clients of the family say the same, else how many of them accept. */
function cell(name: string, family: RegExp): string {
  const told = measured.clients.flatMap((client, index) => {
    const answer = family.test(`${client.library} ${client.libraryVersion}`)
      ? answerOf(measured, name, index)
      : null
    return answer ? [answer.accepted] : []
  })
  const yes = told.filter(Boolean).length
  if (told.length === 0) return '–'
  return yes === told.length ? 'yes' : yes === 0 ? 'no' : `${yes} of ${told.length}`
}

it('the page’s table is what was measured (UPDATE_README=1 writes it)', () => {
  const count = Object.values(measured.answers)
    .flat()
    .filter(answer => answer !== null).length
  const table = [
    `${count} answers of ${measured.clients.length} clients in ${Object.keys(measured.answers).length} cases, as of ${measured.measured}:`,
    '',
    `| does it accept | ${FAMILIES.map(([title]) => title).join(' | ')} |`,
    `| --- |${' --- |'.repeat(FAMILIES.length)}`,
    ...Object.entries(ROWS).map(([name, title]) => {
      if (!measured.answers[name]) throw new Error(`no such case: ${name}`)
      return `| ${title} | ${FAMILIES.map(([, family]) => cell(name, family)).join(' | ')} |`
    }),
  ].join('\n')
  const file = join(root, 'docs/path-building.md')
  const text = readFileSync(file, 'utf8')
  const between = /(<!-- measured -->\n)[\s\S]*?(<!-- end -->)/
  const actual = text.replace(between, (_, open: string, close: string) => `${open}\n${table}\n\n${close}`)
  expect(actual).toContain(table)
  if (process.env.UPDATE_README && !process.env.CI) writeFileSync(file, actual)
  else expect(text).toBe(actual)
})
