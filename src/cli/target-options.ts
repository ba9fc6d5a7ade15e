/** Flags of commands that read targets without judging them, as the library takes them. */
import type { TargetOptions } from '../index.ts'
import { type NetworkValues, networkOptions } from './flags.ts'

export interface TargetValues extends NetworkValues {
  readonly config?: string | undefined
  readonly 'no-config': boolean
  readonly platform?: string | undefined
  readonly quiet: boolean
  readonly 'no-progress': boolean
}

export function targetOptions(flags: TargetValues): TargetOptions {
  return {
    config: flags['no-config'] ? null : (flags.config ?? 'find'),
    ...networkOptions(flags),
    ...(flags.platform === undefined ? {} : { platform: flags.platform }),
  }
}
