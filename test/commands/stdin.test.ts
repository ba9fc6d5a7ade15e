/** What a pipe holds is read only where a user says `-`: a loop in a shell script leaves its own list on standard input. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { imgtrust } from '../support/run.ts'

const empty = mkdtempSync(join(tmpdir(), 'imgtrust-stdin-'))
afterAll(() => rmSync(empty, { recursive: true, force: true }))

describe('standard input is no argument', () => {
  it.each([
    [['lint'], 0, /nothing to mend/],
    [['rules'], 0, /^Of a Dockerfile/],
    [['roots', 'list'], 0, /all roots that the built-in facts know/],
    [['forecast'], 0, /nothing changes/],
    [['scan'], 2, /^$/],
    [['roots', 'show'], 2, /^$/],
  ])('of imgtrust %j', async (args, expected, said) => {
    const { status, stdout } = await imgtrust(args, { cwd: empty, stdin: 'expired-root\n' })
    expect([status, stdout]).toEqual([expected, expect.stringMatching(said)])
  })
})
