/** Flags of commands that read targets without judging them, as the library takes them. */
import type { TargetOptions } from '../index.ts'

export interface TargetValues {
  readonly config?: string | undefined
  readonly 'no-config': boolean
  readonly platform?: string | undefined
  readonly offline: boolean
  readonly authfile?: string | undefined
  readonly 'ca-file'?: string | undefined
  readonly 'plain-http'?: string[] | undefined
  readonly quiet: boolean
  readonly 'no-progress': boolean
}

export function targetOptions(flags: TargetValues): TargetOptions {
  return {
    config: flags['no-config'] ? null : (flags.config ?? 'find'),
    offline: flags.offline,
    plainHttp: flags['plain-http'] ?? [],
    ...(flags.platform === undefined ? {} : { platform: flags.platform }),
    ...(flags.authfile === undefined ? {} : { authfile: flags.authfile }),
    ...(flags['ca-file'] === undefined ? {} : { caFile: flags['ca-file'] }),
  }
}
