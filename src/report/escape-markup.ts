import { visible } from './visible.ts'

/**
 * What XML 1.0 and HTML escape alike: fit for text and for attributes in double quotes. What nobody sees becomes `\u{…}`
 * first, likewise the two characters that XML forbids; lines stay lines.
 */
export function escapeMarkup(value: string): string {
  return value
    .split('\n')
    .map(visible)
    .join('\n')
    .replace(/[\ufffe\uffff]/g, char => `\\u{${char.charCodeAt(0).toString(16)}}`)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
