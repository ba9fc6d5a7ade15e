/**
 * GnuTLS' way (lib/x509/verify-high.c, verify.c): what was sent is put in order from the server's certificate on; from
 * the first one that the store can go on from, the store takes over. Every certificate of that one path is judged.
 */
import type { CutProfile } from '../knowledge/path-profile.ts'
import type { Certificate } from '../trust/certificate.ts'
import { isNamed } from './host.ts'
import { couldHaveIssued, same } from './issuers.ts'
import {
  dateFault,
  digestFault,
  extensionFault,
  fault,
  keyFault,
  leafUsageFits,
  maySign,
  nameConstraintFault,
  pathLengthFault,
  permitsServer,
  signed,
} from './judge.ts'
import type { Fault, Judged, PathInput } from './verdict.ts'

export function judgeCut(input: PathInput, profile: CutProfile): Judged {
  const { store, at } = input
  const sorted = inOrder(input.sent)
  const { chain, anchored } =
    profile.cutAt === 'first-known' ? cutAtFirst(sorted, input) : cutAtEnd(sorted, input)
  const leaf = chain[0]!
  const below = anchored ? chain.length - 1 : chain.length
  const faults: (Fault | null)[] = []
  if (!anchored) {
    const top = chain.at(-1)!
    const twin = store.issuersOf(top)[0]
    faults.push(
      fault(
        twin ? 'bad-signature' : top.selfIssued && chain.length === 1 ? 'self-signed' : 'unknown-issuer',
        top,
      ),
    )
  }
  chain.forEach((certificate, index) => {
    const issuer = chain[index + 1]
    if (!issuer) return
    const anchor = anchored && index === chain.length - 2
    if ((!anchor || profile.anchorCa) && !isIssuer(issuer, anchor)) faults.push(fault('not-a-ca', issuer))
    if (!signed(certificate, issuer)) faults.push(fault('bad-signature', certificate))
    faults.push(digestFault(certificate, profile))
  })
  faults.push(pathLengthFault(chain, profile.anchorPathLength ? chain.length : below))
  faults.push(nameConstraintFault(chain, profile.anchorNames ? chain.length : below, profile))
  chain.forEach((certificate, index) => {
    const anchor = index >= below
    if (!anchor || profile.anchorExtensions) faults.push(extensionFault(certificate))
    if (!anchor || profile.anchorDates) faults.push(dateFault(certificate, at))
    if (!anchor || profile.anchorKeySize) faults.push(keyFault(certificate, profile))
    const judged =
      index === 0
        ? profile.leafPurpose
        : profile.issuerPurpose !== 'ignored' && (!anchor || profile.anchorPurpose)
    if (judged && !permitsServer(certificate, index === 0 ? 'leaf' : 'issuer', profile))
      faults.push(fault('wrong-purpose', certificate))
  })
  if (!leafUsageFits(leaf, profile)) faults.push(fault('wrong-purpose', leaf))
  if (!isNamed(leaf, input.host, profile.host)) faults.push(fault('hostname-mismatch', leaf))
  return { chain, faults: faults.filter(each => each !== null) }
}

/** The store is taken at its word where an anchor has no basic constraints; where it has them, they count. */
function isIssuer(certificate: Certificate, anchor: boolean): boolean {
  const { basicConstraints } = certificate.extensions
  return (basicConstraints ? basicConstraints.ca : anchor) && maySign(certificate)
}

/** Each certificate followed by the first of the others that could have issued it; what fits nowhere is dropped. */
function inOrder(sent: readonly Certificate[]): Certificate[] {
  const rest = sent.slice(1)
  const sorted = [sent[0]!]
  for (let top = sent[0]!; !top.selfIssued; ) {
    const index = rest.findIndex(each => couldHaveIssued(each, top))
    if (index < 0) break
    top = rest[index]!
    rest.splice(index, 1)
    sorted.push(top)
  }
  return sorted
}

interface Cut {
  readonly chain: readonly Certificate[]
  /** Does the path end in a certificate of the store? */
  readonly anchored: boolean
}

function cutAtFirst(sorted: readonly Certificate[], input: PathInput): Cut {
  for (let index = 0; index < sorted.length; index++) {
    const certificate = sorted[index]!
    // The server's own certificate is its own anchor only where nothing else was sent.
    const known = (index > 0 || sorted.length === 1) && input.store.has(certificate)
    if (known) return { chain: sorted.slice(0, index + 1), anchored: true }
    const anchor = anchorOf(certificate, input)
    if (!anchor) continue
    const path = sorted.slice(0, index + 1)
    return { chain: same(anchor, certificate) ? path : [...path, anchor], anchored: true }
  }
  return { chain: sorted, anchored: false }
}

/** A root that was sent is left out first; then the path ends at the first certificate that the store holds itself. */
function cutAtEnd(sorted: readonly Certificate[], input: PathInput): Cut {
  const bare = sorted.length > 1 && sorted.at(-1)!.selfIssued ? sorted.slice(0, -1) : sorted
  const known = bare.findIndex((each, index) => index > 0 && input.store.has(each))
  if (known > 0) return { chain: bare.slice(0, known + 1), anchored: true }
  const anchor = anchorOf(bare.at(-1)!, input)
  if (!anchor) return cutAtKey(bare, input) ?? { chain: sorted, anchored: false }
  return { chain: same(anchor, bare.at(-1)!) ? bare : [...bare, anchor], anchored: true }
}

/**
 * Where nobody has signed the last one, the store is asked once more: for a root of its name and key, which then stands
 * in its place (gnutls_x509_trust_list_verify_crt2, the second look by LAST_DN).
 */
function cutAtKey(bare: readonly Certificate[], { store }: PathInput): Cut | null {
  const last = bare.at(-1)!
  if (bare.length === 1 || last.selfIssued) return null
  const root = store.named(last.subject).find(each => Buffer.compare(each.spki, last.spki) === 0)
  return root ? { chain: [...bare.slice(0, -1), root], anchored: true } : null
}

/** Of several that fit, one in date; of those, the last. */
function anchorOf(certificate: Certificate, { store, at }: PathInput): Certificate | null {
  const fitting = store.issuersOf(certificate)
  return fitting.findLast(each => dateFault(each, at) === null) ?? fitting.at(-1) ?? null
}
