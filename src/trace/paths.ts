/** Paths inside an image: which of them are trust stores, and how shell words become paths. */
import { posix } from 'node:path'
import { globMatches, hasGlob } from '../dockerfile/glob.ts'

/** Bundles that TLS libraries read by default, by distribution: openssl, p11-kit and Go's crypto/x509 document them. */
export const BUNDLES: ReadonlySet<string> = new Set([
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/ssl/cert.pem',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/certs/ca-bundle.crt',
  '/etc/pki/tls/cert.pem',
  '/etc/pki/tls/cacert.pem',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/pki/tls/certs/ca-bundle.trust.crt',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/var/lib/ca-certificates/ca-bundle.pem',
  '/usr/local/ssl/cert.pem',
  '/usr/lib/ssl/cert.pem',
])

/** Folders in which stores and what feeds them lie. */
const FOLDERS = [
  '/etc/ssl',
  '/etc/pki',
  '/etc/ca-certificates',
  '/usr/share/ca-certificates',
  '/usr/local/share/ca-certificates',
  '/usr/share/pki',
  '/var/lib/ca-certificates',
  '/usr/lib/ssl',
  '/usr/local/ssl',
]

export const CONF = '/etc/ca-certificates.conf'

/** Absolute and normalised; null where it is relative to an unknown folder. `~` stays. */
export function absolutePath(path: string, cwd: string | null): string | null {
  if (path === '') return null
  if (path.startsWith('~')) return posix.normalize(path)
  if (path.startsWith('/')) return trimEnd(posix.normalize(path))
  if (cwd === null) return null
  return cwd.startsWith('~') ? posix.normalize(`${cwd}/${path}`) : trimEnd(posix.normalize(`${cwd}/${path}`))
}

function trimEnd(path: string): string {
  return path.length > 1 ? path.replace(/\/+$/, '') : path
}

/** Is `path` in `folder`, or the folder itself? */
export function within(path: string, folder: string): boolean {
  return path === folder || folder === '/' || path.startsWith(`${folder}/`)
}

/** Is it a store, in a store's folder, or a folder over one? */
export function touchesTrust(path: string): boolean {
  if (path === CONF || BUNDLES.has(path)) return true
  return (
    FOLDERS.some(folder => within(path, folder)) ||
    (path !== '/' && FOLDERS.some(folder => within(folder, path)))
  )
}

/** Inside a trust folder itself, not a folder over it such as `/usr/share`. */
export function inTrustFolder(path: string): boolean {
  return path === CONF || BUNDLES.has(path) || FOLDERS.some(folder => within(path, folder))
}

/** Does a copy of this path bring a store along: a store's own path or folder, `/etc`, the root? */
export function givesStore(path: string): boolean {
  if (path === '/' || path === '/etc' || path === '/usr') return true
  return inTrustFolder(path) && !within(path, '/usr/local/share/ca-certificates')
}

/** Folders in which people build a root filesystem. */
const LIKE_ROOTS =
  /rootfs|^\/(out|output|target|chroot|mnt(\/.*)?|fs|image|install|dist|build|export|staging|overlay|new_?root|sysroot|tmp\/[^/]+)$/

export function likeRoot(path: string): boolean {
  return LIKE_ROOTS.test(path)
}

/** Does the path, which may be a pattern, name this one or a folder over it? */
export function covers(pattern: string, path: string): boolean {
  if (!hasGlob(pattern)) return within(path, pattern)
  // Most paths differ before the first star: that is seen at once, for all the files of a package.
  if (!path.startsWith(literalStart(pattern))) return false
  const depth = pattern.split('/').length
  const parts = path.split('/')
  if (parts.length < depth) return false
  return globMatches(pattern, parts.slice(0, depth).join('/'), true)
}

/** Could the path, which may be a pattern, name something in the folder? A no saves the look at all that lies there. */
export function mayReach(pattern: string, folder: string): boolean {
  const start = literalStart(pattern)
  return start.startsWith(`${folder}/`) || `${folder}/`.startsWith(start)
}

/** What stands before the first star; of a path that is no pattern: all of it. */
function literalStart(pattern: string): string {
  const end = pattern.search(/[*?[\\]/)
  return end === -1 ? pattern : pattern.slice(0, end)
}
