/** A scan of all that a user named: configuration and policies found, results gathered into one report. */
import { existsSync } from 'node:fs'
import { ruleIds } from '../rules/index.ts'
import { readConfigText } from './config/find.ts'
import { Configs, withNetwork } from './config/load.ts'
import { settle } from './config/settings.ts'
import type { ScanOptions } from './index.ts'
import { openOptions } from './open-options.ts'
import { mergePolicies, type Policy, readPolicy } from './policy/index.ts'
import { buildReport } from './report/build.ts'
import type { Report, ReportTarget } from './report/report.ts'
import type { TargetResult } from './result.ts'
import { type ScanSettings, scanTarget } from './scan.ts'
import { withBaseline } from './silence/baseline.ts'
import { applyIgnores } from './silence/ignores.ts'

/** paranoia's own file (https://github.com/jetstack/paranoia): read as it is, from the current folder alone. */
const PARANOIA = '.paranoia.yaml'

type Settings = ScanOptions & Pick<ScanSettings, 'at'>

/** @param onTarget called with each target as soon as it is judged, and with what it was made of */
export async function scanAll(
  targets: readonly string[],
  options: Settings,
  onTarget: (target: ReportTarget, result: TargetResult) => void,
): Promise<Report> {
  const { at } = options
  const configs = new Configs(options.config ?? null, options.env ?? process.env)
  const config = await configs.for('.')
  const { rules, expiringWithin } = settle(options, config, ruleIds())
  const policy = policyOf(options.config === 'find', config?.policy ?? null)
  const settings: ScanSettings = {
    at,
    expiringWithin,
    rules,
    open: {
      ...openOptions(withNetwork(options, await configs.network())),
      ...(options.allPlatforms === undefined ? {} : { allPlatforms: options.allPlatforms }),
      ...(options.deep === undefined ? {} : { deep: options.deep }),
    },
    ...(policy === null ? {} : { policy }),
    ...(options.onProgress ? { onProgress: options.onProgress } : {}),
  }
  const results: TargetResult[] = []
  for (const target of targets) {
    for await (const found of scanTarget(target, settings)) {
      const reference = found.model?.kind === 'dockerfile' ? null : (found.model?.reference ?? null)
      const ignores = config?.ignores ?? []
      const findings = applyIgnores(found.findings, { target, reference }, ignores, at, configs.used)
      const result = { ...found, findings, config: config?.file ?? null }
      results.push(result)
      // An updated baseline knows everything: what is new is only known without it.
      const shown = options.updateBaseline ? [result] : withBaseline([result], options)
      for (const built of buildReport(shown, { at, expiringWithin }).targets) onTarget(built, result)
    }
  }
  for (const note of configs.unused()) options.onNote?.(note)
  return buildReport(withBaseline(results, options), { at, expiringWithin })
}

function policyOf(find: boolean, own: Policy | null): Policy | null {
  const found = find && existsSync(PARANOIA) ? readPolicy(readConfigText(PARANOIA), PARANOIA) : null
  const policies = [own, found].filter(policy => policy !== null)
  return policies.length === 0 ? null : mergePolicies(policies)
}
