/** action.yml: its shell steps, run as the runner runs them, with the variables that GitHub sets. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { missing } from '../support/program.ts'
import { root } from '../support/run.ts'

interface Step {
  readonly uses?: string
  readonly run?: string
  readonly shell?: string
  readonly env?: Readonly<Record<string, string>>
}

const action = parse(readFileSync(join(root, 'action.yml'), 'utf8')) as {
  readonly inputs: Readonly<Record<string, { readonly default?: string }>>
  readonly outputs: Readonly<Record<string, { readonly value: string }>>
  readonly runs: { readonly steps: readonly Step[] }
}
const steps = action.runs.steps

describe('action.yml', () => {
  it('puts no expression into a script', () => {
    for (const { run } of steps) expect(run ?? '').not.toContain('${{')
  })
  it('pins what others wrote to a commit', () => {
    for (const { uses } of steps) if (uses !== undefined) expect(uses).toMatch(/@[0-9a-f]{40}$/)
  })
})

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'imgtrust-action-'))
  mkdirSync(join(folder, 'work'))
  mkdirSync(join(folder, 'temp'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

// Without it the action would install itself, here: over the modules that run this test.
beforeAll(() => {
  if (!existsSync(join(root, 'dist/cli/start.cjs'))) throw new Error('not built: npm run build comes first')
})

function runAction(inputs: Readonly<Record<string, string>>) {
  for (const name of Object.keys(inputs)) expect(Object.keys(action.inputs)).toContain(name)
  const value = (expression: string) => {
    const [context, name = ''] = expression.split('.')
    if (context === 'inputs') return inputs[name] ?? action.inputs[name]?.default ?? ''
    if (expression === 'github.action_path') return root
    throw new Error(`the test does not know ${expression}`)
  }
  const summary = join(folder, 'summary')
  const output = join(folder, 'output')
  writeFileSync(summary, '')
  writeFileSync(output, '')
  let status = 0
  let stdout = ''
  for (const { run, env = {} } of steps) {
    if (run === undefined || status !== 0) continue
    const script = join(folder, 'script.sh')
    writeFileSync(script, run)
    const own = Object.entries(env).map(([key, text]) => [
      key,
      text.replace(/\$\{\{\s*([\w.-]+)\s*\}\}/g, (_, expression: string) => value(expression)),
    ])
    // The runner's own way to start `shell: bash`.
    const ran = spawnSync('bash', ['--noprofile', '--norc', '-e', '-o', 'pipefail', script], {
      cwd: join(folder, 'work'),
      encoding: 'utf8',
      env: {
        PATH: process.env.PATH ?? '',
        HOME: folder,
        CI: 'true',
        GITHUB_ACTIONS: 'true',
        GITHUB_WORKSPACE: join(folder, 'work'),
        GITHUB_STEP_SUMMARY: summary,
        GITHUB_OUTPUT: output,
        RUNNER_TEMP: join(folder, 'temp'),
        ...Object.fromEntries(own),
      },
    })
    status = ran.status ?? -1
    stdout += ran.stdout + ran.stderr
  }
  return {
    status,
    stdout,
    summary: readFileSync(summary, 'utf8'),
    outputs: Object.fromEntries(
      readFileSync(output, 'utf8')
        .trimEnd()
        .split('\n')
        .map(line => line.split(/=(.*)/s).slice(0, 2)),
    ) as Record<string, string>,
  }
}

const absent = missing('bash')
describe.skipIf(absent !== '')(`the action's steps${absent && ` (skipped: no ${absent})`}`, () => {
  const dockerfile = (text: string) => writeFileSync(join(folder, 'work/Dockerfile'), text)

  it('annotates, summarises and hands out SARIF', () => {
    dockerfile('FROM alpine:3.11\nRUN apk add --no-cache curl\n')
    const { status, stdout, summary, outputs } = runAction({ at: '2026-11-23' })
    expect(status).toBe(1)
    expect(stdout).toMatch(/^::warning file=Dockerfile,line=1,.*title=end-of-life-base-image::/m)
    expect(summary).toMatch(/^### imgtrust: 1 warning/)
    expect(outputs).toEqual({ sarif: 'imgtrust.sarif', status: '1' })
    const log = JSON.parse(readFileSync(join(folder, 'work/imgtrust.sarif'), 'utf8'))
    expect(log.runs[0].results.length).toBeGreaterThan(0)
  })

  it('passes where nothing is to mend', () => {
    dockerfile('FROM scratch\nCOPY app /app\n')
    const { status, stdout, outputs } = runAction({})
    expect([status, stdout]).toEqual([0, ''])
    expect(outputs.status).toBe('0')
  })

  it('passes with findings below fail-on', () => {
    dockerfile('FROM alpine:3.11\n')
    expect(runAction({ 'fail-on': 'error' }).status).toBe(0)
  })

  it('scans, one target a line', () => {
    for (const name of ['one', 'two words']) mkdirSync(join(folder, 'work', name, 'etc'), { recursive: true })
    const { status, summary } = runAction({ command: 'scan', targets: 'dir:one\n\r\ndir:two words\n' })
    expect(status).toBe(0)
    expect(summary).toContain('`dir:two words`')
  })

  it('says 2 where a target can not be read, and hands out the report all the same', () => {
    const { status, outputs, stdout } = runAction({ targets: 'nope' })
    expect(status).toBe(2)
    expect(outputs).toEqual({ sarif: 'imgtrust.sarif', status: '2' })
    expect(stdout).toMatch(/^::error file=nope,/m)
  })

  it('takes no input for a flag, a command or an output', () => {
    const touch = '$(touch owned)`touch owned`; touch owned #'
    for (const inputs of [
      { targets: `--format=text\n${touch}` },
      { at: touch },
      { 'fail-on': touch },
      { command: touch },
      { command: 'rules' },
      { 'sarif-file': 'a\nstatus=0' },
    ]) {
      const { status, outputs } = runAction(inputs)
      expect(status).toBe(2)
      expect(outputs.status ?? '2').toBe('2')
      expect(existsSync(join(folder, 'work/owned'))).toBe(false)
    }
  })

  it('writes text and no summary where asked so', () => {
    dockerfile('FROM alpine:3.11\n')
    const { stdout, summary } = runAction({ annotations: 'false', summary: 'false' })
    expect(stdout).toMatch(/end-of-life-base-image/)
    expect(stdout).not.toMatch(/^::/m)
    expect(summary).toBe('')
  })
})
