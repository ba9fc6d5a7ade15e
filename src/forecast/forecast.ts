import { dirname } from 'node:path'
import { ruleIds } from '../../rules/index.ts'
import { formatInstant } from '../clock.ts'
import { Configs } from '../config/load.ts'
import { settle } from '../config/settings.ts'
import { reaches, type Severity } from '../finding.ts'
import type { ForecastOptions } from '../index.ts'
import { check, type Draft, type RuleSettings } from '../judge/check.ts'
import { knowledgeDate } from '../knowledge/status.ts'
import { type ImageModel, type Instant, isUnknown } from '../model.ts'
import { DEFAULT_HORIZON } from '../options.ts'
import { readTargets } from '../read-targets.ts'
import type { TargetResult } from '../result.ts'
import type { DockerfileModel } from '../trace/state.ts'
import { version } from '../version.ts'
import { type Change, changesOf, knownStores } from './events.ts'
import { type Mending, mending } from './mend.ts'
import type { Forecast, ForecastEvent, ForecastFinding, ForecastTarget, ForecastTouched } from './report.ts'

/** What changes on which day, for all targets together. Only an abort and wrong options are thrown. */
export async function forecast(
  targets: readonly string[],
  options: ForecastOptions & { readonly at: Instant },
): Promise<Forecast> {
  const { at, within = DEFAULT_HORIZON } = options
  const until = at + within
  const configs = new Configs(options.config ?? null)
  const read: ForecastTarget[] = []
  const events = new Map<string, ForecastEvent>()
  const foretell = async (result: TargetResult): Promise<Foretold> => {
    const { model, target } = result
    const told = readTarget(result)
    if (model === null) return { told, changes: [], findings: new Map() }
    const config = await configs.for(model.kind === 'dockerfile' ? dirname(target) : '.')
    const { rules } = settle({}, config, ruleIds())
    const changes = changesOf(model, { at, until })
    const findings = await newFindings(model, changes, at, rules, mending(model, target, config, rules))
    return { told, changes, findings }
  }
  for await (const { told, changes, findings } of readTargets(targets, options, foretell)) {
    read.push(told)
    for (const change of changes) {
      const { target } = told
      const touched = {
        target,
        stores: [...change.stores].sort(),
        findings: findings.get(change.day) ?? [],
      }
      add(events, change, touched)
    }
  }
  const sorted = [...events.values()].sort(byDay)
  return {
    version: 1,
    at: formatInstant(at),
    until: formatInstant(until),
    tool: { name: 'imgtrust', version, knowledge: knowledgeDate() },
    targets: read,
    events: sorted,
    summary: {
      days: new Set(sorted.map(({ day }) => day)).size,
      events: sorted.length,
      failed: read.filter(({ error }) => error !== null).length,
    },
  }
}

/** What is foretold of one target. */
interface Foretold {
  readonly told: ForecastTarget
  readonly changes: readonly Change[]
  readonly findings: ReadonlyMap<string, Findings>
}

function readTarget({ target, kind, model, error }: TargetResult): ForecastTarget {
  return {
    target,
    kind: model?.kind ?? kind,
    stores: model === null ? [] : knownStores(model).map(({ path }) => path),
    unknowns: unknownsOf(model),
    error: error?.message ?? null,
  }
}

function unknownsOf(model: TargetResult['model']): ForecastTarget['unknowns'] {
  const told = (model?.unknowns ?? []).map(({ what, why }) => ({ what, why }))
  return [...told, ...untold(model).filter(({ why }) => !told.some(each => each.why === why))]
}

/** Why the roots of a Dockerfile's stores are not known. */
function untold(model: TargetResult['model']): ForecastTarget['unknowns'] {
  if (model?.kind !== 'dockerfile' || model.final === null) return []
  const { stores } = model.final.final
  if (isUnknown(stores)) return [{ what: 'trust stores', why: stores.unknown }]
  return stores.flatMap(({ path, roots }) =>
    isUnknown(roots) ? [{ what: `roots of ${path}`, why: roots.unknown }] : [],
  )
}

/** One event a day, kind and subject: the targets that it touches are gathered in it. */
function add(events: Map<string, ForecastEvent>, change: Change, touched: ForecastTouched): void {
  const { day, kind, name, sha256, summary, asKnownOn } = change
  const key = JSON.stringify([day, kind, sha256 ?? name])
  const event = events.get(key)
  if (event === undefined) {
    const subject = sha256 === undefined ? {} : { sha256 }
    events.set(key, { day, kind, name, ...subject, summary, asKnownOn, targets: [touched] })
    return
  }
  const same = event.targets.find(({ target }) => target === touched.target)
  if (same === undefined) event.targets.push(touched)
  else same.stores = [...new Set([...same.stores, ...touched.stores])].sort()
}

type Findings = ForecastTouched['findings']

/** By day, the findings that are new then, or graver than before. */
async function newFindings(
  model: DockerfileModel | ImageModel,
  changes: readonly Change[],
  at: Instant,
  rules: RuleSettings,
  mend: Mending,
): Promise<Map<string, Findings>> {
  // Nothing counts as expiring: each root's own day tells it.
  const judged = (instant: Instant) => check(model, { at: instant, expiringWithin: 0 }, rules)
  const found = new Map<string, Findings>()
  let known = gravest(await judged(at))
  const instants = [...new Set(changes.map(({ instant }) => instant))].sort((a, b) => a - b)
  for (const instant of instants) {
    const drafts = await judged(instant)
    const fresh = drafts.filter(({ finding }) => {
      const before = known.get(placeOf(finding))
      return before === undefined || !reaches(before, finding.severity)
    })
    known = gravest(drafts)
    const told: ForecastFinding[] = []
    for (const draft of fresh) {
      const { rule, severity, message } = draft.finding
      const remedy = reaches(severity, 'warning') ? await mend(draft, drafts, instant) : null
      told.push({ rule, severity, message, ...(remedy && { remedy }) })
    }
    for (const { day } of changes.filter(change => change.instant === instant)) {
      const list = found.get(day) ?? []
      found.set(day, [...list, ...told.filter(one => !list.some(other => other.message === one.message))])
    }
  }
  return found
}

function gravest(drafts: readonly Draft[]): Map<string, Severity> {
  const all = new Map<string, Severity>()
  for (const { finding } of drafts) {
    const place = placeOf(finding)
    const before = all.get(place)
    if (before === undefined || reaches(finding.severity, before)) all.set(place, finding.severity)
  }
  return all
}

function placeOf({ rule, location }: Draft['finding']): string {
  return JSON.stringify([rule, location.file, location.line, location.column, location.path])
}

function byDay(a: ForecastEvent, b: ForecastEvent): number {
  return (
    compare(a.day, b.day) ||
    compare(a.kind, b.kind) ||
    compare(a.name, b.name) ||
    compare(a.sha256 ?? '', b.sha256 ?? '')
  )
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
