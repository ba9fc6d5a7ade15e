/** The hooks, by the real pre-commit, from a clone of this commit: npm builds it, it finds, it passes. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { missing } from '../../support/program.ts'
import { root } from '../../support/run.ts'

const absent = missing('pre-commit', 'git', 'npm')
describe.skipIf(absent !== '')(`pre-commit${absent && ` (skipped: no ${absent})`}`, () => {
  let folder: string
  let sample: string
  const git = (cwd: string, ...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=test', '-c', 'user.email=test@example.invalid', ...args], {
      cwd,
      stdio: 'pipe',
      encoding: 'utf8',
    }).trim()

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'imgtrust-pre-commit-'))
    git(folder, 'clone', '--quiet', '--no-hardlinks', root, 'imgtrust')
    sample = join(folder, 'sample')
    mkdirSync(join(sample, 'deploy'), { recursive: true })
    git(sample, 'init', '--quiet')
    const rev = git(join(folder, 'imgtrust'), 'rev-parse', 'HEAD')
    write('.pre-commit-config.yaml', [
      'repos:',
      `  - repo: ${join(folder, 'imgtrust')}`,
      `    rev: ${rev}`,
      '    hooks:',
      '      - id: imgtrust-lint',
      '        args: [--at, "2026-11-23"]',
      '      - id: imgtrust-scan',
      '        args: ["dir:root", --at, "2026-11-23"]',
    ])
    write('readme.md', ['FROM alpine:3.11'])
    write('Dockerfile.dockerignore', ['*.md'])
    mkdirSync(join(sample, 'root/etc'), { recursive: true })
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  const write = (name: string, lines: readonly string[]) => {
    writeFileSync(join(sample, name), `${lines.join('\n')}\n`)
    git(sample, 'add', name)
  }
  const preCommit = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync('pre-commit', args, {
      cwd: sample,
      encoding: 'utf8',
      env: { ...process.env, PRE_COMMIT_HOME: join(folder, 'home') },
    })
    return { status, output: stdout + stderr }
  }

  it('builds from a clone with npm alone, and has nothing to do without a Dockerfile', () => {
    const { status, output } = preCommit('run', '--all-files')
    expect([status, output]).toEqual([0, expect.stringMatching(/imgtrust lint.*no files to check.*Skipped/)])
  })

  it('finds, in every kind of name', () => {
    for (const name of ['Dockerfile', 'deploy/app.Containerfile', 'Dockerfile.dev', 'web.dockerfile']) {
      write(name, ['FROM alpine:3.11', 'RUN apk add --no-cache curl'])
      const { status, output } = preCommit('run', 'imgtrust-lint', '--files', name)
      expect(output).toMatch(/imgtrust lint.*Failed/)
      expect(output).toMatch(/end-of-life-base-image/)
      expect(status).toBe(1)
    }
  })

  it('stops a commit, and lets the mended one through', () => {
    preCommit('install')
    const commit = () =>
      spawnSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.invalid', 'commit', '-m', 'x'], {
        cwd: sample,
        encoding: 'utf8',
        env: { ...process.env, PRE_COMMIT_HOME: join(folder, 'home') },
      })
    expect(commit().status).toBe(1)
    for (const name of ['Dockerfile', 'deploy/app.Containerfile', 'Dockerfile.dev', 'web.dockerfile'])
      write(name, ['FROM scratch', 'COPY app /app'])
    const second = commit()
    expect(second.stdout + second.stderr).toMatch(/imgtrust lint.*Passed/)
    expect(second.status).toBe(0)
  })

  it('mends as hooks do: a first run changes the file and fails, a second one passes', () => {
    writeFileSync(
      join(sample, 'fix.yaml'),
      [
        'repos:',
        `  - repo: ${join(folder, 'imgtrust')}`,
        `    rev: ${git(join(folder, 'imgtrust'), 'rev-parse', 'HEAD')}`,
        '    hooks:',
        '      - id: imgtrust-lint',
        '        args: [--fix, --at, "2020-05-31", --fail-on, error]',
        '',
      ].join('\n'),
    )
    const before = readFileSync(join(root, 'examples/addtrust/Dockerfile'), 'utf8')
    write('mend.Dockerfile', before.trimEnd().split('\n'))
    const mend = () => preCommit('run', '--config', 'fix.yaml', '--files', 'mend.Dockerfile')
    const first = mend()
    expect(first.output).toMatch(/imgtrust lint.*Failed[\s\S]*files were modified by this hook/)
    expect(first.status).toBe(1)
    const text = readFileSync(join(sample, 'mend.Dockerfile'), 'utf8')
    expect(text).toMatch(
      /^RUN sed -i "\/AddTrust_External_Root\.crt\/d" .* && update-ca-certificates -f -v$/m,
    )
    const second = mend()
    expect([second.status, second.output]).toEqual([0, expect.stringMatching(/imgtrust lint.*Passed/)])
    expect(readFileSync(join(sample, 'mend.Dockerfile'), 'utf8')).toBe(text)
  })

  it('scans when asked by hand', () => {
    const { status, output } = preCommit('run', '--hook-stage', 'manual', 'imgtrust-scan', '--verbose')
    expect(output).toMatch(/imgtrust scan.*Passed/)
    expect(output).toMatch(/no trust store found/)
    expect(status).toBe(0)
  })

  it('can be tried without being configured', () => {
    const args = ['try-repo', join(folder, 'imgtrust'), 'imgtrust-lint', '--files', 'Dockerfile', '--verbose']
    const { status, output } = preCommit(...args)
    expect(output).toMatch(/imgtrust lint.*Passed/)
    expect(status).toBe(0)
  })
})
