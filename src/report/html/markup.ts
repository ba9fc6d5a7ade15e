/** HTML as a value: what is put into a template is escaped unless it is HTML already, so nothing gets in raw. */
import { escapeMarkup } from '../escape-markup.ts'

/** Markup that is safe to stand in a page. Only {@link html} and {@link ownMarkup} make it. */
export class Html {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

/** What a template takes; null is nothing at all. */
export type Content = Html | string | number | null | readonly Content[]

/**
 * The one escape function of this format: fit for text and for attributes in double quotes. What nobody sees becomes
 * `\u{…}` first; lines stay lines.
 */
export function escapeHtml(value: string): string {
  return escapeMarkup(value).replaceAll("'", '&#39;')
}

/** A template of markup: each value is escaped, lists are joined. Attributes stand in double quotes. */
export function html(parts: TemplateStringsArray, ...values: readonly Content[]): Html {
  let text = parts[0] ?? ''
  values.forEach((value, index) => {
    text += plain(value) + (parts[index + 1] ?? '')
  })
  return new Html(text)
}

function plain(value: Content): string {
  if (value === null) return ''
  if (value instanceof Html) return value.text
  if (typeof value === 'object') return value.map(plain).join('')
  return escapeHtml(String(value))
}

/** Text of our own that is markup already (the style, the script): never anything that was read. */
export function ownMarkup(text: string): Html {
  return new Html(text)
}
