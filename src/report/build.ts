/** Turns results into the report that every reporter prints: the JSON of schema.ts, as an object. */
import { formatInstant } from '../clock.ts'
import type { Finding, Severity } from '../finding.ts'
import { rootByFingerprint, statusAt } from '../knowledge/roots.ts'
import { knowledgeDate } from '../knowledge/status.ts'
import type { ImageModel, Instant, Root, TrustStore } from '../model.ts'
import { isUnknown } from '../model.ts'
import { dockerfileEdits } from '../remedy/dialects/dockerfile.ts'
import { dialectIds, render } from '../remedy/dialects/index.ts'
import type { Remedy } from '../remedy/plan.ts'
import type { TargetResult } from '../result.ts'
import type { DockerfileModel, TracedStage, TracedStore } from '../trace/state.ts'
import { version } from '../version.ts'
import { placeEdits } from './edits.ts'
import type {
  Report,
  ReportAlternative,
  ReportFinding,
  ReportLocation,
  ReportRemedy,
  ReportRoot,
  ReportStage,
  ReportSteps,
  ReportStore,
  ReportTarget,
} from './report.ts'

export interface ReportSettings {
  readonly at: Instant
  readonly expiringWithin: number
}

export function buildReport(results: readonly TargetResult[], settings: ReportSettings): Report {
  return reportOf(
    results.map(result => buildTarget(result, settings)),
    settings.at,
  )
}

/** The report of targets that are built already. */
export function reportOf(targets: ReportTarget[], at: Instant): Report {
  const count = (severity: Severity) =>
    targets.reduce((sum, { findings }) => sum + findings.filter(one => one.severity === severity).length, 0)
  return {
    version: 1,
    at: formatInstant(at),
    tool: { name: 'imgtrust', version, knowledge: knowledgeDate() },
    targets,
    summary: {
      error: count('error'),
      warning: count('warning'),
      info: count('info'),
      unknown: targets.reduce((sum, target) => sum + target.unknowns.length, 0),
      failed: targets.filter(target => target.error !== null).length,
    },
  }
}

/** A target of which nothing is known yet: the fields of all kinds, in the order in which they are printed. */
export function emptyTarget(target: string, kind: ReportTarget['kind']): ReportTarget {
  return {
    target,
    kind,
    source: null,
    reference: null,
    digest: null,
    platform: null,
    distribution: null,
    stores: [],
    certificates: [],
    clients: [],
    stages: [],
    findings: [],
    unknowns: [],
    config: null,
    error: null,
  }
}

/** What the report says of one target. */
export function buildTarget(
  { target, kind, model, findings, error, config = null }: TargetResult,
  settings: ReportSettings,
): ReportTarget {
  const base: ReportTarget = {
    ...emptyTarget(target, kind),
    findings: findings.map(finding => buildFinding(finding, model)),
    unknowns: (model?.unknowns ?? []).map(entry => ({ ...entry })),
    config,
    error: error?.message ?? null,
  }
  if (!model) return base
  return model.kind === 'dockerfile'
    ? { ...base, ...dockerfileParts(model, settings) }
    : { ...base, ...imageParts(model, settings) }
}

function imageParts(model: ImageModel, settings: ReportSettings): Partial<ReportTarget> {
  return {
    kind: model.kind,
    source: model.source,
    reference: model.reference,
    digest: model.digest,
    platform: model.platform,
    distribution: model.distribution ? { ...model.distribution } : null,
    stores: model.stores.map(store => buildStore(store, settings)).sort(by(store => store.path)),
    certificates: model.certificates
      .map(({ path, sha256, subject, notAfter, layer }) => ({
        path,
        sha256,
        subject,
        notAfter: formatInstant(notAfter),
        layer,
      }))
      .sort(by(one => `${one.path}\0${one.sha256}`)),
    clients: model.clients
      .map(({ program, version, library, libraryVersion, build, path }) => ({
        program,
        version,
        library,
        libraryVersion,
        build,
        path,
      }))
      .sort(by(client => `${client.program}\0${client.path}`)),
  }
}

function dockerfileParts(model: DockerfileModel, settings: ReportSettings): Partial<ReportTarget> {
  return {
    source: 'file',
    distribution: model.final?.distribution ? { ...model.final.distribution } : null,
    stages: model.stages.map(stage => buildStage(stage, settings)),
  }
}

