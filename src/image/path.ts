/**
 * A path of a tar entry as an engine places it: relative to the image's root, `.` and `..` resolved, never above the
 * root (`../../etc/passwd` and `/etc/passwd` are both `etc/passwd`, as containerd clamps them).
 * @returns the path without leading or trailing slash; `''` is the root itself
 */
export function normalisePath(path: string): string {
  // Nearly every path of a real layer is clean already: one look decides.
  if (!/(?:^|\/)\.{0,2}(?:\/|$)/.test(path)) return path
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue
    if (part === '..') parts.pop()
    else parts.push(part)
  }
  return parts.join('/')
}

/** The folder of a normalised path (`''`: the root), and the last name in it. */
export function splitPath(path: string): { readonly parent: string; readonly name: string } {
  const slash = path.lastIndexOf('/')
  return slash < 0
    ? { parent: '', name: path }
    : { parent: path.slice(0, slash), name: path.slice(slash + 1) }
}

/** An address from outside without the login that may stand in it. */
export function withoutLogin(url: string): string {
  return url.replace(/\/\/[^/]*@/g, '//')
}

/** A name from outside for a one-line message: control characters out, cut at `most` characters. */
export function printable(text: string, most = 200): string {
  const clean = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\ufffd')
  return clean.length > most ? `${clean.slice(0, most)}…` : clean
}
