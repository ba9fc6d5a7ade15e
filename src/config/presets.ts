import type { Severity } from '../finding.ts'
import type { PresetId } from './config.ts'

export interface Preset {
  /** One line for help and the reference. */
  readonly summary: string
  readonly failOn: Severity
  /** Rules that alone count; absent: all. */
  readonly only?: readonly string[]
}

export const presets: Readonly<Record<PresetId, Preset>> = {
  recommended: { summary: 'all rules with their own severities; warnings fail', failOn: 'warning' },
  strict: { summary: 'all rules with their own severities; even information fails', failOn: 'info' },
  outage: {
    summary: 'only what breaks connections: expired roots that old TLS libraries stumble over',
    failOn: 'error',
    only: ['expired-root-kept', 'expired-root'],
  },
}
