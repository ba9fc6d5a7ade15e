/**
 * Lints the Dockerfiles of public repositories: `npm run corpus -- [--at DAY] [--seed WORD] [--most N]
 * [--checkouts DIR] [--out DIR] [--told FILE] DIR…`. Each DIR is a checkout, a bare repository, or a folder of such; nothing is
 * fetched. Of each repository at most `--most` files are taken by chance (or what `repositories.json` in `--out` says
 * for it in `take`), of equal files one. Writes `repositories.json` and `snapshot.json` into `--out` (test/corpus), and
 * docs/corpus.md where that is the project's own; `--told FILE` gets every finding with its message, for reading.
 */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { addDays, parseInstant } from '../../src/clock.ts'
import { dockerfilesUnder } from '../../src/discover.ts'
import { knowledgeDate } from '../../src/knowledge/status.ts'
import { lintFile } from './lint.ts'
import { corpusPage } from './page.ts'
import { filesOf, repositoriesUnder } from './repositories.ts'
import { sample } from './sample.ts'
import { countOf, type Linted, snapshotOf } from './snapshot.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    at: { type: 'string', default: knowledgeDate() },
    seed: { type: 'string', default: 'corpus' },
    most: { type: 'string', default: '100' },
    checkouts: { type: 'string' },
    out: { type: 'string', default: 'test/corpus' },
    told: { type: 'string' },
  },
})

/** One repository of the corpus, as it is kept. */
interface Entry {
  readonly repository: string
  readonly commit: string
  /** How many Dockerfiles it has. */
  readonly dockerfiles: number
  /** How many were linted. */
  readonly linted: number
  /** How many are taken of it, where that is not what is taken of all. */
  readonly take?: number
}

const at = parseInstant(values.at)
if (at === null || positionals.length === 0) {
  console.error('npm run corpus -- [--at DAY] [--seed WORD] [--most N] [--checkouts DIR] [--out DIR] DIR…')
  process.exit(2)
}
const checkouts = values.checkouts ?? mkdtempSync(join(tmpdir(), 'imgtrust-corpus-'))
mkdirSync(checkouts, { recursive: true })
const list = join(values.out, 'repositories.json')
const kept = new Map(
  (existsSync(list) ? (JSON.parse(readFileSync(list, 'utf8')) as Entry[]) : []).map(one => [
    one.repository,
    one,
  ]),
)

const entries: Entry[] = []
const linted: Linted[] = []
const seen = new Set<string>()
let spent = 0
for (const repository of positionals.flatMap(repositoriesUnder)) {
  const { name, commit } = repository
  if (entries.some(entry => entry.repository === name)) continue
  const folder = filesOf(repository, checkouts)
  const found = dockerfilesUnder(folder).map(file => relative(folder, file))
  const take = kept.get(name)?.take
  let count = 0
  for (const path of sample(found, take ?? Number(values.most), values.seed)) {
    const file = join(folder, path)
    const text = createHash('sha256').update(readFileSync(file)).digest('base64')
    if (seen.has(text)) continue
    seen.add(text)
    count++
    const result = await lintFile(file, { at, expiringWithin: addDays(0, 90) })
    spent += result.milliseconds
    linted.push({ file: `${name}/${path}`, repository: name, result })
  }
  if (found.length > 0)
    entries.push({
      repository: name,
      commit,
      dockerfiles: found.length,
      linted: count,
      ...(take === undefined ? {} : { take }),
    })
  if (!values.checkouts && folder !== repository.tree) rmSync(folder, { recursive: true, force: true })
}
if (!values.checkouts) rmSync(checkouts, { recursive: true, force: true })

const snapshot = snapshotOf(linted, {
  at: values.at,
  knowledge: knowledgeDate(),
  seconds: spent / 1000,
  peakMegabytes: process.resourceUsage().maxRSS / 1024,
})
mkdirSync(values.out, { recursive: true })
writeFileSync(list, `[\n${entries.map(entry => `  ${JSON.stringify(entry)}`).join(',\n')}\n]\n`)
writeFileSync(join(values.out, 'snapshot.json'), `${JSON.stringify(snapshot, null, 1)}\n`)
if (resolve(values.out) === resolve('test/corpus')) writeFileSync('docs/corpus.md', corpusPage(snapshot))
if (values.told !== undefined) {
  const lines = linted.flatMap(({ file, result }) =>
    result.findings.map(({ rule, severity, line, message }) =>
      JSON.stringify({ file, line, rule, severity, message }),
    ),
  )
  writeFileSync(values.told, `${lines.join('\n')}\n`)
}
const total = (severity: string) =>
  Object.values(snapshot.findings).reduce((sum, found) => sum + countOf(found, severity), 0)
console.log(
  `${snapshot.files} files of ${snapshot.repositories} repositories in ${snapshot.run.seconds} s, ` +
    `${snapshot.run.peakMegabytes} MB: ${total('error')} errors, ${total('warning')} warnings, ${total('info')} infos in ` +
    `${snapshot.withFindings} files; ${snapshot.crashed.length} crashes`,
)
for (const { file, result } of linted) if (result.crashed) console.error(`${file}: ${result.error}`)
