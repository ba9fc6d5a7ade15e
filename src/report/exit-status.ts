import { reaches, type Severity } from '../finding.ts'
import type { Report } from './report.ts'

/** 130 is what a shell says of a program that Ctrl-C ended (128 + SIGINT). */
export const EXIT = { clean: 0, findings: 1, failed: 2, interrupted: 130 } as const

/** 2 wins over 1: a job that could not be done is said even where findings stand beside it. */
export function exitStatus({ summary, targets }: Report, failOn: Severity | 'never'): number {
  if (summary.failed > 0) return EXIT.failed
  const findings = targets.flatMap(target => target.findings)
  return findings.some(finding => reaches(finding.severity, failOn)) ? EXIT.findings : EXIT.clean
}
