import { createHash } from 'node:crypto'
import { fileOf, fingerprints, imageName, plainPath } from '../place.ts'
import { withRefusals } from '../refusals.ts'
import type { Report, ReportFinding, ReportTarget } from '../report.ts'
import { visible } from '../visible.ts'
import type { Format } from './index.ts'

/**
 * GitLab's Code Quality report (https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format). It knows
 * files alone: a store of an image goes by the image's name and its path.
 */
export const gitlab: Format = {
  render(whole) {
    const report = withRefusals(whole)
    const known = fingerprints(report)
    const issues = report.targets.flatMap(target => [
      ...target.findings.map(finding => issueOf(finding, target, report, known.get(finding) ?? '')),
      ...(target.error === null ? [] : [failure(target, target.error)]),
    ])
    return `${JSON.stringify(issues, null, 2)}\n`
  },
}

const SEVERITIES = { error: 'critical', warning: 'major', info: 'info' } as const

/** The one escape function of this format: JSON escapes itself, and GitLab escapes for HTML; people read what is left. */
export function escapeGitlab(value: string): string {
  return visible(value)
}

function issueOf(finding: ReportFinding, target: ReportTarget, report: Report, fingerprint: string) {
  const { rule, severity, message, location, remedy } = finding
  const path = fileOf(finding) ?? `${imageName(target, report)}${location.path ?? ''}`
  const mend = remedy === null ? '' : ` ${remedy.summary}.`
  return {
    description: escapeGitlab(`${message}${mend}`),
    check_name: rule,
    fingerprint,
    severity: SEVERITIES[severity],
    location: {
      path: escapeGitlab(path),
      lines: { begin: location.line ?? 1, end: location.endLine ?? location.line ?? 1 },
    },
  }
}

/** A target that could not be read is no finding, and no silence either. */
function failure({ target }: ReportTarget, error: string) {
  return {
    description: escapeGitlab(error),
    check_name: 'target-failed',
    fingerprint: createHash('sha256').update(`target-failed\0${target}`).digest('hex'),
    severity: 'blocker',
    location: { path: escapeGitlab(plainPath(target)), lines: { begin: 1, end: 1 } },
  }
}
