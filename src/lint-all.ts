/** A lint of all that a user named: files found, configuration found, results gathered into one report. */
import { dirname } from 'node:path'
import { ruleIds } from '../rules/index.ts'
import type { Config, ConfigIgnore } from './config/config.ts'
import { Configs, withNetwork } from './config/load.ts'
import { settle } from './config/settings.ts'
import { dockerfilesUnder } from './discover.ts'
import { JobError } from './errors.ts'
import type { FileChange, LintOptions } from './index.ts'
import { limits } from './limits.ts'
import { decodeDockerfile, type LintResult, type LintSettings, type LintTarget, lintTarget } from './lint.ts'
import { DEFAULT_EXPIRING_WITHIN } from './options.ts'
import { buildTarget, reportOf } from './report/build.ts'
import type { Report, ReportTarget } from './report/report.ts'
import type { BaseImages } from './scan-base.ts'
import { Baseline } from './silence/baseline.ts'

type Settings = LintOptions & Pick<LintSettings, 'at'>

export interface LintRun {
  readonly report: Report
  readonly changes: readonly FileChange[]
  /** What is worth a line beside the report: base images that could not be read, ignores that silenced nothing. */
  readonly notes: readonly string[]
}

/** What serves all files of a run. */
interface Shared {
  readonly configs: Configs
  readonly scanBase: BaseImages | undefined
}

/** Lints all; of each file no more is kept than what the report says. */
export async function lintAll(paths: readonly string[], options: Settings): Promise<LintRun> {
  const shared = await sharedOf(options)
  const baseline = new Baseline(options)
  const targets: ReportTarget[] = []
  const changes: FileChange[] = []
  const { at, expiringWithin = DEFAULT_EXPIRING_WITHIN } = options
  for await (const result of each(paths, options, shared)) {
    const { target, fixed } = result
    const built = buildTarget({ ...result, findings: baseline.fresh(result) }, { at, expiringWithin })
    targets.push(built)
    options.onTarget?.(built)
    if (fixed !== null) changes.push({ file: target, ...fixed })
  }
  baseline.end()
  return {
    report: reportOf(targets, at),
    changes,
    notes: [...(shared.scanBase?.failures ?? []), ...shared.configs.unused()],
  }
}

/** Lints all, one after another, as they are asked for. */
export async function* lintEach(paths: readonly string[], options: Settings): AsyncGenerator<LintResult> {
  yield* each(paths, options, await sharedOf(options))
}

async function sharedOf(options: Settings): Promise<Shared> {
  const configs = new Configs(options.config ?? null, options.env ?? process.env)
  const scanBase = options.scanBase
    ? await baseImages(withNetwork(options, await configs.network()))
    : undefined
  return { configs, scanBase }
}

async function* each(
  paths: readonly string[],
  options: Settings,
  { configs, scanBase }: Shared,
): AsyncGenerator<LintResult> {
  for (const path of paths) {
    options.signal?.throwIfAborted()
    try {
      for (const target of await targetsOf(path, options)) {
        options.signal?.throwIfAborted()
        const config = await configs.for(target.text === undefined ? dirname(target.name) : '.')
        const settings = settingsFor(config, configs.used, options)
        yield await lintTarget(target, { ...settings, ...(scanBase && { scanBase }) })
      }
    } catch (error) {
      if (!(error instanceof JobError)) throw error
      yield { target: path, kind: 'dockerfile', model: null, findings: [], error, fixed: null }
    }
  }
}

/** Loaded only here: a plain lint opens no image. */
async function baseImages(options: Settings): Promise<BaseImages> {
  const { BaseImages } = await import('./scan-base.ts')
  const { openOptions } = await import('./open-options.ts')
  const { platform: _, ...rest } = options
  return new BaseImages(openOptions(rest))
}

async function targetsOf(path: string, options: Settings): Promise<LintTarget[]> {
  if (path === '-') {
    const name = options.stdinFilename ?? 'Dockerfile'
    return [{ name, text: decodeDockerfile(await readAll(options.stdin ?? process.stdin), name) }]
  }
  const files = dockerfilesUnder(path)
  if (files.length === 0 && path !== '.')
    throw new JobError('not-found', `${path}: no Dockerfile in this folder; name a file, or another folder`)
  return files.map(name => ({ name }))
}

function settingsFor(config: Config | null, usedIgnores: Set<ConfigIgnore>, options: Settings): LintSettings {
  const { at, buildArgs, stage, platform, context, fix } = options
  const { rules, expiringWithin } = settle(options, config, ruleIds())
  return {
    at,
    rules,
    expiringWithin,
    config,
    usedIgnores,
    ...(buildArgs ? { buildArgs } : {}),
    ...(stage === undefined ? {} : { stage }),
    ...(platform === undefined ? {} : { platform }),
    ...(context === undefined ? {} : { context }),
    ...(fix === undefined ? {} : { fix }),
  }
}

async function readAll(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of stream) {
    chunks.push(chunk)
    size += chunk.length
    if (size > limits.dockerfileBytes)
      throw new JobError(
        'limit',
        `standard input: a Dockerfile of more than ${limits.dockerfileBytes} bytes is not read`,
      )
  }
  return Buffer.concat(chunks)
}
