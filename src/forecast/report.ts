/**
 * What `imgtrust forecast` prints as JSON, version 1. The JSON Schema that ships (schema/forecast.v1.json) is made from
 * these types by `npm run docs`. They grow, they do not change.
 */
import type { Count, Report, ReportAlternative, ReportDay, Sha256, Time } from '../report/report.ts'

/** imgtrust forecast, version 1. */
export interface Forecast {
  version: 1
  /** From here on (`--at`). */
  at: Time
  /** Up to here (`--within`). */
  until: Time
  tool: Report['tool']
  targets: ForecastTarget[]
  /** By day, then kind, then name. */
  events: ForecastEvent[]
  summary: {
    /** Days on which something changes. */
    days: Count
    events: Count
    /** Targets with an error. */
    failed: Count
  }
}

export interface ForecastTarget {
  /** As typed, or the Dockerfile found in a folder. */
  target: string
  kind: 'image' | 'dockerfile' | 'rootfs' | 'host' | 'server'
  /** Its stores whose roots are known: what expiries were looked for in. */
  stores: string[]
  /** What could not be told: then events may be missing. */
  unknowns: { what: string; why: string }[]
  /** Why the target could not be read: one line; null where it was. */
  error: string | null
}

/** One thing that changes on one day, for all targets that it touches. */
export interface ForecastEvent {
  /** The day of the event; of an end of life and of a certificate the last good one. */
  day: ReportDay
  kind: ForecastKind
  /** The root, the distribution or the base image. */
  name: string
  /** Of a root or certificate. */
  sha256?: Sha256
  /** One sentence without its targets. */
  summary: string
  /** Null: sure. Else the day up to which the facts are known that it rests on: it may still be changed. */
  asKnownOn: ReportDay | null
  targets: ForecastTouched[]
}

export type ForecastKind =
  /** A root reaches its notAfter. */
  | 'root-expires'
  /** A certificate that the Dockerfile takes from its build context does. */
  | 'certificate-expires'
  /** Mozilla distrusts it, or takes its trust for servers away. */
  | 'root-distrusted'
  /** Mozilla takes it out. */
  | 'root-removed'
  /** Public services need a root from then on that is not in the store. */
  | 'root-needed'
  /** The last day on which everybody gets updates. */
  | 'end-of-life'
  /** The last day on which the distribution's own team gives them (Debian: then LTS begins). */
  | 'standard-support-ends'
  /** The tag, or what it stands on, gets its last build. */
  | 'base-frozen'
  /** A frozen base has had no build for 180 days. */
  | 'base-stale'

export interface ForecastTouched {
  target: string
  /** The stores that hold the root (or lack it, where it is needed). */
  stores: string[]
  /** Findings of that target that are new on that day, or graver; those of several events of one day stand at each. */
  findings: ForecastFinding[]
}

export interface ForecastFinding {
  rule: string
  severity: 'error' | 'warning' | 'info'
  /** One sentence. */
  message: string
  /** What would mend it, the first choice: of errors and warnings, where one is known. */
  remedy?: ReportAlternative
}
