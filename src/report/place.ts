/** How findings and targets are named where a format wants one line, one path or one fingerprint. */
import { createHash } from 'node:crypto'
import type { Report, ReportFinding, ReportTarget } from './report.ts'

/** The Dockerfile of a finding as a path with `/`, without a leading `./`; null where it stands in no file. */
export function fileOf(finding: Pick<ReportFinding, 'location'>): string | null {
  const { file } = finding.location
  return file === undefined ? null : plainPath(file)
}

export function plainPath(file: string): string {
  return file.replace(/^(?:\.\/+)+(?=.)/, '')
}

/**
 * What an image is called from one build to the next: its repository without tag and digest, or the target as typed
 * where it has none. Images that would share a name keep it whole.
 */
export function imageName(target: ReportTarget, { targets }: Report): string {
  const name = repositoryOf(target)
  return targets.some(other => other !== target && repositoryOf(other) === name) ? target.target : name
}

function repositoryOf({ reference, target }: ReportTarget): string {
  if (reference === null) return target
  return reference.replace(/@.*$/s, '').replace(/:[^/:]*$/, '')
}

/**
 * A fingerprint for each finding (64 hex digits) that stays when lines move and images are built anew: of the rule, the
 * file or image and path, and the text of the line or the roots. Equal ones in one report are told apart by their order.
 */
export function fingerprints(report: Report): ReadonlyMap<ReportFinding, string> {
  const seen = new Map<string, number>()
  const result = new Map<ReportFinding, string>()
  for (const target of report.targets) {
    for (const finding of target.findings) {
      const parts = [finding.rule, ...placeParts(finding, target, report)]
      const key = JSON.stringify(parts)
      const count = seen.get(key) ?? 0
      seen.set(key, count + 1)
      const text = count === 0 ? key : JSON.stringify([...parts, count])
      result.set(finding, createHash('sha256').update(text).digest('hex'))
    }
  }
  return result
}

function placeParts(finding: ReportFinding, target: ReportTarget, report: Report): readonly string[] {
  const { location, roots } = finding
  const file = fileOf(finding)
  if (file !== null) return [file, location.text ?? '']
  return [imageName(target, report), location.path ?? '', ...roots.map(({ sha256 }) => sha256).sort()]
}

/** The remedies of a finding that a format may show: the first choice, then the others. */
export function remediesOf({ remedy }: ReportFinding) {
  return remedy === null ? [] : [remedy, ...remedy.alternatives]
}

/** The text to copy of a remedy: the chosen dialect, else the form that the target itself would use. */
export function codeOf(
  { steps }: ReturnType<typeof remediesOf>[number],
  target: Pick<ReportTarget, 'kind'>,
  dialect: 'dockerfile' | 'shell' | 'ansible' | 'salt',
): string | null {
  const fallback = target.kind === 'host' || target.kind === 'rootfs' ? steps.shell : steps.dockerfile
  return steps[dialect] ?? fallback ?? steps.dockerfile ?? steps.shell ?? null
}
