/**
 * The library: what the commands do, as functions. They print nothing and never end the process. Input that
 * can't be read is told in the report (`error` of a target); wrong options throw a {@link JobError}.
 */
import { now } from './clock.ts'
import type { Forecast } from './forecast/report.ts'
import type { RuleSettings } from './judge/check.ts'
import type { Instant } from './model.ts'
import type { ScanProgress } from './progress.ts'
import type { Report, ReportFinding, ReportTarget, RootStatus } from './report/report.ts'
import type { RootDifference, RootList, RootLives } from './roots/report.ts'
import type { Starttls } from './server/ports.ts'

export type { ErrorCode } from './errors.ts'
export { JobError } from './errors.ts'
export type { Severity } from './finding.ts'
export type * from './forecast/report.ts'
export type { RuleSettings } from './judge/check.ts'
export type { Instant } from './model.ts'
export type { ScanProgress } from './progress.ts'
export type * from './report/report.ts'
export type * from './roots/report.ts'

export interface JudgeOptions {
  /** Judge as of this instant (milliseconds since 1970 UTC); default: now. It never changes what is read. */
  readonly at?: Instant
  /** Milliseconds before its end in which a root counts as expiring; default: 90 days. */
  readonly expiringWithin?: number
  /** Severity by rule id, `off` switches it off. */
  readonly rules?: RuleSettings
  /**
   * Configuration: `find` looks for an `.imgtrust.yaml` (lint: from each Dockerfile, else from the current folder)
   * upwards to the repository's root, else the path of one; default: none is read.
   */
  readonly config?: string | null
  /** A baseline file: findings in it are known and not reported. */
  readonly baseline?: string
  /** Write the findings to the baseline file instead of leaving them out. */
  readonly updateBaseline?: boolean
  readonly signal?: AbortSignal
}

/** How registries and engines are asked. */
export interface NetworkOptions {
  /** No network at all: engines by their socket alone. */
  readonly offline?: boolean
  /** Registries that may be talked to in plain http: `localhost:5000`. */
  readonly plainHttp?: readonly string[]
  /** PEM file with roots to trust for registries, beside the usual ones. */
  readonly caFile?: string
  /** Credentials in the form of Docker's config.json. */
  readonly authfile?: string
  /** Folder in which what was read of images is kept for the next run; default: nothing is kept. */
  readonly cacheDir?: string
  /**
   * How much is read at once: images (default: as many as there are processors, at least four), and of an image large
   * layers, each in a thread (at most as many as there are processors; default: at most four). With 1 no thread is
   * started.
   */
  readonly jobs?: number
  readonly env?: Readonly<Record<string, string | undefined>>
}

export interface LintOptions extends JudgeOptions, NetworkOptions {
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
  /** Mend the text: `safe` keeps what the build means to do, `suggestions` may change it. */
  readonly fix?: 'safe' | 'suggestions'
  /**
   * Read the images that Dockerfiles name, as a scan does, instead of taking what is known of them. Of this machine's
   * and bare addresses only those in `plainHttp` are asked.
   */
  readonly scanBase?: boolean
  /** Called with each target as it stands in the report, as soon as it is judged. */
  readonly onTarget?: (target: ReportTarget) => void
}

export interface ScanOptions extends JudgeOptions, NetworkOptions {
  /** `OS/ARCH[/VARIANT]`; default: linux on this machine's architecture. */
  readonly platform?: string
  readonly allPlatforms?: boolean
  /** Of `dir:` and `host` every file, not only the known places. */
  readonly deep?: boolean
  /** Called with what is worth a line beside the report: ignores of a configuration that silenced nothing. */
  readonly onNote?: (line: string) => void
  /** Called often while bytes are read. */
  readonly onProgress?: (state: ScanProgress) => void
  /** Called with each target as it stands in the report, in the order of the targets, as soon as all before it are told. */
  readonly onTarget?: (target: ReportTarget, head: ReportHead) => void
  /**
   * A file in which what is judged is kept while the run goes on (it is made, and stays): a run that was ended goes on
   * from it, to the same report. Without `at` it also says as of when is judged.
   */
  readonly resume?: string
  /** Only the targets that are this part's of so many: see {@link Shard}. */
  readonly shard?: Shard
}

