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

/** One run's baseline: what is known, and, where it is to be written anew, what this run found. */
export class Baseline {
  readonly #file: string | null
  readonly #known: readonly BaselineEntry[]
  readonly #found: BaselineEntry[] | null

  /** @throws JobError `unreadable`, `malformed` */
  constructor({ baseline, updateBaseline }: BaselineOptions) {
    this.#file = baseline ?? null
    this.#found = updateBaseline && this.#file !== null ? [] : null
    this.#known = this.#file === null || this.#found !== null ? [] : readBaseline(this.#file)
  }

  /** What it knows, for who must tell one from another. */
  get known(): readonly BaselineEntry[] {
    return this.#known
  }

  /** What of a result is new. Where the baseline is written anew, everything becomes known: nothing is. */
  fresh(result: TargetResult): readonly Finding[] {
    if (this.#file === null) return result.findings
    if (this.#found === null) return newFindings(result, this.#known)
    for (const finding of result.findings) this.#found.push(entryOf(finding, result))
    return []
  }

  /** At the end of the run: writes what was found. @throws JobError `unreadable` */
  end(): void {
    if (this.#file !== null && this.#found !== null) writeBaseline(this.#file, this.#found)
  }
}

interface BaselineOptions {
  readonly baseline?: string
  readonly updateBaseline?: boolean
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
function writeBaseline(file: string, findings: readonly BaselineEntry[]): void {
  const content: BaselineFile = { version: 1, findings: [...findings].sort(byText) }
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
