/** How a root leaves a Java keystore: by the name of its entry. */
import { rootByFingerprint } from '../knowledge/roots.ts'
import type { Root } from '../model.ts'
import type { Step } from './plan.ts'
import { isSafeAlias, isSafePath } from './quote.ts'
import type { Target, TargetStore } from './target.ts'

/** Where Debian's hook keeps the one store of all its JVMs. */
const debianStore = '/etc/ssl/certs/java/cacerts'

/** @returns null where an entry's name is not known or not safe, or no keytool is there */
export function keystoreSteps(
  target: Target,
  store: TargetStore,
  roots: readonly Root[],
): readonly Step[] | null {
  const keytool = keytoolOf(target, store.path)
  if (keytool === null || !isSafePath(store.path)) return null
  const gone = new Set(roots.map(({ sha256 }) => sha256))
  const aliases = store.roots.filter(({ sha256 }) => gone.has(sha256)).map(root => aliasOf(store.path, root))
  if (!aliases.every(alias => alias !== null && isSafeAlias(alias))) return null
  return [{ kind: 'keystore-delete', path: store.path, aliases: aliases as string[], keytool }]
}

/** ca-certificates-java calls each entry by the file that it was made of (UpdateCertificates.java); keystores fold case. */
export function aliasOf(path: string, { alias, sha256 }: Root): string | null {
  if (alias !== undefined) return alias
  const known = path === debianStore ? rootByFingerprint(sha256) : null
  return known === null ? null : `debian:${known.file.replace(/\.crt$/, '.pem').toLowerCase()}`
}

/** The JVM's own one where the store lies in its home, else the one on the path. */
function keytoolOf(target: Target, path: string): string | null {
  const home = /^(\/.+?)(?:\/jre)?\/lib\/security\/(?:cacerts|jssecacerts)$/.exec(path)?.[1]
  const own = home === undefined ? [] : [`${home}/bin/keytool`, `${home}/jre/bin/keytool`]
  const there = own.find(candidate => isSafePath(candidate) && target.exists(candidate))
  if (there !== undefined) return there
  return ['/usr/bin/keytool', '/usr/local/bin/keytool'].some(target.exists) ? 'keytool' : null
}