/** How a target is read that may be a Dockerfile or an image. */
export type TargetOptions = Pick<
  ScanOptions,
  | 'config'
  | 'platform'
  | 'allPlatforms'
  | 'deep'
  | 'offline'
  | 'plainHttp'
  | 'caFile'
  | 'authfile'
  | 'env'
  | 'cacheDir'
  | 'jobs'
  | 'onProgress'
  | 'signal'
>

export interface RootOptions {
  /** Status as of this instant; default: now. */
  readonly at?: Instant
  /** Milliseconds before its end in which a root counts as expiring; default: 90 days. */
  readonly expiringWithin?: number
}

export interface RootListOptions extends RootOptions, TargetOptions {
  /** Only roots with one of these; default: all. */
  readonly status?: readonly (RootStatus | 'unknown')[]
}

export interface RootDiffOptions extends RootOptions, TargetOptions {
  /** Compare the store of this path alone, by its real path or a link to it. */
  readonly store?: string
}

export interface VerifyOptions extends NetworkOptions {
  /** Judge as of this instant; default: now. */
  readonly at?: Instant
  /** Milliseconds before its end in which a certificate counts as expiring; default: 90 days. */
  readonly expiringWithin?: number
  /** The name that clients ask for; needed where the server is a file. */
  readonly host?: string
  /** The image whose clients and stores are asked, as a scan takes it. */
  readonly image?: string
  /** The Dockerfile whose final stage is foretold, instead of an image. */
  readonly dockerfile?: string
  /** Of the Dockerfile the stage that is built; default: the last. */
  readonly stage?: string
  readonly buildArgs?: Readonly<Record<string, string>>
  readonly context?: string
  readonly platform?: string
  /** A trust store's file: it is read instead of the image's stores. */
  readonly store?: string
  /** This client alone; without image and store it is given Mozilla's roots of that day. */
  readonly client?: string
  /** The protocol that begins in clear and changes to TLS. */
  readonly starttls?: Starttls
  /** Milliseconds for one server; default: 10,000. */
  readonly timeout?: number
  readonly onProgress?: ScanOptions['onProgress']
  readonly signal?: AbortSignal
}

export interface ForecastOptions extends TargetOptions {
  /** What changes after this instant; default: now. */
  readonly at?: Instant
  /** Milliseconds to look ahead; default: two years. */
  readonly within?: number
}

/**
 * One of `of` parts of a list, `number` from 1. Which part a target is in is told by its name alone (SHA-256): a list
 * that grows moves none to another.
 */
export interface Shard {
  readonly number: number
  readonly of: number
}

/** What is known of a report before its targets are. */
export type ReportHead = Pick<Report, 'version' | 'at' | 'tool'>

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
  return (await lintAndFix(paths, options)).report
}

/** A change that `fix` made to a Dockerfile, or would make with `dryRun`. */
export interface FileChange {
  /** As reported. */
  readonly file: string
  readonly before: string
  readonly after: string
  readonly applied: readonly { readonly rule: string; readonly summary: string }[]
}

/**
 * As {@link lint}, and mends what can be mended (`options.fix`): the report is of what is left. Nothing is written;
 * the changes are the caller's to write.
 */
export async function lintAndFix(
  paths: readonly string[] = ['.'],
  options: LintOptions = {},
): Promise<{
  readonly report: Report
  readonly changes: readonly FileChange[]
  readonly notes: readonly string[]
}> {
  const { lintAll } = await import('./lint-all.ts')
  return lintAll(paths, { ...options, at: options.at ?? now() })
}

/**
 * Reads and judges images, several at once; layers that they share are read once. What is told comes in the order of the
 * targets.
 * @param targets image references and other sources, as on the command line
 */
