/** A script, a template, a pattern or JSON with an escape for each character that is not ASCII: it means the same. */
export function asAscii(text: string): string {
  return text.replace(/[\u0080-\uffff]/g, unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
