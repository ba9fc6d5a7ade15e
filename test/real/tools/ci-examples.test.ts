/** examples/ci, action.yml and the hooks, before the schemas of those who read them. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { missing } from '../../support/program.ts'
import { imgtrust, root } from '../../support/run.ts'
import { fromPip } from './fetched.ts'

const tools = fromPip('check-jsonschema==0.39.0', 'kubernetes-validate==1.37.0')
afterAll(() => tools.remove())
const folder = join(root, 'examples/ci')

const SCHEMAS: Readonly<Record<string, readonly string[]>> = {
  'action.yml': ['vendor.github-actions'],
  'examples/ci/github.yml': ['vendor.github-workflows'],
  'examples/ci/gitlab.yml': ['vendor.gitlab-ci', '--data-transform', 'gitlab-ci'],
  'examples/ci/azure-pipelines.yml': ['vendor.azure-pipelines', '--regex-variant', 'nonunicode'],
  'examples/ci/circleci.yml': ['vendor.circle-ci'],
}

describe.skipIf(tools.why !== '')(`the schemas${tools.why && ` (skipped: ${tools.why})`}`, () => {
  for (const [file, schema] of Object.entries(SCHEMAS)) {
    it(`take ${file}`, () => {
      const { status, stdout } = spawnSync(
        join(tools.folder, 'bin/check-jsonschema'),
        ['--builtin-schema', ...schema, join(root, file)],
        { encoding: 'utf8' },
      )
      expect([status, stdout.trim()]).toEqual([0, 'ok -- validation done'])
    })
  }

  it.each([
    ['kubernetes-cronjob.yaml', 6],
    ['kubernetes-indexed-job.yaml', 3],
  ])('take %s, strictly', (file, documents) => {
    const { status, stdout, stderr } = spawnSync(
      join(tools.folder, 'bin/kubernetes-validate'),
      ['--strict', join(folder, file)],
      { encoding: 'utf8' },
    )
    expect([status, `${stdout}${stderr}`.match(/passed/g)?.length]).toEqual([0, documents])
  })
})

const absent = missing('pre-commit')
describe.skipIf(absent !== '')(`pre-commit${absent && ` (skipped: no ${absent})`}`, () => {
  it('takes the hooks and the example', () => {
    for (const args of [
      ['validate-manifest', join(root, '.pre-commit-hooks.yaml')],
      ['validate-config', join(folder, 'pre-commit-config.yaml')],
    ])
      expect(spawnSync('pre-commit', args, { encoding: 'utf8' }).status).toBe(0)
  })
})

describe('every example', () => {
  it('names the version of this package', () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    for (const name of readdirSync(folder)) {
      const text = readFileSync(join(folder, name), 'utf8')
      for (const match of text.matchAll(/IMGTRUST_VERSION(?:: | = |\n\s+value: )'([^']+)'/g))
        expect([name, match[1]]).toEqual([name, version])
    }
  })

  it('gives imgtrust words that it knows', async () => {
    for (const name of readdirSync(folder)) {
      const text = readFileSync(join(folder, name), 'utf8').replace(/\s+/g, ' ')
      for (const [, command = '', words = ''] of text.matchAll(
        /imgtrust@\$IMGTRUST_VERSION" (lint|scan)((?: "?[-$/.A-Za-z0-9_=:]+"?)*)/g,
      )) {
        const flags = [...words.matchAll(/--[a-z-]+/g)].map(match => match[0])
        const { stdout } = await imgtrust([command, '--help'])
        for (const flag of flags) expect([name, stdout.includes(flag), flag]).toEqual([name, true, flag])
      }
    }
  })
})

describe('the problem matcher', () => {
  it('reads the lines of --format github', async () => {
    const { problemMatcher } = JSON.parse(readFileSync(join(folder, 'problem-matcher.json'), 'utf8'))
    const [{ regexp, file, line, code, severity, message }] = problemMatcher[0].pattern
    const { stdout } = await imgtrust([
      'lint',
      'examples/addtrust/Dockerfile',
      '--at',
      '2020-05-31',
      '--format',
      'github',
    ])
    const lines = stdout.trimEnd().split('\n')
    const problems = lines.map(text => new RegExp(regexp).exec(text)!)
    expect(problems.map(found => [found[severity], found[file], found[line], found[code]])).toEqual([
      ['error', 'examples/addtrust/Dockerfile', '2', 'expired-root-kept'],
      ['warning', 'examples/addtrust/Dockerfile', '2', 'stale-base-image'],
    ])
    for (const found of problems) expect(found[message]).toMatch(/\.$/)
  })
})

describe("the indexed job's command", () => {
  it('scans each image of the list in one of the parts, which merge joins', async () => {
    const [, , job] = parseAllDocuments(
      readFileSync(join(folder, 'kubernetes-indexed-job.yaml'), 'utf8'),
    ).map(document => document.toJS())
    const { completions, template } = job.spec
    const [{ command, env }] = template.spec.containers
    const variables = Object.fromEntries(
      env.map(({ name, value }: { name: string; value: string }) => [name, value]),
    )
    expect(Number(variables.PARTS)).toBe(completions)
    const place = mkdtempSync(join(tmpdir(), 'imgtrust-indexed-'))
    try {
      const names = Array.from(
        { length: 12 },
        (_, i) => `docker-archive:${'./'.repeat(i)}examples/outage/image.tar`,
      )
      writeFileSync(join(place, 'images.txt'), names.join('\n'))
      const program = `${process.execPath} ${join(root, 'bin/run.js')}`
      const script = command[2]
        .replace('npx --yes "imgtrust@$IMGTRUST_VERSION"', program)
        .replace('/images/', `${place}/`)
        .replaceAll('"/reports/', `"${place}/`)
        .replaceAll('"json=/reports/', `"json=${place}/`)
      const run = (line: string, more: object = {}) =>
        spawnSync('sh', ['-ec', line], {
          cwd: root,
          encoding: 'utf8',
          env: { ...process.env, ...variables, ...more },
        })
      for (let index = 0; index < completions; index++)
        expect(run(script, { JOB_COMPLETION_INDEX: String(index) }).stderr).toBe('')
      const merged = run(`${program} merge ${place}/*.json --format json --fail-on never`)
      const whole = run(
        `${program} scan --from-file ${place}/images.txt --at "$AT" --format json --fail-on never --no-progress`,
      )
      expect(merged.stdout).toBe(whole.stdout)
      expect(JSON.parse(merged.stdout).targets).toHaveLength(12)
    } finally {
      rmSync(place, { recursive: true, force: true })
    }
  }, 120_000)
})

describe("the CronJob's script", () => {
  it('lists the images of all pages of pods', async () => {
    const [map] = parseAllDocuments(readFileSync(join(folder, 'kubernetes-cronjob.yaml'), 'utf8'))
      .map(document => document.toJS())
      .filter(({ kind }) => kind === 'ConfigMap')
    const place = mkdtempSync(join(tmpdir(), 'imgtrust-cronjob-'))
    const pod = (...images: string[]) => ({ spec: { containers: images.map(image => ({ image })) } })
    const pages: Readonly<Record<string, object>> = {
      '': { metadata: { continue: 'a b' }, items: [pod('b:1', 'a:1')] },
      'a b': {
        metadata: {},
        items: [{ spec: { initContainers: [{ image: 'c:1' }], containers: [{ image: 'a:1' }] } }],
      },
    }
    const server = createServer((request, response) => {
      const { searchParams, pathname } = new URL(request.url ?? '', 'http://localhost')
      const known = request.headers.authorization === 'Bearer secret' && pathname === '/api/v1/pods'
      response.statusCode = known ? 200 : 403
      response.end(JSON.stringify(pages[searchParams.get('continue') ?? ''] ?? {}))
    })
    try {
      await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
      const { port } = server.address() as { port: number }
      writeFileSync(join(place, 'images.mjs'), map.data['images.mjs'])
      writeFileSync(join(place, 'token'), 'secret\n')
      const { execFile } = await import('node:child_process')
      const out = await new Promise<string>((done, fail) =>
        execFile(
          process.execPath,
          [join(place, 'images.mjs')],
          { env: { ACCOUNT: place, API_SERVER: `http://127.0.0.1:${port}` } },
          (error, stdout) => (error ? fail(error) : done(stdout)),
        ),
      )
      expect(out).toBe('a:1\nb:1\nc:1\n')
    } finally {
      server.close()
      rmSync(place, { recursive: true, force: true })
    }
  })
})
