/** What a user does wrong gives one line (what, where, what to do), exit status 2, no stack, and a valid report. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { imgtrust, imgtrustJson } from '../support/run.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'imgtrust-bad-'))
  writeFileSync(join(folder, 'empty'), '')
  writeFileSync(join(folder, 'binary'), Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 1, 2, 3]))
  writeFileSync(join(folder, 'no-from'), 'RUN echo hello\n')
  writeFileSync(join(folder, 'broken'), 'FROM alpine\nRNU echo hello\n')
  writeFileSync(join(folder, 'good'), 'FROM alpine:3.11\n')
  writeFileSync(join(folder, 'garbage.tar'), Buffer.alloc(4096, 'garbage '))
  mkdirSync(join(folder, 'folder'))
  if (process.platform === 'linux') execFileSync('mkfifo', [join(folder, 'fifo')])
})
afterAll(() => rmSync(folder, { recursive: true }))

function isOneLine(stderr: string): void {
  expect(stderr.trim().split('\n')).toHaveLength(1)
  expect(stderr).toMatch(/^imgtrust: /)
  expect(stderr).not.toMatch(/\bat .*\.[jt]s:\d+/)
}

describe('lint', () => {
  it.each([
    ['nowhere', /nowhere: no such file or folder/],
    ['empty', /empty: empty/],
    ['binary', /binary: binary data/],
    ['no-from', /FROM/],
    ['broken', /RNU/],
    ['folder', /folder: no Dockerfile in this folder/],
  ])('%s', async (name, words) => {
    const { status, stderr, report } = await imgtrustJson(['lint', name], { cwd: folder })
    expect(status).toBe(2)
    isOneLine(stderr)
    expect(stderr).toMatch(words)
    expect(report.summary.failed).toBe(1)
    expect(stderr).toBe(`imgtrust: ${report.targets[0]?.error}\n`)
  })

  it.skipIf(process.platform !== 'linux')('a FIFO does not hang', async () => {
    const { status, stderr } = await imgtrustJson(['lint', 'fifo'], { cwd: folder })
    expect(status).toBe(2)
    expect(stderr).toMatch(/neither a file nor a folder|not a regular file/)
  })

  it('the other targets are still done, and 2 wins over 1', async () => {
    const { status, report } = await imgtrustJson(['lint', 'nowhere', 'good'], { cwd: folder })
    expect(status).toBe(2)
    expect(report.targets.map(target => target.error === null)).toEqual([false, true])
    expect(report.targets[1]?.findings.map(finding => finding.rule)).toContain('end-of-life-base-image')
  })

  it('the current folder without a Dockerfile is a line and 0', async () => {
    const { status, stderr } = await imgtrust(['lint'], { cwd: join(folder, 'folder') })
    expect(status).toBe(0)
    expect(stderr).toBe('imgtrust: no Dockerfile here; name a file or a folder\n')
  })

  it('an empty standard input', async () => {
    const { status, stderr } = await imgtrustJson(['lint', '-'], { stdin: '' })
    expect(status).toBe(2)
    isOneLine(stderr)
  })
})

describe('flags', () => {
  it.each([
    [['lint', '--at', 'yesterday'], /--at yesterday/],
    [['lint', '--fail-on', 'fatal'], /fatal/],
    [['lint', '--format', 'xml'], /xml/],
    [['lint', '--rule', 'no-such-rule=off'], /no rule 'no-such-rule'/],
    [['lint', '--rule', 'expired-root=fatal'], /error, warning, info or off/],
    [['lint', '--expiring-within', 'soon'], /'soon' is no duration/],
    [['lint', '--output', 'report.json'], /FORMAT=FILE/],
    [['lint', '--nonsense'], /nonsense/],
    [['nonsense'], /nonsense/],
    [['scan'], /image/],
    [['rules', 'no-such-rule'], /no rule 'no-such-rule'/],
  ])('%j', async (args, words) => {
    const { status, stderr, stdout } = await imgtrust(args, { cwd: folder })
    expect(status).toBe(2)
    expect(stderr).toMatch(words)
    expect(stderr).not.toMatch(/\bat .*\.[jt]s:\d+/)
    expect(stdout).toBe('')
  })
})

describe('scan', () => {
  it.each([
    ['docker-archive:nowhere.tar', /nowhere\.tar/],
    ['docker-archive:garbage.tar', /garbage\.tar/],
    ['oci-dir:folder', /folder/],
    ['dir:nowhere', /nowhere/],
    ['Alpine:3.11', /Alpine/],
    ['alpine@sha256:123', /sha256:123/],
  ])('%s', async (name, words) => {
    const { status, stderr, report } = await imgtrustJson(['scan', name], { cwd: folder })
    expect(status).toBe(2)
    isOneLine(stderr)
    expect(stderr).toMatch(words)
    expect(report.targets[0]?.error).toMatch(words)
  })

  it('an unreachable registry', async () => {
    const server = createServer()
    await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
    const { port } = server.address() as { port: number }
    await new Promise(done => server.close(done))
    const { status, stderr } = await imgtrustJson([
      'scan',
      '--plain-http',
      `127.0.0.1:${port}`,
      `127.0.0.1:${port}/app:1`,
    ])
    expect(status).toBe(2)
    isOneLine(stderr)
    expect(stderr).toMatch(/nothing listens there/)
  })

  it('--offline asks no registry', async () => {
    const { status, stderr } = await imgtrustJson(['scan', '--offline', 'registry:alpine:3.11'])
    expect(status).toBe(2)
    expect(stderr).toMatch(/offline/)
  })
})
