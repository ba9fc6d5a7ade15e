/** What rules ask of the user's policy. */
import { createHash } from 'node:crypto'
import { rootByFingerprint, rootDer } from '../knowledge/roots.ts'
import type { Root } from '../model.ts'
import type { Policy, PolicyEntry } from '../policy/policy.ts'

/** Does the entry name this root? */
export function names({ algorithm, fingerprint }: PolicyEntry, root: Root): boolean {
  return fingerprint === (algorithm === 'sha256' ? root.sha256 : sha1Of(root))
}

/** Null where neither bytes nor built-in facts tell it. */
function sha1Of({ sha256, certificate }: Root): string | null {
  if (certificate !== undefined) return certificate.sha1
  const known = rootByFingerprint(sha256)
  return known === null ? null : createHash('sha1').update(rootDer(known.index)).digest('hex')
}

/** Is it named among those that may or must be there? */
export function isAllowed(policy: Policy | undefined, root: Root): boolean {
  if (policy === undefined) return false
  return [...policy.allow, ...policy.require].some(entry => names(entry, root))
}
