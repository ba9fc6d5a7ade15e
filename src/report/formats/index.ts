import type { Severity } from '../../finding.ts'
import type { Report } from '../report.ts'

export interface FormatOptions {
  /** ANSI colours; only formats for a terminal use them. */
  readonly color: boolean
  /** Columns of the terminal. */
  readonly width: number
  /** Findings below this severity are only counted by formats for people; machines get all. */
  readonly show: Severity
  /** Name the failures too: not where the reader sees them on standard error at the same time. */
  readonly failures: boolean
  /** The dialect that remedies are shown in by formats for people. */
  readonly remedy: 'dockerfile' | 'shell' | 'ansible' | 'salt'
}

/** A reporter: one function from the report to text, and one line here. */
export interface Format {
  render(report: Report, options: FormatOptions): string
}

export const formats: Readonly<Record<string, () => Promise<Format>>> = {
  json: async () => (await import('./json.ts')).json,
  text: async () => (await import('./text.ts')).text,
}
