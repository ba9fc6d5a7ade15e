/** A baseline: the findings that are known and accepted, so that only new ones count. */
import { readFileSync, writeFileSync } from 'node:fs'
import { JobError, oneLine } from '../errors.ts'
import type { Finding } from '../finding.ts'
import type { TargetResult } from '../result.ts'

export interface BaselineEntry {
  readonly rule: string
  /** The Dockerfile, or the target. */
  readonly target: string
  /** The path in the image; absent for a Dockerfile. */
  readonly path?: string
  /** Of an image: fingerprints of the roots it is about, sorted. */
  readonly roots?: readonly string[]
  /** Of a Dockerfile: the text of the line. */
  readonly text?: string
}

interface BaselineFile {
  readonly version: 1
  readonly findings: readonly BaselineEntry[]
}

/**
 * The results without what the baseline knows; with `updateBaseline` all of them become the baseline.
 * @throws JobError `unreadable`, `malformed`
 */
export function withBaseline<T extends TargetResult>(
  results: readonly T[],
  { baseline, updateBaseline }: { readonly baseline?: string; readonly updateBaseline?: boolean },
): readonly T[] {
  if (baseline === undefined) return results
  if (updateBaseline) writeBaseline(baseline, results)
  const known = readBaseline(baseline)
  return results.map(result => ({ ...result, findings: newFindings(result, known) }))
}

/** @throws JobError `unreadable`, `malformed` */
function readBaseline(file: string): readonly BaselineEntry[] {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw new JobError('unreadable', `--baseline ${file}: can't be read (${oneLine(error)})`)
  }
  try {
    const parsed = JSON.parse(text) as Partial<BaselineFile>
    if (parsed.version === 1 && Array.isArray(parsed.findings)) return parsed.findings
  } catch {
    // said below
  }
  throw new JobError('malformed', `${file}: no baseline of imgtrust; make one with --update-baseline`)
}

/** @throws JobError `unreadable` */
function writeBaseline(file: string, results: readonly TargetResult[]): void {
  const findings = results.flatMap(result => result.findings.map(finding => entryOf(finding, result)))
  const content: BaselineFile = { version: 1, findings: findings.sort(byText) }
  try {
    writeFileSync(file, `${JSON.stringify(content, null, 2)}\n`)
  } catch (error) {
    throw new JobError('unreadable', `--update-baseline ${file}: can't be written (${oneLine(error)})`)
  }
}

/** The findings that the baseline does not have: another root in a known finding makes it new. */
function newFindings(result: TargetResult, baseline: readonly BaselineEntry[]): Finding[] {
  return result.findings.filter(finding => {
    const entry = entryOf(finding, result)
    return !baseline.some(known => covers(known, entry))
  })
}

function entryOf(finding: Finding, { target, model }: TargetResult): BaselineEntry {
  const { rule, location, roots } = finding
  const text =
    model?.kind === 'dockerfile' ? model.text.split(/\r?\n/)[(location.line ?? 1) - 1]?.trim() : undefined
  return {
    rule,
    target,
    ...(location.path === undefined ? {} : { path: location.path }),
    // Line numbers move with every edit above: the line's own text does not.
    ...(text === undefined ? {} : { text }),
    // Of a Dockerfile the line is what is accepted: roots end one after another without anybody touching it.
    ...(text === undefined && roots.length > 0 ? { roots: roots.map(({ sha256 }) => sha256).sort() } : {}),
  }
}

function covers(known: BaselineEntry, entry: BaselineEntry): boolean {
  return (
    known.rule === entry.rule &&
    known.target === entry.target &&
    known.path === entry.path &&
    known.text === entry.text &&
    (entry.roots ?? []).every(root => known.roots?.includes(root))
  )
}

function byText(a: BaselineEntry, b: BaselineEntry): number {
  const [left, right] = [JSON.stringify(a), JSON.stringify(b)]
  return left < right ? -1 : left > right ? 1 : 0
}
