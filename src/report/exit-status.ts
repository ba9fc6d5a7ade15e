import { reaches, type Severity } from '../finding.ts'
import type { Report } from './report.ts'

/** 130 is what a shell says of a program that Ctrl-C ended (128 + SIGINT). */
export const EXIT = { clean: 0, findings: 1, failed: 2, interrupted: 130 } as const

/** 2 wins over 1: a job that could not be done is said even where findings stand beside it. With servers 1 wins. */
export function exitStatus(report: Report, failOn: Severity | 'never'): number {
  const { summary, targets } = report
  if (targets.some(({ kind }) => kind === 'server')) return serverStatus(report, failOn)
  if (summary.failed > 0) return EXIT.failed
  const findings = targets.flatMap(target => target.findings)
  return findings.some(finding => reaches(finding.severity, failOn)) ? EXIT.findings : EXIT.clean
}

/** A refusal is an answer, whatever else could not be told; a server of which no verdict can be told is none. */
function serverStatus({ summary, targets }: Report, failOn: Severity | 'never'): number {
  const verdicts = targets.map(target => target.verdicts ?? [])
  const refused = verdicts.flat().some(({ accepted }) => accepted === false)
  if (refused && failOn !== 'never') return EXIT.findings
  const blind = verdicts.some(list => list.every(({ accepted }) => accepted === null))
  return summary.failed > 0 || blind ? EXIT.failed : EXIT.clean
}
