/** What rules ask of the user's policy. */
import { createHash } from 'node:crypto'
import { rootByFingerprint, rootDer } from '../knowledge/roots.ts'
import type { Root } from '../model.ts'
import type { Policy, PolicyEntry } from '../policy/policy.ts'

/** Does the entry name this root? */
export function names({ algorithm, fingerprint }: PolicyEntry, root: Root): boolean {
  return fingerprint === (algorithm === 'sha256' ? root.sha256 : sha1Of(root))
}

/** Made for the few policies that name a root so; a policy's entries ask for those of all roots, one after the other. */
const sha1s = new WeakMap<Root, string | null>()

/** Null where neither bytes nor built-in facts tell it. */
function sha1Of(root: Root): string | null {
  let sha1 = sha1s.get(root)
  if (sha1 === undefined) {
    const bytes = root.der ?? knownDer(root.sha256)
    sha1 = bytes && createHash('sha1').update(bytes).digest('hex')
    sha1s.set(root, sha1)
  }
  return sha1
}

function knownDer(sha256: string): Uint8Array | null {
  const known = rootByFingerprint(sha256)
  return known && rootDer(known.index)
}

/** Is it named among those that may or must be there? */
export function isAllowed(policy: Policy | undefined, root: Root): boolean {
  if (policy === undefined) return false
  return [...policy.allow, ...policy.require].some(entry => names(entry, root))
}
