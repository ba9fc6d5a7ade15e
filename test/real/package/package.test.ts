/** What npm would publish: holds what users need and no more, installs into an empty folder, runs, and types. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { root, validReport } from '../../support/run.ts'

let folder: string
let files: string[]
let size: number
let tarball: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'imgtrust-package-'))
  const output = execFileSync('npm', ['pack', '--json', '--pack-destination', folder], {
    cwd: root,
    encoding: 'utf8',
  })
  const [packed] = JSON.parse(output.slice(output.indexOf('[\n')))
  files = packed.files.map((file: { path: string }) => file.path)
  size = packed.size
  tarball = join(folder, packed.filename)
  writeFileSync(join(folder, 'package.json'), '{ "name": "user", "type": "module" }')
  execFileSync('npm', ['install', '--offline', '--no-audit', '--no-fund', join(folder, packed.filename)], {
    cwd: folder,
    stdio: 'pipe',
  })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the packed tarball', () => {
  it('holds no sources, tests, scripts or secrets', () => {
    const strange = files.filter(
      path =>
        !/^(?:bin\/(?:run\.js|package\.json)|dist\/|schema\/|docs\/rules\/|oclif\.manifest\.json|package\.json|LICENSE|NOTICE|README\.md|CHANGELOG\.md)/.test(
          path,
        ),
    )
    expect(strange).toEqual([])
    expect(files.filter(path => /meta\.json|\.map$|\.tsx?$/.test(path) && !path.endsWith('.d.ts'))).toEqual(
      [],
    )
  })

  it('is small', () => expect(size).toBeLessThan(3_000_000))

  it('brings no other package', () => {
    const lock = JSON.parse(readFileSync(join(folder, 'node_modules/.package-lock.json'), 'utf8'))
    expect(Object.keys(lock.packages)).toEqual(['node_modules/imgtrust'])
  })
})

describe('the packed library', () => {
  // Where CI is set, publint colours what it says.
  const env = { ...process.env, NO_COLOR: '1' }
  const tool = (...args: string[]) => spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8', env })

  it('is without a remark of publint', () => {
    const { stdout } = tool(join(root, 'node_modules/publint/src/cli.js'), 'run', tarball, '--strict')
    expect(stdout).toMatch(/All good!\s*$/)
  })

  it('has types that resolve wherever modules can be imported', () => {
    const cli = join(root, 'node_modules/@arethetypeswrong/cli/dist/index.js')
    const { status, stdout } = tool(cli, tarball, '--profile', 'esm-only', '--format', 'json')
    expect(status).toBe(0)
    // The two kinds of resolution that know no modules are no promise of ours.
    const { problems } = JSON.parse(stdout)
    expect(Object.keys(problems).filter(kind => !/^(NoResolution|CJSResolvesToESM)$/.test(kind))).toEqual([])
  })

  it('is documented whole: typedoc has no remark', () => {
    const { status, stdout, stderr } = tool(join(root, 'node_modules/typedoc/bin/typedoc'), '--emit', 'none')
    expect([status, stdout + stderr]).toEqual([0, ''])
  })
})

describe('installed', () => {
  const run = (...args: string[]) =>
    spawnSync(join(folder, 'node_modules/.bin/imgtrust'), args, { cwd: folder, encoding: 'utf8', input: '' })

  it('tells its version', () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    expect(run('--version').stdout).toMatch(`imgtrust/${version} `)
  })

  it('lints', () => {
    writeFileSync(join(folder, 'Dockerfile'), 'FROM alpine:3.11\nRUN apk add --no-cache curl\n')
    const { status, stdout } = run('lint', '--format', 'json')
    expect(status).toBe(1)
    expect(validReport(stdout).targets[0]?.findings[0]?.rule).toBe('end-of-life-base-image')
  })

  it('names the licences of what is bundled', () => {
    const notice = readFileSync(join(folder, 'node_modules/imgtrust/dist/NOTICE'), 'utf8')
    for (const name of ['@oclif/core', 'dockerfile-ast', 'dockerode', 'unbash', 'Mozilla Public License'])
      expect(notice).toContain(name)
  })

  it('is a typed library', () => {
    writeFileSync(
      join(folder, 'user.ts'),
      `import { lint, scan, rules, JobError, type Report } from 'imgtrust'
const report: Report = await lint(['Dockerfile'], { at: Date.parse('2021-10-01T00:00:00Z') })
const first: 'error' | 'warning' | 'info' | undefined = report.targets[0]?.findings[0]?.severity
for await (const finding of scan(['dir:.'])) console.log(finding.target, finding.rule)
console.log(first !== undefined, (await rules()).length > 0, JobError.name)
// @ts-expect-error a severity is no number
const wrong: number = report.targets[0]!.findings[0]!.severity
console.log(wrong)
`,
    )
    const compiled = spawnSync(
      process.execPath,
      [
        join(root, 'node_modules/typescript/bin/tsc'),
        '--strict',
        '--target',
        'es2022',
        '--module',
        'nodenext',
        '--moduleResolution',
        'nodenext',
        '--types',
        'node',
        '--typeRoots',
        join(root, 'node_modules/@types'),
        'user.ts',
      ],
      { cwd: folder, encoding: 'utf8' },
    )
    expect(compiled.stdout).toBe('')
    const ran = spawnSync(process.execPath, ['user.js'], { cwd: folder, encoding: 'utf8' })
    expect(ran.stderr).toBe('')
    expect(ran.stdout).toMatch(/^true true JobError$/m)
  })
})
