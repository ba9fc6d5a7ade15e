/** Several targets, lists of them, and a scan that is interrupted. */

import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { packTar } from '../support/image.ts'
import { imgtrust, imgtrustJson, root } from '../support/run.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'imgtrust-targets-'))
  for (const name of ['one', 'two']) {
    mkdirSync(join(folder, name, 'etc'), { recursive: true })
    writeFileSync(join(folder, name, 'etc/os-release'), 'ID=alpine\nVERSION_ID=3.20.3\n')
  }
  writeFileSync(join(folder, 'list'), '# what runs\n\ndir:one\r\n  dir:two  \ndir:nowhere\n')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('--from-file', () => {
  it('takes a target a line; one that fails does not stop the others, and is 2', async () => {
    const { report, status, stderr } = await imgtrustJson(['scan', '--from-file', 'list'], { cwd: folder })
    expect(report.targets.map(({ target, error }) => [target, error === null])).toEqual([
      ['dir:one', true],
      ['dir:two', true],
      ['dir:nowhere', false],
    ])
    expect(status).toBe(2)
    expect(stderr.trim().split('\n')).toHaveLength(1)
  })

  it('stands beside targets that are named', async () => {
    const { report } = await imgtrustJson(['scan', 'dir:two', '--from-file', '-'], {
      cwd: folder,
      stdin: 'dir:one\n',
    })
    expect(report.targets.map(({ target }) => target).sort()).toEqual(['dir:one', 'dir:two'])
  })

  it('takes a target once, however often it is named', async () => {
    const { report } = await imgtrustJson(['scan', 'dir:one', '--from-file', '-'], {
      cwd: folder,
      stdin: 'dir:two\ndir:one\ndir:two\n',
    })
    expect(report.targets.map(({ target }) => target).sort()).toEqual(['dir:one', 'dir:two'])
  })

  it.each([
    ['nowhere.txt', '', /nowhere\.txt/],
    ['-', '# nothing\n', /no target|name an image/],
  ])('%s, %j is one line and 2', async (name, stdin, words) => {
    const { status, stderr } = await imgtrust(['scan', '--from-file', name], { cwd: folder, stdin })
    expect(status).toBe(2)
    expect(stderr).toMatch(words)
    expect(stderr.trim().split('\n')).toHaveLength(1)
  })
})

it('Ctrl-C ends a scan with 130 and no stack', async () => {
  const child = spawn(process.execPath, [join(root, 'bin/run.js'), 'scan', '-'], { cwd: folder })
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', chunk => (stderr += chunk))
  child.stdin.on('error', () => {})
  const ended = new Promise<number | null>(done => child.on('close', status => done(status)))
  // An archive that never goes on; more of it than a pipe holds is taken by a scan that is under way alone.
  const archive = await packTar([[{ name: 'x' }, Buffer.alloc(8 << 20)]])
  await new Promise(taken => child.stdin.write(archive.subarray(0, 4 << 20), taken))
  const ask = setInterval(() => child.kill('SIGINT'), 700)
  const status = await ended
  clearInterval(ask)
  expect(status).toBe(130)
  expect(stderr).not.toMatch(/\bat .*\.[jt]s:\d+/)
}, 20_000)
