/** What rules ask of an address that stands in a Dockerfile. */

const loopback = /^(?:localhost|(?:[^/]*\.)?localhost|127(?:\.\d{1,3}){3}|0\.0\.0\.0|\[::1?\])$/i

/** Plain http, or the container itself; an address that can't be told is neither. */
export function isPlainOrLoopback(url: string | null): boolean {
  if (url === null) return false
  const found = /^([a-z][a-z0-9+.-]*):\/\/(?:[^/@]*@)?(\[[^\]]*\]|[^/:?#]*)/i.exec(url)
  if (!found) return false
  return found[1]!.toLowerCase() === 'http' || loopback.test(found[2]!)
}

/** The address without what may be a secret: user, password, query and fragment. */
export function withoutSecrets(url: string): string {
  return url.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i, '$1').replace(/[?#].*$/s, '')
}
