/** A scan of all that a user named: configuration and policies found, results gathered into one report. */
import type { Config } from './config/config.ts'
import { Configs } from './config/load.ts'
import { eachImage } from './each-image.ts'
import { breaksOf } from './fleet/breaks.ts'
import { type Expanded, expand } from './fleet/expand.ts'
import { Interner } from './fleet/intern.ts'
import { openJournal } from './fleet/resume.ts'
import { inShard } from './fleet/shard.ts'
import type { ScanOptions } from './index.ts'
import { buildTarget, reportOf } from './report/build.ts'
import { withFleet } from './report/fleet.ts'
import type { Report, ReportTarget } from './report/report.ts'
import type { TargetResult } from './result.ts'
import { failed, type ScanSettings, scanTarget } from './scan.ts'
import { scanSettings } from './scan-settings.ts'
import { Baseline } from './silence/baseline.ts'
import { applyIgnores } from './silence/ignores.ts'

/** `told`: the instant is the caller's own, not the clock's. */
export type RunSettings = ScanOptions & Pick<ScanSettings, 'at'> & { readonly told?: boolean }

/** Who watches a scan. */
export interface ScanWatch {
  /** What a target was found to be, as soon as it is judged, whichever is first. */
  readonly onResult?: (result: TargetResult) => void
  /** What is told of a target, in the order of the targets, as soon as all before it are told. */
  readonly onTarget?: (target: ReportTarget) => void
}

/** What a target has come to: as it is told while the run goes on, and as it stands in the report. */
interface Told {
  readonly shown: ReportTarget
  readonly reported: ReportTarget
}

/** Only an abort and wrong options are thrown: what can't be read is told in the report. */
export async function scanAll(
  all: readonly string[],
  options: RunSettings,
  { onResult, onTarget }: ScanWatch,
): Promise<Report> {
  const configs = new Configs(options.config ?? null, options.env ?? process.env)
  const config = await configs.for('.')
  const ignores = config?.ignores ?? []
  const baseline = new Baseline(options)
  const interner = new Interner()
  const shard = options.shard ?? null
  const wanted = await scanSettings(options, configs, config)
  const note = options.onNote ?? (() => {})
  const expanded = await expand(all, wanted.open, note)
  const places = expanded.map((one, position) => ({ ...one, position }))
  const targets = places.filter(({ name }) => inShard(name, shard))
  const positions: number[] = []
  // A part of a list is told as the whole would be, so that all parts can be joined.
  const many = targets.length > 1 || shard !== null
  const journal = openJournal(options, wanted, config, many, one => interner.target(one))
  const at = journal?.at ?? options.at
  const settings = { ...wanted, at }
  const { version, tool, at: told } = reportOf([], at)
  const head = { version, at: told, tool }
  const reported: ReportTarget[] = []

  const tell = (found: TargetResult, also: readonly string[] | undefined): Told => {
    const { target } = found
    const reference = found.model?.kind === 'dockerfile' ? null : (found.model?.reference ?? null)
    const findings = applyIgnores(found.findings, { target, reference }, ignores, at, configs.used)
    const result = { ...found, findings, config: config?.file ?? null }
    onResult?.(result)
    const beside = {
      ...(many ? besides(result, settings, config, configs) : {}),
      ...(also === undefined ? {} : { also: [...also] }),
    }
    const shown = interner.target({ ...buildTarget(result, settings), ...beside })
    const fresh = baseline.fresh(result)
    if (fresh.length === findings.length) return { shown, reported: shown }
    const left = shown.findings.filter((_, index) => fresh.includes(findings[index]!))
    const without = { ...shown, findings: left }
    // An updated baseline knows everything: what is new is only known without it.
    return { shown: options.updateBaseline ? shown : without, reported: without }
  }

  const work = async (
    { name: target, open, also, error }: Expanded,
    own: ScanSettings,
  ): Promise<readonly Told[]> => {
    const known = journal?.done.get(open)
    if (known !== undefined) {
      for (const number of known.used) if (ignores[number]) configs.used.add(ignores[number])
      return known.told.map(one => ({ shown: one, reported: one }))
    }
    const all: Told[] = []
    if (error !== undefined) all.push(tell(failed(target, error), also))
    else for await (const found of scanTarget(target, own, open)) all.push(tell(found, also))
    // What failed is asked again.
    if (all.every(({ reported }) => reported.error === null)) {
      const used = ignores.flatMap((ignore, number) => (configs.used.has(ignore) ? [number] : []))
      journal?.add({ target: open, told: all.map(one => one.reported), used })
    }
    return all
  }
  try {
    let index = 0
    for await (const told of eachImage(targets, settings, options, many, work)) {
      const position = targets[index++]?.position ?? 0
      for (const one of told) {
        positions.push(position)
        reported.push(one.reported)
        options.onTarget?.(one.reported, head)
        onTarget?.(one.shown)
      }
    }
  } finally {
    journal?.close()
  }
  baseline.end()
  for (const note of configs.unused()) options.onNote?.(note)
  const report = withFleet(reportOf(reported, at))
  return shard === null ? report : { ...report, shard: { ...shard, positions } }
}

/** What the report says of a target that is read beside others, so that what they have in common can be told. */
function besides(
  { target, model, error }: TargetResult,
  { at, rules }: ScanSettings,
  config: Config | null,
  configs: Configs,
): Pick<ReportTarget, 'layers' | 'baseName' | 'breaks'> {
  if (model === null || model.kind === 'dockerfile' || error !== null) return {}
  const { reference, layers, config: run } = model
  const days = breaksOf(model, at).filter(({ rule }) => rules?.[rule] !== 'off')
  const ignores = config?.ignores ?? []
  const breaks = applyIgnores(days, { target, reference }, ignores, at, configs.used)
  return {
    ...(layers && { layers: [...layers] }),
    ...(run.baseName === undefined ? {} : { baseName: run.baseName }),
    breaks: breaks.map(({ told }) => told),
  }
}
