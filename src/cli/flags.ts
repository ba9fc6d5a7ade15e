/** The flags that mean the same everywhere (each command adds its own). */
import { Flags } from '@oclif/core'

export const judgeFlags = {
  at: Flags.string({
    helpGroup: 'JUDGE',
    helpValue: 'DATE',
    summary: 'judge as of this day or RFC 3339 time, past or future; the content stays what it is',
  }),
  'expiring-within': Flags.string({
    helpGroup: 'JUDGE',
    helpValue: '90d',
    default: '90d',
    summary: 'a root that ends within this time counts as expiring',
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
    default: 'warning',
    summary: 'exit with 1 where a finding is at or above this severity',
  }),
}

export const reportFlags = {
  format: Flags.string({
    helpGroup: 'REPORT',
    options: ['text', 'json'],
    default: 'text',
    summary: 'what goes to standard output',
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
    options: ['dockerfile', 'shell'],
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
}
