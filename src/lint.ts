import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import picomatch from 'picomatch'
import type { Config, ConfigIgnore } from './config/config.ts'
import { type BuildContext, diskContext } from './dockerfile/context.ts'
import { readIgnoreList, withoutIgnored } from './dockerfile/dockerignore.ts'
import { JobError, oneLine } from './errors.ts'
import type { Finding } from './finding.ts'
import type { AppliedFix } from './fix.ts'
import type { RuleSettings } from './judge/check.ts'
import { judge } from './judge.ts'
import { limits } from './limits.ts'
import { type Instant, type Maybe, unknown } from './model.ts'
import type { TargetResult } from './result.ts'
import type { BaseImages } from './scan-base.ts'
import { applyIgnores } from './silence/ignores.ts'
import { builtIn, type TraceKnowledge } from './trace/knowledge.ts'
import type { ScannedImage } from './trace/scanned.ts'
import type { DockerfileModel } from './trace/state.ts'
import { type TraceOptions, traceDockerfile } from './trace/trace.ts'

export interface LintTarget {
  /** As the user typed or as it was found; shown in reports. */
  readonly name: string
  /** The text, where it does not come from the file of that name (standard input, an editor). */
  readonly text?: string
}

export interface LintSettings {
  readonly at: Instant
  readonly expiringWithin: number
  readonly rules?: RuleSettings
  readonly buildArgs?: Readonly<Record<string, string>>
  /** The stage that is built; default: the last. */
  readonly stage?: string
  readonly platform?: string
  /** The build context's folder; default: the folder of the Dockerfile. */
  readonly context?: string
  readonly config?: Config | null
  /** Every ignore of the configuration that silences something is added. */
  readonly usedIgnores?: Set<ConfigIgnore>
  /** Mend the text: `safe` keeps what the build means to do, `suggestions` may change it. */
  readonly fix?: 'safe' | 'suggestions'
  /** Base images are read: the trace begins with what they hold. Absent: with what knowledge has of them. */
  readonly scanBase?: BaseImages
}

export interface LintResult extends TargetResult {
  /** What `fix` made of the text; null where it was not asked for or changed nothing. */
  readonly fixed: {
    readonly before: string
    readonly after: string
    readonly applied: readonly AppliedFix[]
  } | null
}

/** Traces and judges one Dockerfile. What a user can mend is in `error` of the result, never thrown. */
export async function lintTarget(target: LintTarget, settings: LintSettings): Promise<LintResult> {
  const base = { target: target.name, kind: 'dockerfile', config: settings.config?.file ?? null } as const
  try {
    const before = target.text ?? readDockerfile(target.name)
    const options = traceOptions(target, settings)
    const lint = (text: string) => lintText(text, target.name, options, settings)
    let fixed: LintResult['fixed'] = null
    if (settings.fix) {
      const { fixDockerfile } = await import('./fix.ts')
      const { text: after, applied } = await fixDockerfile(before, {
        suggestions: settings.fix === 'suggestions',
        lint,
      })
      fixed = after === before ? null : { before, after, applied }
    }
    const { model, findings } = await lint(fixed?.after ?? before)
    return { ...base, model, findings, error: null, fixed }
  } catch (error) {
    if (error instanceof JobError) return { ...base, model: null, findings: [], error, fixed: null }
    throw error
  }
}

async function lintText(
  text: string,
  name: string,
  options: TraceOptions,
  settings: LintSettings,
): Promise<{ model: DockerfileModel; findings: Finding[] }> {
  const traced = await withScannedBases(text, options, settings.scanBase)
  const model = traceDockerfile(text, traced)
  const findings = await judge(model, {
    at: settings.at,
    expiringWithin: settings.expiringWithin,
    ...(settings.rules ? { rules: settings.rules } : {}),
    prove: { retrace: changed => traceDockerfile(changed, traced) },
  })
  const ignores = settings.config?.ignores ?? []
  const used = settings.usedIgnores ?? new Set()
  return {
    model,
    findings: applyIgnores(findings, { target: name, reference: null }, ignores, settings.at, used),
  }
}

/** How a Dockerfile is traced, as its settings say. */
export function traceOptions(target: LintTarget, settings: LintSettings): TraceOptions {
  const folder = settings.context ?? (target.text === undefined ? dirname(target.name) : null)
  const bases = settings.config?.bases ?? new Map()
  return {
    file: target.name,
    context: folder === null ? null : buildContext(folder, target),
    ...(settings.buildArgs ? { buildArgs: settings.buildArgs } : {}),
    ...(settings.stage ? { target: settings.stage } : {}),
    ...(settings.platform ? { platform: settings.platform } : {}),
    ...(bases.size > 0 ? { knowledge: withBases(bases) } : {}),
  }
}

