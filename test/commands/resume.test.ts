/** A scan that is killed, again and again, and goes on from its journal. */
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pemOfRoots } from '../support/fleet.ts'
import { writeRoot } from '../support/outage.ts'
import { imgtrust, root } from '../support/run.ts'

const IMAGES = 60
const ARGS = ['scan', '--from-file', 'list', '--no-progress', '--format', 'json', '--jobs', '1']
let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'imgtrust-resume-'))
  const pem = pemOfRoots('AddTrust External Root', 'ISRG Root X1')
  const names = Array.from({ length: IMAGES }, (_, i) => `root-${i}`)
  for (const name of names) {
    mkdirSync(join(folder, name))
    writeRoot(join(folder, name), pem)
  }
  writeFileSync(join(folder, 'list'), names.map(name => `dir:${name}`).join('\n'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const linesOf = (file: string) =>
  existsSync(join(folder, file)) ? readFileSync(join(folder, file), 'utf8').split('\n').length - 1 : 0

/** Runs until the journal has so many lines, then ends it; says whether it came to its end before. */
async function runUntil(lines: number, signal: NodeJS.Signals, ...args: string[]): Promise<boolean> {
  const child = spawn(process.execPath, [join(root, 'bin/run.js'), ...ARGS, '--resume', 'journal', ...args], {
    cwd: folder,
    stdio: 'ignore',
  })
  let ended = false
  child.on('exit', () => (ended = true))
  while (!ended && linesOf('journal') < lines) await sleep(2)
  child.kill(signal)
  while (!ended) await sleep(2)
  return child.signalCode === null && child.exitCode !== 130
}

describe('a scan with --resume', () => {
  it('says after any number of kills what it says at once', async () => {
    const at = ['--at', '2021-10-01']
    const whole = await imgtrust([...ARGS, ...at], { cwd: folder })
    for (const lines of [1, 2, 3, 17, 18, 40]) expect(await runUntil(lines, 'SIGKILL', ...at)).toBe(false)
    expect(await runUntil(50, 'SIGINT', ...at)).toBe(false)
    const known = linesOf('journal')
    expect(known).toBeGreaterThanOrEqual(50)
    // What is known is not read again: it need not even be there.
    rmSync(join(folder, 'root-0'), { recursive: true })
    const last = await imgtrust([...ARGS, '--resume', 'journal', ...at], { cwd: folder })
    expect(last.stdout).toBe(whole.stdout)
    expect(last.status).toBe(whole.status)
    expect(last.stderr).toMatch(/goes on from journal: \d+ judged as of 2021-10-01T00:00:00Z/)
    expect(existsSync(join(folder, 'journal'))).toBe(false)
    writeRoot(join(folder, 'root-0'), pemOfRoots('AddTrust External Root', 'ISRG Root X1'))
  }, 60_000)

  it('judges as of the instant at which it was begun, and refuses other settings', async () => {
    expect(await runUntil(5, 'SIGKILL')).toBe(false)
    const other = async (...args: string[]) =>
      (await imgtrust([...ARGS, '--resume', 'journal', ...args], { cwd: folder })).stderr
    expect(await other('--at', '2021-10-01')).toMatch(/was begun with --at .*say the same or nothing/)
    expect(await other('--rule', 'expired-root=off')).toMatch(/begun with another set of rules;/)
    writeFileSync(join(folder, 'baseline'), '{"version":1,"findings":[{"rule":"x","target":"y"}]}')
    expect(await other('--baseline', 'baseline')).toMatch(/begun with another baseline;/)
    writeFileSync(join(folder, '.imgtrust.yaml'), 'ignore:\n  - rule: expired-root\n    reason: known\n')
    expect(await other()).toMatch(/begun with another configuration;/)
    rmSync(join(folder, '.imgtrust.yaml'))
    const [, begun = ''] = /"at":(\d+)/.exec(readFileSync(join(folder, 'journal'), 'utf8')) ?? []
    const { stdout } = await imgtrust([...ARGS, '--resume', 'journal'], { cwd: folder })
    expect(Date.parse(JSON.parse(stdout).at)).toBe(Math.floor(Number(begun) / 1000) * 1000)
  }, 60_000)

  it('asks again for what failed', async () => {
    expect(await runUntil(3, 'SIGKILL', '--at', '2021-10-01')).toBe(false)
    expect(readFileSync(join(folder, 'journal'), 'utf8')).not.toContain('dir:root-59')
    rmSync(join(folder, 'root-59'), { recursive: true })
    const once = await imgtrust([...ARGS, '--resume', 'journal', '--at', '2021-10-01'], { cwd: folder })
    expect([once.status, JSON.parse(once.stdout).summary.failed]).toEqual([2, 1])
  }, 60_000)
})
