import type { Severity } from '../../finding.ts'
import type { Report } from '../report.ts'

export interface FormatOptions {
  /** ANSI colours; only formats for a terminal use them. */
  readonly color: boolean
  /** Columns of the terminal. */
  readonly width: number
  /** Findings below this severity are only counted by formats for people; machines get all. */
  readonly show: Severity
  /** `--fail-on`: findings from here on make the exit status 1. */
  readonly failOn: Severity | 'never'
  /** Name the failures too: not where the reader sees them on standard error at the same time. */
  readonly failures: boolean
  /** The dialect that remedies are shown in by formats for people. */
  readonly remedy: 'dockerfile' | 'shell' | 'ansible' | 'salt'
}

/** A reporter: one function from the report to text, and one line here. */
export interface Format {
  render(report: Report, options: FormatOptions): string
  /** The same in parts, where the whole of thousands of targets may be more than one string can hold. */
  parts?(report: Report, options: FormatOptions): Iterable<string>
}

export const formats: Readonly<Record<string, () => Promise<Format>>> = {
  cyclonedx: async () => (await import('./cyclonedx.ts')).cyclonedx,
  github: async () => (await import('./github.ts')).github,
  gitlab: async () => (await import('./gitlab.ts')).gitlab,
  html: async () => (await import('./html.ts')).html,
  json: async () => (await import('./json.ts')).json,
  junit: async () => (await import('./junit.ts')).createJunit(await rules()),
  markdown: async () => (await import('./markdown.ts')).markdown,
  ndjson: async () => (await import('./ndjson.ts')).ndjson,
  sarif: async () => (await import('./sarif.ts')).createSarif(await rules()),
  text: async () => (await import('./text.ts')).text,
}

/** For formats with a table of all rules. */
async function rules() {
  return (await import('../../../rules/index.ts')).loadRules()
}