export function scan(targets: readonly string[], options: ScanOptions = {}): ScanRun {
  const queue: ScanFinding[] = []
  let wake: () => void = () => {}
  let ended = false
  const run = (async () => {
    const { scanAll } = await import('./scan-all.ts')
    const onTarget = ({ target, findings }: ReportTarget) => {
      for (const finding of findings) queue.push({ ...finding, target })
      wake()
    }
    const clock = { at: options.at ?? now(), told: options.at !== undefined }
    return scanAll(targets, { ...options, ...clock }, { onTarget })
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

/** A report, and what it is called where something is wrong with it. */
export interface NamedReport {
  readonly name: string
  readonly report: Report
}

/**
 * Reads a report that `scan`, `lint` or `verify` wrote as JSON or NDJSON, whoever wrote it: it is held against the schema.
 * @param path a file, or `-`: standard input
 * @throws JobError `unreadable`, `limit`, `malformed`, `unsupported` (of a newer version)
 */
export async function readReport(path: string): Promise<Report> {
  return (await import('./fleet/read-report.ts')).readReport(path)
}

/**
 * Joins reports into one: parts of a list in the order of the list, others one after another.
 * @param options.partial parts of the list may be missing
 * @throws JobError `usage` where they are of two days, programs or lists, or a part is missing
 */
export async function merge(
  reports: readonly NamedReport[],
  options: { readonly partial?: boolean } = {},
): Promise<Report> {
  return (await import('./fleet/merge.ts')).mergeReports(reports, options.partial)
}

/** What is kept of images. */
export interface CacheState {
  readonly path: string
  /** Layers, manifests and configurations. */
  readonly entries: number
  readonly bytes: number
  /** Bytes that are kept at most; what was not used for longest goes first. */
  readonly limit: number
}

/** @param cacheDir as in {@link NetworkOptions} */
export async function cacheStatus(cacheDir: string): Promise<CacheState> {
  return (await import('./image-cache.ts')).imageCache(cacheDir).status()
}

/** Takes away what is kept of images. @returns what there was */
export async function clearCache(cacheDir: string): Promise<CacheState> {
  return (await import('./image-cache.ts')).imageCache(cacheDir).clear()
}

/**
 * Says of each server whether the TLS programs of an image would accept it, by which path, and what breaks it.
 * @param servers `https://host[:port]`, `host:port`, or a PEM file with what a server sends
 * @throws JobError `usage`; a server or an image that can't be read is told in the report
 */
export async function verify(servers: readonly string[], options: VerifyOptions = {}): Promise<Report> {
  const { verifyAll } = await import('./verify/verify.ts')
  return verifyAll(servers, { ...options, at: options.at ?? now() })
}

/** All rules with their metadata, sorted by id. */
export async function rules() {
  const { loadRules } = await import('../rules/index.ts')
  return loadRules()
}

/**
 * The roots of the stores of Dockerfiles and images, each with its status; without a target, all roots that the
 * built-in facts know. A target may also be `release:` and a release: `release:debian/ca-certificates 20230311`.
 */
export async function listRoots(
  targets: readonly string[] = [],
  options: RootListOptions = {},
): Promise<RootList> {
  const list = await import('./roots/list.ts')
  return list.listRoots(targets, { ...options, at: options.at ?? now() })
}

/**
 * The whole life of a root: who took it in and out, and when.
 * @param query a name or a part of it, or a fingerprint or the first eight or more digits of it
 * @throws JobError `not-found`
 */
export async function showRoots(query: string, options: RootOptions = {}): Promise<RootLives> {
  const show = await import('./roots/show.ts')
  return show.showRoots(query, { ...options, at: options.at ?? now() })
}

/**
 * What differs between the stores of two targets, as {@link listRoots} takes them.
 * @throws JobError where one can't be read
 */
export async function diffRoots(
  a: string,
  b: string,
  options: RootDiffOptions = {},
): Promise<RootDifference> {
  const diff = await import('./roots/diff.ts')
  return diff.diffRoots(a, b, { ...options, at: options.at ?? now() })
}

/**
 * What changes on which day from now on for Dockerfiles and images: roots that end or lose trust, distributions and
 * bases that get no more updates, and the findings that come with it. A target that can't be read is told in the result.
 */
export async function forecast(targets: readonly string[], options: ForecastOptions = {}): Promise<Forecast> {
  const { forecast: run } = await import('./forecast/forecast.ts')
  return run(targets, { ...options, at: options.at ?? now() })
}
