/** Runs the built program as a user does, and validates every JSON report that it prints. */
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { Ajv } from 'ajv'
import type { Report } from '../../src/report/report.ts'

export const root = resolve(import.meta.dirname, '../..')

/** Not the developer's: what an older checkout has kept there would be believed. */
const cacheFolder = mkdtempSync(join(tmpdir(), 'imgtrust-cache-'))
process.once('exit', () => rmSync(cacheFolder, { recursive: true, force: true }))

export interface Run {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  readonly cwd?: string
  readonly stdin?: string | Uint8Array
  readonly env?: Readonly<Record<string, string>>
}

/** `imgtrust ARGS`; the environment is bare, so that a developer's own settings change no test. */
export function imgtrust(args: readonly string[], options: RunOptions = {}): Promise<Run> {
  const { PATH = '', HOME = '/nonexistent' } = process.env
  const child = spawn(process.execPath, [resolve(root, 'bin/run.js'), ...args], {
    cwd: options.cwd ?? root,
    env: {
      PATH,
      HOME,
      XDG_CACHE_HOME: cacheFolder,
      DOCKER_HOST: 'unix:///nonexistent/docker.sock',
      XDG_CONFIG_HOME: '/nonexistent',
      ...options.env,
    },
  })
  child.stdin.on('error', () => {}) // a program that ends before it has read all
  child.stdin.end(options.stdin ?? '')
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', chunk => (stdout += chunk))
  child.stderr.setEncoding('utf8').on('data', chunk => (stderr += chunk))
  return new Promise((done, fail) => {
    child.on('error', fail)
    child.on('close', status => done({ status, stdout, stderr }))
  })
}

const validate = new Ajv({ strict: true, allowUnionTypes: true }).compile<Report>(
  JSON.parse(readFileSync(resolve(root, 'schema/report.v1.json'), 'utf8')),
)

/** @returns the report, valid by schema/report.v1.json. @throws Error with the first violations */
export function validReport(json: string): Report {
  const report: unknown = JSON.parse(json)
  if (!validate(report))
    throw new Error(`not a valid report: ${JSON.stringify(validate.errors?.slice(0, 5), null, 1)}`)
  return report
}

/** A reader of another kind of JSON output, valid by its schema. @throws Error with the first violations */
export function validBy<T>(name: 'roots' | 'forecast'): (json: string) => T {
  const schema = JSON.parse(readFileSync(resolve(root, `schema/${name}.v1.json`), 'utf8'))
  const fits = new Ajv({ strict: true, allowUnionTypes: true }).compile<T>(schema)
  return json => {
    const value: unknown = JSON.parse(json)
    if (!fits(value)) throw new Error(`not valid: ${JSON.stringify(fits.errors?.slice(0, 5), null, 1)}`)
    return value
  }
}

/** Runs with `--format json`; the report is validated. */
export async function imgtrustJson(
  args: readonly string[],
  options: RunOptions = {},
): Promise<Run & { readonly report: Report }> {
  const run = await imgtrust([...args, '--format', 'json'], options)
  if (!run.stdout) throw new Error(`no report: exit status ${run.status}, ${run.stderr}`)
  return { ...run, report: validReport(run.stdout) }
}