/**
 * The files that a builder would be given: those of the folder but for what an ignore file keeps out. Of a Dockerfile's
 * own `NAME.dockerignore` beside it, Podman's names and the folder's `.dockerignore` the first that is there counts.
 * @returns null where that file can't be followed: then nothing is known of the context
 */
function buildContext(folder: string, target: LintTarget): BuildContext | null {
  const context = diskContext(folder)
  const name = basename(target.name)
  const beside = target.text === undefined ? diskContext(dirname(target.name)) : null
  const candidates = [
    ...(beside
      ? [`${name}.dockerignore`, `${name}.containerignore`].map(each => [beside, each] as const)
      : []),
    ...(/^containerfile/i.test(name) ? [[context, '.containerignore'] as const] : []),
    [context, '.dockerignore'] as const,
  ]
  for (const [from, file] of candidates) {
    const found = from.read(file)
    if (found.kind === 'absent') continue
    const list = found.kind === 'file' ? readIgnoreList(Buffer.from(found.bytes).toString('utf8')) : null
    return list && withoutIgnored(context, list, file)
  }
  return context
}

/**
 * Reads the images that a Dockerfile names. Which those are, a first trace tells: names may be put together by ARG.
 * What a remedy puts in their place is not read: knowledge tells of it.
 */
async function withScannedBases(
  text: string,
  options: TraceOptions,
  images: BaseImages | undefined,
): Promise<TraceOptions> {
  if (!images) return options
  const knowledge = options.knowledge ?? builtIn
  const asked = new Map<string, { readonly reference: string; readonly platform: string | null }>()
  const key = (reference: string, platform: string | null) => JSON.stringify([reference, platform])
  const note = (reference: string, platform: string | null) => {
    asked.set(key(reference, platform), { reference, platform })
    return unknown('it is not read yet')
  }
  traceDockerfile(text, { ...options, knowledge: { ...knowledge, scannedImage: note } })
  const read = new Map<string, Maybe<ScannedImage>>()
  for (const [name, { reference, platform }] of asked) read.set(name, await images.image(reference, platform))
  const scannedImage = (reference: string, platform: string | null) => read.get(key(reference, platform))
  return { ...options, knowledge: { ...knowledge, scannedImage } }
}

/** Private base images that the configuration says what they stand on. */
function withBases(bases: ReadonlyMap<string, string>): TraceKnowledge {
  const patterns = [...bases].map(([pattern, base]) => ({ matches: picomatch(pattern, { dot: true }), base }))
  return {
    ...builtIn,
    lookupImage: reference =>
      builtIn.lookupImage(patterns.find(({ matches }) => matches(reference))?.base ?? reference),
  }
}

/**
 * @throws JobError `not-found`, `unreadable`, `limit`, `malformed` (no text)
 */
export function readDockerfile(path: string): string {
  let bytes: Buffer
  try {
    // O_NONBLOCK: opening a FIFO that somebody named Dockerfile must not hang.
    const fd = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
    try {
      const info = fstatSync(fd)
      if (!info.isFile()) throw new JobError('unreadable', `${path}: not a regular file; name a Dockerfile`)
      if (info.size > limits.dockerfileBytes)
        throw new JobError(
          'limit',
          `${path}: ${info.size} bytes, a Dockerfile of more than ${limits.dockerfileBytes} is not read`,
        )
      bytes = Buffer.alloc(info.size)
      bytes = bytes.subarray(0, readSync(fd, bytes, 0, info.size, 0))
    } finally {
      closeSync(fd)
    }
  } catch (error) {
    if (error instanceof JobError) throw error
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT') throw new JobError('not-found', `${path}: no such file; check the path`)
    throw new JobError('unreadable', `${path}: can't be read (${oneLine(error)})`)
  }
  return decodeDockerfile(bytes, path)
}

/**
 * The text of a Dockerfile: UTF-8, a byte order mark kept out of the first instruction.
 * @throws JobError `malformed` where it is empty or binary
 */
export function decodeDockerfile(bytes: Uint8Array, name: string): string {
  if (bytes.includes(0))
    throw new JobError('malformed', `${name}: binary data, not a Dockerfile; name the file to lint`)
  const text = new TextDecoder('utf-8').decode(bytes)
  if (text.trim() === '') throw new JobError('malformed', `${name}: empty; a Dockerfile begins with FROM`)
  return text
}