function buildStage(stage: TracedStage, settings: ReportSettings): ReportStage {
  const { stores } = stage.final
  return {
    name: stage.name,
    line: stage.location.line ?? 1,
    base: stage.reference.text,
    distribution: stage.distribution ? { ...stage.distribution } : null,
    stores: isUnknown(stores)
      ? []
      : stores.map(store => buildTracedStore(store, settings)).sort(by(store => store.path)),
    unknown: isUnknown(stores) ? stores.unknown : null,
  }
}

export function buildStore(store: TrustStore, settings: ReportSettings): ReportStore {
  const { path, format, layer, createdBy, release, match, differs } = store
  return {
    path,
    aliases: [...store.aliases],
    sources: [...store.sources],
    format,
    consumers: store.consumers.map(commandOf),
    layer,
    createdBy,
    release,
    match,
    ...(differs && { differs: { missing: [...differs.missing], extra: [...differs.extra] } }),
    roots: buildRoots(store.roots, settings),
    unknown: null,
  }
}

/** A store's readers go by the command that one types: BusyBox' wget is `wget`. */
function commandOf(program: string): string {
  return program.replace(/^busybox /, '')
}

function buildTracedStore(store: TracedStore, settings: ReportSettings): ReportStore {
  const { path, format, release, match, roots } = store
  let built: ReportRoot[] | undefined
  return {
    path,
    aliases: [...store.aliases],
    sources: [...store.sources],
    format,
    consumers: [],
    layer: null,
    createdBy: null,
    release,
    match,
    // Read by few formats, and the same in many stages: made when it is first asked for.
    get roots() {
      built ??= isUnknown(roots) ? [] : buildRoots(roots, settings)
      return built
    },
    unknown: isUnknown(roots) ? roots.unknown : null,
  }
}

function buildRoots(roots: readonly Root[], { at, expiringWithin }: ReportSettings): ReportRoot[] {
  return roots
    .map(({ sha256, name, notBefore, notAfter, layer, certificate }) => ({
      sha256,
      name,
      notBefore: formatInstant(notBefore),
      notAfter: formatInstant(notAfter),
      status: statusOf({ sha256, notAfter }, at, expiringWithin),
      ...(layer === undefined ? {} : { layer }),
      ...(certificate && !rootByFingerprint(sha256) ? { subject: certificate.subject } : {}),
    }))
    .sort(by(root => `${root.name}\0${root.sha256}`))
}

function statusOf(
  { sha256, notAfter }: Pick<Root, 'sha256' | 'notAfter'>,
  at: Instant,
  expiringWithin: number,
): ReportRoot['status'] {
  const known = rootByFingerprint(sha256)
  if (known) return [...statusAt(known, at, { expiringWithin }).status]
  if (notAfter < at) return ['expired']
  return notAfter < at + expiringWithin ? ['expiring'] : []
}

function buildFinding(finding: Finding, model: TargetResult['model']): ReportFinding {
  const { rule, severity, message, location, remedy, alternatives } = finding
  const built: ReportRemedy | null = remedy && {
    ...buildRemedy(remedy, model),
    alternatives: alternatives.map(one => buildRemedy(one, model)),
  }
  return {
    rule,
    severity,
    message,
    location: buildLocation(location, model),
    roots: finding.roots.map(({ sha256, name, notAfter }) => ({
      sha256,
      name,
      notAfter: formatInstant(notAfter),
    })),
    remedy: built,
  }
}

export function buildRemedy(remedy: Remedy, model: TargetResult['model']): ReportAlternative {
  const { summary, proven, fixable, steps } = remedy
  const rendered: ReportSteps = model
    ? Object.fromEntries(dialectIds.map(id => [id, render(remedy, id, model)]))
    : {}
  const edits = model?.kind === 'dockerfile' ? dockerfileEdits(steps, model) : null
  return {
    summary,
    proven,
    steps: rendered,
    fixable,
    ...(edits?.length && model?.kind === 'dockerfile' ? { edits: placeEdits(model.text, edits) } : {}),
  }
}

/** Longer lines are known by their beginning. */
const LINE_TEXT = 1000

function buildLocation(location: Finding['location'], model: TargetResult['model']): ReportLocation {
  if (model?.kind !== 'dockerfile' || location.line === undefined) return { ...location }
  const text = model.text.split('\n', location.line)[location.line - 1]?.trim().slice(0, LINE_TEXT)
  return text ? { ...location, text } : { ...location }
}

/** Orders by code units: the same on every machine, whatever its locale. */
function by<T>(key: (value: T) => string): (a: T, b: T) => number {
  return (a, b) => {
    const [left, right] = [key(a), key(b)]
    return left < right ? -1 : left > right ? 1 : 0
  }
}
