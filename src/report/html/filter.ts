import type { Severity } from '../../finding.ts'
import { type Content, type Html, html } from './markup.ts'
import { SEVERITIES } from './words.ts'

/** What a filter offers beside its text. */
export interface FilterChoices {
  /** What it filters, for those who hear the page: `Filter findings`. */
  readonly title: string
  /** What the severities are of: `Severity`. */
  readonly legend: string
  /** What stands behind a severity's box. */
  readonly label: (severity: Severity) => Content
  /** The severities that are shown at first. */
  readonly shown: readonly string[]
  readonly rules: Iterable<string>
  /** In the order of the report; a single one is no choice. */
  readonly targets: readonly string[]
}

/** The filter above a list; it works by the page's script and is hidden without it. */
export function filterForm({ title, legend, label, shown, rules, targets }: FilterChoices): Html {
  return html`<form id="filter" role="search" aria-label="${title}">
<fieldset><legend>${legend}</legend>${SEVERITIES.map(
    severity =>
      html`<label class="check"><input type="checkbox" name="severity" value="${severity}"${shown.includes(severity) ? html` checked` : null}> ${label(severity)}</label>`,
  )}</fieldset>
<label>Rule <select name="rule"><option value="">all</option>${[...new Set(rules)].sort().map(rule => html`<option>${rule}</option>`)}</select></label>
${
  targets.length < 2
    ? null
    : html`<label>Target <select name="target"><option value="">all</option>${targets.map(
        (target, index) => html`<option data-index="${index}">${target}</option>`,
      )}</select></label>`
}
<label>Text <input type="search" name="text" autocomplete="off" spellcheck="false"></label>
<output id="counted" aria-live="polite"></output>
</form>`
}
