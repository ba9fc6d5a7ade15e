/**
 * Where a running system keeps what its TLS clients trust, the databases of its packages, and its programs and language
 * runtimes (Filesystem Hierarchy Standard 3.0; the ca-certificates packages of the distributions). A host has millions
 * of other files, which are read only when they are asked for.
 */
const folders: readonly string[] = [
  'bin',
  'etc',
  'lib',
  'lib32',
  'lib64',
  'opt',
  // macOS: /etc is a link to the first, and the second tells that it is one (a file, whose neighbours are not gone into).
  'private/etc',
  'System/Library/CoreServices/SystemVersion.plist',
  'sbin',
  'usr',
  'var/lib/apk',
  'var/lib/ca-certificates',
  'var/lib/dpkg',
  'var/lib/rpm',
]

/** Parts of those that hold no trust of this system: sources, documents, other systems' roots, caches. */
const passedOver =
  /(?:^|\/)(?:usr\/src|usr\/share\/(?:doc|man|locale|zoneinfo|icons|fonts)|node_modules\/\.cache|__pycache__|\.git)$/

/** Names by which stores and certificates are known wherever they lie in those folders. */
const stores =
  /(?:^|\/)(?:[^/]*cacerts?|[^/]*truststore|ca-bundle[^/]*|ca-certificates[^/]*|[^/]*\.(?:pem|crt|cer|der|p12|pfx|jks|jceks|p7b|p7c|p11-kit|keystore|truststore|pki))$/i

/** Programs that carry their roots in themselves. */
const programs = /(?:^|\/)(?:node|nodejs|bun|deno|libnssckbi\.so)$/

/** A link of this kind of name is followed out of the known places, still inside the root. */
const trusting = /ssl|cert|pki|ca-|keystore|truststore|jvm|java|python|node/i

/** Whether a folder is gone into: it lies in a known place, or leads to one. */
export function isKnownFolder(path: string): boolean {
  if (passedOver.test(path)) return false
  return folders.some(
    folder => path === folder || path.startsWith(`${folder}/`) || folder.startsWith(`${path}/`),
  )
}

/** Whether the bytes of a file in a known place are looked at, though nobody asked for it by its path. */
export function isKnownFile(path: string): boolean {
  return stores.test(path) || programs.test(path)
}

/** Whether a link is followed to where no known place is. */
export function isKnownLink(path: string): boolean {
  return trusting.test(path)
}
