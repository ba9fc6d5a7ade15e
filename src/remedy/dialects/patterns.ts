/** Patterns of Python's `re`, which Ansible's and Salt's replace take; in both `^` and `$` match at each line. */
import { isFragment, isSafeName } from '../quote.ts'

/** The one escape for a text that stands in a pattern. */
export function escapePython(text: string): string {
  return text.replace(/[\\^$.|?*+()[\]{}-]/g, '\\$&')
}

/** The line of ca-certificates.conf that names a certificate of the package. */
export function confLine(name: string): { readonly pattern: string; readonly replacement: string } | null {
  if (!isSafeName(name)) return null
  return { pattern: `^mozilla/${escapePython(name)}$`, replacement: `!mozilla/${name}` }
}

/** A PEM block by a piece of its base64; a block holds no dash between its first line and its last. */
export function blockWith(fragment: string): string | null {
  if (!isFragment(fragment)) return null
  return `^-----BEGIN CERTIFICATE-----[^-]*${fragment}[^-]*-----END CERTIFICATE-----\\r?\\n?`
}
