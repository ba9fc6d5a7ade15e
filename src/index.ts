/**
 * The library: what the commands do, as functions. They print nothing and never end the process. Input that
 * can't be read is told in the report (`error` of a target); wrong options throw a {@link JobError}.
 */
import { now } from './clock.ts'
import { dockerfilesUnder } from './discover.ts'
import { JobError } from './errors.ts'
import type { RuleSettings } from './judge/check.ts'
import type { Instant } from './model.ts'
import { DEFAULT_EXPIRING_WITHIN, parseDuration } from './options.ts'
import type { Report, ReportFinding } from './report/report.ts'
import type { TargetResult } from './result.ts'

export type { ErrorCode } from './errors.ts'
export { JobError } from './errors.ts'
export type { Severity } from './finding.ts'
export type { RuleSettings } from './judge/check.ts'
export type {
  Report,
  ReportClient,
  ReportFinding,
  ReportRemedy,
  ReportRoot,
  ReportStage,
  ReportStore,
  ReportTarget,
} from './report/report.ts'

export interface JudgeOptions {
  /** Judge as of this instant (milliseconds since 1970 UTC); default: now. It never changes what is read. */
  readonly at?: Instant
  /** Milliseconds before its end in which a root counts as expiring; default: 90 days. */
  readonly expiringWithin?: number
  /** Severity by rule id, `off` switches it off. */
  readonly rules?: RuleSettings
  readonly signal?: AbortSignal
}

export interface LintOptions extends JudgeOptions {
  readonly buildArgs?: Readonly<Record<string, string>>
  /** The stage that is built; default: the last. */
  readonly stage?: string
  readonly platform?: string
  /** Build context; default: the folder of each Dockerfile. */
  readonly context?: string
  /** What `-` is called in reports; default: `Dockerfile`. */
  readonly stdinFilename?: string
  /** Where `-` is read from; default: standard input. */
  readonly stdin?: AsyncIterable<Uint8Array>
}

export interface ScanOptions extends JudgeOptions {
  /** `OS/ARCH[/VARIANT]`; default: linux on this machine's architecture. */
  readonly platform?: string
  readonly allPlatforms?: boolean
  readonly offline?: boolean
  /** Registries that may be talked to in plain http: `localhost:5000`. */
  readonly plainHttp?: readonly string[]
  /** PEM file with roots to trust for registries, beside the usual ones. */
  readonly caFile?: string
  /** Credentials in the form of Docker's config.json. */
  readonly authfile?: string
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly onProgress?: (state: {
    readonly target: string
    readonly layers: number
    readonly bytes: number
  }) => void
}

/** What became of one finding's target, as a scan goes on. */
export interface ScanFinding extends ReportFinding {
  readonly target: string
}

/** A scan under way: await it for the whole report, or iterate over its findings as they come. */
export interface ScanRun extends Promise<Report>, AsyncIterable<ScanFinding> {}

/**
 * Traces and judges Dockerfiles.
 * @param paths Dockerfiles, folders, `-`; the current folder where empty
 */
export async function lint(paths: readonly string[] = ['.'], options: LintOptions = {}): Promise<Report> {
  const { lintTarget, decodeDockerfile } = await import('./lint.ts')
  const { buildReport } = await import('./report/build.ts')
  const judge = judgeSettings(options)
  const settings = {
    ...judge,
    ...(options.buildArgs ? { buildArgs: options.buildArgs } : {}),
    ...(options.stage === undefined ? {} : { stage: options.stage }),
    ...(options.platform === undefined ? {} : { platform: options.platform }),
    ...(options.context === undefined ? {} : { context: options.context }),
  }
  const results: TargetResult[] = []
  for (const path of paths) {
    options.signal?.throwIfAborted()
    try {
      if (path === '-') {
        const name = options.stdinFilename ?? 'Dockerfile'
        const text = decodeDockerfile(await readAll(options.stdin ?? process.stdin), name)
        results.push(await lintTarget({ name, text }, settings))
        continue
      }
      const files = dockerfilesUnder(path)
      if (files.length === 0 && path !== '.')
        throw new JobError(
          'not-found',
          `${path}: no Dockerfile in this folder; name a file, or another folder`,
        )
      for (const name of files) results.push(await lintTarget({ name }, settings))
    } catch (error) {
      if (!(error instanceof JobError)) throw error
      results.push({ target: path, kind: 'dockerfile', model: null, findings: [], error })
    }
  }
  return buildReport(results, judge)
}

/**
 * Reads and judges images, one after another.
 * @param targets image references and other sources, as on the command line
 */
export function scan(targets: readonly string[], options: ScanOptions = {}): ScanRun {
  const judge = judgeSettings(options)
  const queue: ScanFinding[] = []
  let wake: () => void = () => {}
  let ended = false
  const run = (async () => {
    const { scanTarget } = await import('./scan.ts')
    const { buildReport } = await import('./report/build.ts')
    const results: TargetResult[] = []
    for (const target of targets) {
      const settings = {
        ...judge,
        open: openOptions(options),
        ...(options.onProgress ? { onProgress: options.onProgress } : {}),
      }
      for await (const result of scanTarget(target, settings)) {
        results.push(result)
        const [built] = buildReport([result], judge).targets
        for (const finding of built?.findings ?? []) queue.push({ ...finding, target })
        wake()
      }
    }
    return buildReport(results, judge)
  })()
  run
    .catch(() => {}) // whoever awaits or iterates sees it; here it only must not count as unhandled
    .finally(() => {
      ended = true
      wake()
    })
  return Object.assign(run, {
    async *[Symbol.asyncIterator]() {
      for (;;) {
        const finding = queue.shift()
        if (finding) yield finding
        else if (ended) break
        else await new Promise<void>(resolve => (wake = resolve))
      }
      await run
    },
  })
}

/** All rules with their metadata, sorted by id. */
export async function rules() {
  const { loadRules } = await import('../rules/index.ts')
  return loadRules()
}

function judgeSettings(options: JudgeOptions) {
  return {
    at: options.at ?? now(),
    expiringWithin: options.expiringWithin ?? parseDuration(DEFAULT_EXPIRING_WITHIN),
    ...(options.rules ? { rules: options.rules } : {}),
  }
}

function openOptions(options: ScanOptions) {
  const { platform, allPlatforms, offline, plainHttp, caFile, authfile, signal } = options
  return {
    env: options.env ?? process.env,
    plainHttp: [...(plainHttp ?? [])],
    ...(platform === undefined ? {} : { platform }),
    ...(allPlatforms === undefined ? {} : { allPlatforms }),
    ...(offline === undefined ? {} : { offline }),
    ...(caFile === undefined ? {} : { caFile }),
    ...(authfile === undefined ? {} : { authfile }),
    ...(signal === undefined ? {} : { signal }),
  }
}

async function readAll(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const { limits } = await import('./limits.ts')
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
