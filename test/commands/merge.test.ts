/** Parts of a list, scanned apart and joined; NDJSON that comes while a scan goes on. */
import { spawn } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pemOfRoots } from '../support/fleet.ts'
import { writeRoot } from '../support/outage.ts'
import { imgtrust, root, validReport } from '../support/run.ts'

const AT = ['--at', '2021-10-01', '--no-progress', '--no-config']
const PARTS = 4
let folder: string
const scan = (...args: string[]) => imgtrust(['scan', ...args, ...AT], { cwd: folder })
const merge = (...args: string[]) => imgtrust(['merge', '--no-config', ...args], { cwd: folder })

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'imgtrust-merge-'))
  const names = Array.from({ length: 9 }, (_, i) => `root-${i}`)
  for (const name of names) {
    mkdirSync(join(folder, name))
    writeRoot(join(folder, name), pemOfRoots('AddTrust External Root', 'ISRG Root X1'))
  }
  copyFileSync(join(root, 'examples/outage/image.tar'), join(folder, 'image.tar'))
  const targets = [...names.map(name => `dir:${name}`), 'image.tar', 'dir:nowhere']
  writeFileSync(join(folder, 'list'), targets.join('\n'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('parts of a list that are merged', () => {
  let whole: string
  const parts = Array.from({ length: PARTS }, (_, i) => `part-${i + 1}.json`)
  beforeAll(async () => {
    whole = (await scan('--from-file', 'list', '--format', 'json')).stdout
    for (const [index, file] of parts.entries()) {
      const number = `${index + 1}/${PARTS}`
      const { stdout } = await scan(
        '--from-file',
        'list',
        '--shard',
        number,
        '--format',
        'ndjson',
        '--output',
        `json=${file}`,
      )
      writeFileSync(join(folder, file.replace('json', 'ndjson')), stdout)
      expect(validReport(readFileSync(join(folder, file), 'utf8')).shard).toMatchObject({ number: index + 1 })
    }
  }, 60_000)

  it('are what one run says, byte for byte, in any order and form, and end as it ends', async () => {
    const joined = await merge(...parts.toReversed(), '--format', 'json')
    expect(joined.stdout).toBe(whole)
    expect(validReport(joined.stdout).fleet?.images).toBe(10)
    expect(joined.status).toBe(2)
    expect(joined.stderr).toContain('nowhere')
    const lines = await merge(...parts.map(file => file.replace('json', 'ndjson')), '--format', 'json')
    expect(lines.stdout).toBe(whole)
    const mixed = await merge('part-1.ndjson', ...parts.slice(1), '--format', 'ndjson')
    expect(mixed.stdout).toBe((await scan('--from-file', 'list', '--format', 'ndjson')).stdout)
  })

  it('that are not all there are refused, unless that is meant', async () => {
    const some = await merge(...parts.slice(1))
    expect([some.status, some.stderr]).toEqual([
      2,
      expect.stringMatching(/part 1 of 4 is missing.*--partial/),
    ])
    const partial = await merge(...parts.slice(1), '--partial', '--format', 'json')
    expect(validReport(partial.stdout).targets.length).toBeLessThan(11)
    const twice = await merge(...parts, 'part-1.ndjson')
    expect(twice.stderr).toMatch(/both part 1 of 4/)
  })

  it('that were judged on two days are refused', async () => {
    await imgtrust(['scan', 'image.tar', '--at', '2020-01-01', '--output', 'json=other.json'], {
      cwd: folder,
    })
    const { status, stderr } = await merge('other.json', 'part-1.json')
    expect(status).toBe(2)
    expect(stderr).toMatch(/2020-01-01T00:00:00Z and 2021-10-01T00:00:00Z \(--at\)/)
  })

  it.each([
    [[], /name the reports/],
    [['nowhere.json'], /nowhere\.json can't be read/],
    [['list'], /list is no report of imgtrust/],
    [['image.tar'], /image\.tar is no report of imgtrust/],
  ])('%j is one line and 2', async (args, words) => {
    const { status, stderr } = await merge(...args)
    expect(status).toBe(2)
    expect(stderr).toMatch(words)
    expect(stderr.trim().split('\n')).toHaveLength(1)
  })

  it('take --fail-on as a scan does', async () => {
    await imgtrust(['scan', 'image.tar', '--at', '2020-05-31', '--output', 'json=one.json'], { cwd: folder })
    expect((await merge('one.json')).status).toBe(1)
    expect((await merge('one.json', '--fail-on', 'never')).status).toBe(0)
    const page = await merge('one.json', '--format', 'html', '--fail-on', 'error')
    expect([page.status, page.stdout.slice(0, 15)]).toEqual([0, '<!doctype html>'])
  })
})

describe('NDJSON', () => {
  it('comes target by target, in their order, while the next is still read', async () => {
    const args = ['scan', 'dir:root-0', 'dir:root-1', '-', 'dir:root-2', '--format', 'ndjson', ...AT]
    const child = spawn(process.execPath, [join(root, 'bin/run.js'), ...args, '--output', 'ndjson=lines'], {
      cwd: folder,
    })
    let stdout = ''
    child.stdout.setEncoding('utf8')
    // Standard input never ends: its target can't be judged.
    for await (const chunk of child.stdout) {
      stdout += chunk
      if (stdout.includes('"type":"target","target":"dir:root-1"') && stdout.endsWith('\n')) break
    }
    const file = readFileSync(join(folder, 'lines'), 'utf8')
    child.kill('SIGKILL')
    // One of both is a moment ahead.
    expect(file.startsWith(stdout) || stdout.startsWith(file)).toBe(true)
    expect(file).toContain('dir:root-0')
    const types = stdout
      .trim()
      .split('\n')
      .map(line => JSON.parse(line))
    expect(types.filter(({ type }) => type === 'target').map(({ target }) => target)).toEqual([
      'dir:root-0',
      'dir:root-1',
    ])
  })

  it('is on standard output what it is in a file, and what the report says', async () => {
    const { stdout } = await scan(
      '--from-file',
      'list',
      '--format',
      'ndjson',
      '--output',
      'ndjson=all',
      '--output',
      'json=all.json',
    )
    expect(readFileSync(join(folder, 'all'), 'utf8')).toBe(stdout)
    expect((await merge('all.json', '--format', 'ndjson')).stdout).toBe(stdout)
  })

  it('ends quietly where nobody reads it, and says what file it can’t write', async () => {
    const command = `"$0" "$1" scan --from-file list --format ndjson ${AT.join(' ')} | head -n 1`
    const child = spawn('sh', ['-c', command, process.execPath, join(root, 'bin/run.js')], { cwd: folder })
    let stderr = ''
    child.stderr.setEncoding('utf8').on('data', chunk => (stderr += chunk))
    await new Promise(done => child.on('close', done))
    expect(stderr).toBe('')
    const { status, stderr: said } = await scan('dir:root-0', '--output', 'ndjson=no/such/folder')
    expect([status, said]).toEqual([2, expect.stringMatching(/ndjson=no\/such\/folder: can't be written/)])
  })
})
