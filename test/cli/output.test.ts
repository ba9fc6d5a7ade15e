/** What is printed arrives whole, whatever reads it. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { root } from '../support/run.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'imgtrust-output-'))
  // A report of more than a pipe holds (64 KiB on Linux).
  for (let index = 0; index < 200; index++)
    writeFileSync(join(folder, `${index}.Dockerfile`), 'FROM debian:10\nRUN curl -k https://example.com\n')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const LINT = `'${process.execPath}' '${join(root, 'bin/run.js')}' lint --at 2026-10-01 --format json .`

function shell(command: string) {
  return spawnSync('/bin/sh', ['-c', command], { cwd: folder, encoding: 'utf8', maxBuffer: 1e8 })
}

describe('a long report', () => {
  let whole: string
  beforeAll(() => {
    whole = shell(LINT).stdout
    expect(whole.length).toBeGreaterThan(200_000)
  })

  it('arrives whole at a reader that takes its time', () =>
    expect(shell(`${LINT} | (sleep 1; cat)`).stdout === whole).toBe(true))

  it('arrives whole in a file', () => {
    shell(`${LINT} > report.json`)
    expect(readFileSync(join(folder, 'report.json'), 'utf8') === whole).toBe(true)
  })

  const perl = spawnSync('perl', ['-e', '1']).status === 0
  it.skipIf(!perl)('arrives whole through a pipe that does not wait (O_NONBLOCK)', () => {
    const unwaiting = `perl -MFcntl -e 'fcntl(STDOUT, F_SETFL, O_WRONLY | O_NONBLOCK) or die; exec @ARGV' ${LINT}`
    expect(shell(`${unwaiting} | (sleep 1; cat)`).stdout === whole).toBe(true)
  })

  it('ends quietly, with its status, where the reader is gone', () => {
    const { stdout, stderr } = shell(`(${LINT}; echo "status $?" >&2) | head -c 5`)
    expect(stdout).toBe('{\n  "')
    expect(stderr).toBe('status 1\n')
  })

  const full = existsSync('/dev/full')
  it.skipIf(!full)('is no report where the disk is full: a line, and 2', () => {
    const { stderr, status } = shell(`${LINT} > /dev/full`)
    expect(stderr).toMatch(/^imgtrust: the output can't be written \(ENOSPC: [^\n]*\)\n$/)
    expect(status).toBe(2)
  })

  it('is no report where the file may not be so large: a line, and 2', () => {
    const { stderr, status } = shell(`ulimit -f 64; ${LINT} > cut.json`)
    expect(stderr).toMatch(/^imgtrust: the output can't be written \(EFBIG: [^\n]*\)\n$/)
    expect(status).toBe(2)
  })
})

it('what is thrown where nobody waits is told as a defect, not as findings', () => {
  const planted = join(folder, 'planted.cjs')
  writeFileSync(planted, "setImmediate(() => { throw new Error('planted') })\n")
  const { stderr, status } = shell(`NODE_OPTIONS='--require ${planted}' ${LINT} > /dev/null`)
  expect(stderr).toMatch(/^imgtrust: this is a defect of imgtrust, please report it: Error: planted\n/)
  expect(stderr).toContain('planted.cjs')
  expect(status).toBe(2)
})
