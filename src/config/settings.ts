/** What a run is told: flags before the configuration file before the defaults. */
import type { Severity } from '../finding.ts'
import { DEFAULT_EXPIRING_WITHIN } from '../options.ts'
import type { Config } from './config.ts'
import { presets } from './presets.ts'

/** What flags (or options of the library) say. */
export interface Told {
  readonly rules?: Readonly<Record<string, Severity | 'off'>>
  readonly failOn?: Severity | 'never'
  readonly expiringWithin?: number
}

export interface Settled {
  readonly rules: Readonly<Record<string, Severity | 'off'>>
  readonly failOn: Severity | 'never'
  readonly expiringWithin: number
}

/** The preset, then the configuration file, then what was told: the later counts. */
export function settle(told: Told, config: Config | null, ruleIds: readonly string[]): Settled {
  const preset = presets[config?.preset ?? 'recommended']
  const { only } = preset
  const others = only === undefined ? [] : ruleIds.filter(id => !only.includes(id))
  return {
    rules: {
      ...Object.fromEntries(others.map(id => [id, 'off' as const])),
      ...config?.rules,
      ...told.rules,
    },
    failOn: told.failOn ?? config?.failOn ?? preset.failOn,
    expiringWithin: told.expiringWithin ?? config?.expiringWithin ?? DEFAULT_EXPIRING_WITHIN,
  }
}
