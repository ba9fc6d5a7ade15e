/** What mends a finding, ready to copy. */
import type { FormatOptions } from '../formats/index.ts'
import { codeOf, remediesOf } from '../place.ts'
import type { ReportAlternative, ReportFinding, ReportSteps, ReportTarget } from '../report.ts'
import { type Html, html } from './markup.ts'

export type Dialect = FormatOptions['remedy']

/** Which dialects are shown: the chosen one first; the others too where the page is not too large for them. */
export interface Dialects {
  readonly chosen: Dialect
  readonly others: boolean
}

const DIALECTS: Readonly<Record<Dialect, string>> = {
  dockerfile: 'Dockerfile',
  shell: 'Shell',
  ansible: 'Ansible',
  salt: 'Salt',
}

/** The first choice in the open, the others folded. */
export function renderRemedies(finding: ReportFinding, target: ReportTarget, dialects: Dialects): Html {
  const [first, ...others] = remediesOf(finding)
  if (!first) return html`<p class="no-remedy">No remedy is known that could be shown here.</p>`
  return html`<div class="remedy">${renderRemedy(first, target, dialects, 'Mend')}${
    others.length === 0
      ? null
      : html`<details class="others"><summary>${others.length === 1 ? 'Another way' : `${others.length} other ways`}</summary>${others.map(
          one => renderRemedy(one, target, dialects, 'Or'),
        )}</details>`
  }</div>`
}

/** One remedy: the sentence, the lines to copy, its other dialects. */
export function renderRemedy(
  remedy: ReportAlternative,
  target: Pick<ReportTarget, 'kind'>,
  { chosen, others }: Dialects,
  label: string,
): Html {
  const code = codeOf({ ...remedy, edits: remedy.edits ?? [] }, target, chosen)
  const doubt = remedy.proven ? null : html` <span class="doubt">not proven on the model</span>`
  const rest = (Object.keys(DIALECTS) as Dialect[]).filter(one => {
    const text = remedy.steps[one as keyof ReportSteps]
    return others && text && text !== code
  })
  return html`<p class="mend"><b>${label}</b> ${remedy.summary}${doubt}</p>${
    code === null ? null : renderCode(code)
  }${
    rest.length === 0
      ? null
      : html`<details class="dialects"><summary>As ${rest.map(one => DIALECTS[one]).join(', ')}</summary>${rest.map(
          one => html`<p class="dialect">${DIALECTS[one]}</p>${renderCode(remedy.steps[one] ?? '')}`,
        )}</details>`
  }`
}

/** Lines to copy; the button is for those whose browser runs the script. */
export function renderCode(code: string): Html {
  return html`<div class="code"><pre><code>${code}</code></pre><button type="button" class="copy">Copy</button></div>`
}
