/**
 * Measures imgtrust beside its peers and prints the table: `npm run bench [-- ROW…]`. See README.md.
 * What is measured and progress go to standard error, the table to standard output.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, tmpdir, totalmem } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { type MeasuredRow, measureRow } from './measure.ts'
import { findPeer, installPeers, peers, versionOf } from './peers.ts'
import { replacePart, rowsPage } from './readme.ts'
import type { Bench } from './row.ts'
import { rows } from './rows/index.ts'
import { Runner } from './runner.ts'
import { commands, list, markdown, plain, type Result } from './table.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    list: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    runs: { type: 'string' },
    work: { type: 'string', default: join(tmpdir(), 'imgtrust-bench') },
    corpus: { type: 'string', multiple: true, default: [] },
    peers: { type: 'string' },
    'install-peers': { type: 'boolean', default: false },
    json: { type: 'string' },
    readme: { type: 'boolean', default: false },
  },
})

const root = fileURLToPath(new URL('..', import.meta.url))
const work = resolve(values.work)
const peersFolder = resolve(values.peers ?? join(work, 'peers'))
const started = performance.now()
const say = (line: string) => {
  console.error(`${((performance.now() - started) / 1000).toFixed(0).padStart(5)} s  ${line}`)
}

const runs = values.runs === undefined ? null : Number(values.runs)
const mistake = mistaken()
if (mistake !== null) {
  console.error(mistake)
  process.exit(2)
}
const page = join(root, 'bench/README.md')
if (values.list) {
  if (values.readme) replacePart(page, 'rows', rowsPage(rows))
  console.log(list(rows))
} else if (values['install-peers']) {
  mkdirSync(peersFolder, { recursive: true })
  for (const [name, why] of Object.entries(installPeers(peersFolder, say))) say(`${name} is not here: ${why}`)
  for (const [name, version] of Object.entries(versions())) console.log(`${name} ${version}`)
} else await bench()

/** What is wrong with the command line, or missing; null where nothing is. */
function mistaken(): string | null {
  const unknown = positionals.filter(id => !rows.some(row => row.id === id))
  if (unknown.length > 0) return `no row ${unknown.join(', ')}; --list names them`
  if (runs !== null && !(Number.isInteger(runs) && runs > 0)) return '--runs takes a number from 1 on'
  if (values.list || values['install-peers']) return null
  if (values.readme && positionals.length > 0) return '--readme takes the whole table: name no row'
  const python = spawnSync('python3', ['--version']).status === 0
  return python ? null : 'python3 is not here: the bench asks it what processes take; install it'
}

function versions(): Record<string, string> {
  const found = peers.map(peer => [peer, findPeer(peer.name, peersFolder)] as const)
  return Object.fromEntries(
    found.map(([peer, path]) => [peer.name, path === null ? 'not here' : versionOf(peer, path)]),
  )
}

async function bench(): Promise<void> {
  const home = join(work, 'home')
  const folder = join(work, 'empty')
  for (const one of [home, folder, join(home, 'tmp')]) mkdirSync(one, { recursive: true })
  const path = [join(peersFolder, 'bin'), join(peersFolder, 'venv/bin'), process.env.PATH ?? ''].join(
    delimiter,
  )
  const env = { PATH: path, HOME: home, TMPDIR: join(home, 'tmp'), LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8' }
  const runner = new Runner(env, folder)
  const settings: Bench = {
    root,
    work,
    corpus: values.corpus,
    node: [process.execPath, '-e', '0'],
    imgtrust: (...words) => [process.execPath, join(root, 'bin/run.js'), ...words],
    peer: name => findPeer(name, peersFolder),
    say,
  }
  const chosen = rows.filter(({ id }) => positionals.length === 0 || positionals.includes(id))
  const measured: MeasuredRow[] = []
  const load = Math.round(loadavg()[0]! * 10) / 10
  for (const row of chosen) {
    say(`${row.id}: ${row.title}`)
    const done = await measureRow(row, settings, runner, runs ?? row.rounds[values.quick ? 1 : 0])
    console.error(plain(done))
    measured.push(done)
  }
  runner.close()
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
  const result: Result = {
    day: new Date().toISOString().slice(0, 10),
    machine: `${cpus().length} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform}`,
    load,
    versions: { imgtrust: version, 'Node.js': process.version, ...versions() },
    rows: measured,
  }
  console.log(`${markdown(result)}\n${commands(result)}`)
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(result, null, 1)}\n`)
  if (values.readme) replacePart(page, 'table', markdown(result))
  const missed = measured.flatMap(({ id, claims }) =>
    claims.filter(({ met }) => met === 'no').map(claim => `${id}: ${claim.what}`),
  )
  say(missed.length === 0 ? 'every must that was told is met' : `not met: ${missed.join('; ')}`)
}
