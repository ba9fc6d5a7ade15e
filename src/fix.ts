/** Applies remedies to a Dockerfile's text, one after another, each judged again before the next. */
import type { Finding } from './finding.ts'
import { dockerfileEdits } from './remedy/dialects/dockerfile.ts'
import { applyEdits } from './remedy/dialects/text.ts'
import type { Remedy, TextEdit } from './remedy/plan.ts'
import type { DockerfileModel } from './trace/state.ts'

export interface FixOptions {
  /** Also remedies that may change what the build does (another base image). */
  readonly suggestions: boolean
  /** Traces and judges a text: as the lint that found the findings did. */
  readonly lint: (
    text: string,
  ) => Promise<{ readonly model: DockerfileModel; readonly findings: readonly Finding[] }>
}

export interface AppliedFix {
  readonly rule: string
  readonly summary: string
}

export interface Fixed {
  readonly text: string
  readonly applied: readonly AppliedFix[]
}

/** A file with more to mend than this is looked at by a person. */
const MOST_FIXES = 100

/** The text with every remedy that holds: its finding is gone, none is new, and it still parses. */
export async function fixDockerfile(text: string, options: FixOptions): Promise<Fixed> {
  let now = text
  const applied: AppliedFix[] = []
  const refused = new Set<string>()
  while (applied.length < MOST_FIXES) {
    const { model, findings } = await options.lint(now)
    const next = await firstThatHolds(findings, model, options, refused)
    if (next === null) break
    now = next.text
    applied.push(next.fix)
  }
  return { text: now, applied }
}

async function firstThatHolds(
  findings: readonly Finding[],
  model: DockerfileModel,
  options: FixOptions,
  refused: Set<string>,
): Promise<{ readonly text: string; readonly fix: AppliedFix } | null> {
  for (const finding of findings) {
    // What is only information needs nobody's hand on the file.
    if (finding.severity === 'info') continue
    for (const remedy of [finding.remedy, ...finding.alternatives]) {
      if (remedy === null || !remedy.proven || !(remedy.fixable || options.suggestions)) continue
      const key = `${finding.rule} ${remedy.summary}`
      const edits = refused.has(key) ? null : dockerfileEdits(remedy.steps, model)
      if (edits === null || edits.length === 0) continue
      const text = applyEdits(
        model.text,
        edits.map(edit => explained(edit, finding, remedy, model.text)),
      )
      const after = await options.lint(text)
      if (after.findings.length < findings.length)
        return { text, fix: { rule: finding.rule, summary: remedy.summary } }
      refused.add(key)
    }
  }
  return null
}

/** People delete lines that they don't understand: a line of ours comes with its reason above it. */
function explained(edit: TextEdit, finding: Finding, remedy: Remedy, text: string): TextEdit {
  if (edit.start !== edit.end || !/^\s*(?:RUN|USER|COPY)\b/.test(edit.text)) return edit
  const eol = text.includes('\r\n') ? '\r\n' : '\n'
  const lead = /^\r?\n/.exec(edit.text)?.[0] ?? ''
  const comment = `# ${remedy.summary.replace(/[^\x20-\x7e]/g, '?')} (imgtrust: ${finding.rule})`
  return { ...edit, text: `${lead}${comment}${eol}${edit.text.slice(lead.length)}` }
}
