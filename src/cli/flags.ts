/** The flags that mean the same everywhere (each command adds its own). */
import { Flags } from '@oclif/core'
import { userCacheFolder } from '../cache/private-folder.ts'
import type { NetworkOptions } from '../index.ts'

export const judgeFlags = {
  at: Flags.string({
    helpGroup: 'JUDGE',
    helpValue: 'DATE',
    summary: 'judge as of this day or RFC 3339 time, past or future; the content stays what it is',
  }),
  'expiring-within': Flags.string({
    helpGroup: 'JUDGE',
    helpValue: '90d',
    summary: 'a root that ends within this time counts as expiring [default: 90d]',
  }),
  rule: Flags.string({
    helpGroup: 'JUDGE',
    helpValue: 'ID=SEVERITY',
    multiple: true,
    multipleNonGreedy: true,
    summary: 'set the severity of a rule: error, warning, info or off (repeatable)',
  }),
  'fail-on': Flags.string({
    helpGroup: 'JUDGE',
    options: ['error', 'warning', 'info', 'never'],
    summary: 'exit with 1 where a finding is at or above this severity [default: warning]',
  }),
  config: Flags.string({
    helpGroup: 'JUDGE',
    helpValue: 'FILE',
    exclusive: ['no-config'],
    summary:
      'this configuration, instead of the nearest .imgtrust.yaml of the repository; your own config.yaml counts under either',
  }),
  'no-config': Flags.boolean({ helpGroup: 'JUDGE', summary: 'read no configuration file, your own neither' }),
  baseline: Flags.string({
    helpGroup: 'JUDGE',
    helpValue: 'FILE',
    summary: 'findings in this file are known: only new ones count',
  }),
  'update-baseline': Flags.boolean({
    helpGroup: 'JUDGE',
    dependsOn: ['baseline'],
    summary: 'write the findings of this run to the baseline',
  }),
}

export const reportFlags = {
  format: Flags.string({
    helpGroup: 'REPORT',
    options: [
      'text',
      'json',
      'ndjson',
      'sarif',
      'github',
      'gitlab',
      'junit',
      'html',
      'markdown',
      'cyclonedx',
    ],
    summary: 'what goes to standard output [default: text]',
  }),
  output: Flags.string({
    helpGroup: 'REPORT',
    helpValue: 'FORMAT=FILE',
    multiple: true,
    multipleNonGreedy: true,
    summary: 'write another report to a file beside it (repeatable)',
  }),
  remedy: Flags.string({
    helpGroup: 'REPORT',
    options: ['dockerfile', 'shell', 'ansible', 'salt'],
    summary: 'show remedies in this dialect',
  }),
  quiet: Flags.boolean({
    helpGroup: 'REPORT',
    char: 'q',
    summary: 'no progress and no notes on standard error',
  }),
  'no-progress': Flags.boolean({ helpGroup: 'REPORT', summary: 'no progress on standard error' }),
  color: Flags.string({
    helpGroup: 'REPORT',
    options: ['auto', 'always', 'never'],
    default: 'auto',
    summary: 'colours (NO_COLOR and FORCE_COLOR are respected)',
  }),
}

export const networkFlags = {
  offline: Flags.boolean({ helpGroup: 'NETWORK', summary: 'no network at all' }),
  authfile: Flags.string({
    helpGroup: 'NETWORK',
    helpValue: 'FILE',
    summary: 'credentials in the form of Docker’s config.json, before all others',
  }),
  'ca-file': Flags.string({
    helpGroup: 'NETWORK',
    helpValue: 'FILE',
    summary: 'PEM file with roots to trust for registries, beside the usual ones',
  }),
  'plain-http': Flags.string({
    helpGroup: 'NETWORK',
    helpValue: 'HOST',
    multiple: true,
    multipleNonGreedy: true,
    summary: 'talk http to this registry, such as localhost:5000 (repeatable)',
  }),
  'cache-dir': Flags.string({
    helpGroup: 'CACHE',
    helpValue: 'DIR',
    summary: 'keep what was read of images here [default: $XDG_CACHE_HOME/imgtrust or ~/.cache/imgtrust]',
  }),
  'no-cache': Flags.boolean({
    helpGroup: 'CACHE',
    exclusive: ['cache-dir'],
    summary: 'read everything again, and keep nothing',
  }),
  jobs: Flags.integer({
    helpGroup: 'SPEED',
    helpValue: 'N',
    min: 1,
    max: 256,
    summary:
      'how many images, and how many large layers of one, are read at once; 1 starts no threads [default: as many as there are processors; images at least 4, layers at most 4]',
  }),
}

export interface NetworkValues {
  readonly offline: boolean
  readonly authfile?: string | undefined
  readonly 'ca-file'?: string | undefined
  readonly 'plain-http'?: string[] | undefined
  readonly 'cache-dir'?: string | undefined
  readonly 'no-cache': boolean
  readonly jobs?: number | undefined
}

/** What the flags about network and cache say, as the library takes it. */
export function networkOptions(flags: NetworkValues): NetworkOptions {
  const { offline, authfile, 'ca-file': caFile, 'plain-http': plainHttp } = flags
  return {
    offline,
    plainHttp: plainHttp ?? [],
    ...(authfile === undefined ? {} : { authfile }),
    ...(caFile === undefined ? {} : { caFile }),
    ...(flags.jobs === undefined ? {} : { jobs: flags.jobs }),
    ...(flags['no-cache'] ? {} : { cacheDir: cacheFolder(flags) }),
  }
}

/** The cache folder that is meant. */
export function cacheFolder(flags: { readonly 'cache-dir'?: string | undefined }): string {
  return flags['cache-dir'] ?? userCacheFolder(process.env)
}

/** Of commands that read targets without judging them: {@link targetOptions} reads them. */
export const targetFlags = {
  at: judgeFlags.at,
  config: judgeFlags.config,
  'no-config': judgeFlags['no-config'],
  platform: Flags.string({
    helpValue: 'OS/ARCH',
    summary: 'which image of an index; default: linux on this architecture',
  }),
  quiet: reportFlags.quiet,
  'no-progress': reportFlags['no-progress'],
  color: reportFlags.color,
  ...networkFlags,
}
