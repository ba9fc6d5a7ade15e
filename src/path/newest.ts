/**
 * NSS' way (lib/certhigh/certvfy.c, cert_VerifyCertChainOld): of all certificates that could be the issuer, whether
 * sent or of the store, the newest in date is taken, and no other; the first one that is trusted ends the path.
 */
import type { NewestProfile } from '../knowledge/path-profile.ts'
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
import { CannotTell, type Fault, type Judged, type PathInput } from './verdict.ts'

/** Certificates of one path (CERT_MAX_CERT_CHAIN). */
const maxDepth = 20

export function judgeNewest(input: PathInput, profile: NewestProfile): Judged {
  const leaf = input.sent[0]!
  const chain = [leaf]
  const own =
    dateFault(leaf, input.at) ??
    (leafUsageFits(leaf, profile) ? null : fault('wrong-purpose', leaf)) ??
    (leaf.ca || !permitsServer(leaf, 'leaf', profile) ? fault('wrong-purpose', leaf) : null) ??
    keyFault(leaf, profile) ??
    extensionFault(leaf)
  if (own) return { chain, faults: [own] }
  for (let trusted = false; !trusted; ) {
    const top = chain.at(-1)!
    const issuer = chain.length < maxDepth ? issuerOf(top, input) : null
    if (!issuer) return { chain, faults: [fault('unknown-issuer', top)] }
    trusted = isAnchor(issuer, input)
    if (!same(issuer, top)) chain.push(issuer)
    else if (!trusted) return { chain, faults: [fault('self-signed', top)] }
    const wrong = stepFault(chain, issuer, trusted, input, profile)
    if (wrong) return { chain, faults: [wrong] }
  }
  const named = isNamed(leaf, input.host, profile.host)
  return { chain, faults: named ? [] : [fault('hostname-mismatch', leaf)] }
}

/** An intermediate of the store that is out of date is none: the path goes on above it. */
function isAnchor(certificate: Certificate, { store, at }: PathInput): boolean {
  const held = store.has(certificate)
  return held && (certificate.selfIssued || dateFault(certificate, at) === null)
}

function issuerOf(certificate: Certificate, { sent, store, at }: PathInput): Certificate | null {
  const held = store.issuersOf(certificate)
  const came = sent
    .slice(1)
    .filter(each => couldHaveIssued(each, certificate) && each.extensions.basicConstraints?.ca)
  const all = [...held, ...came]
  const inDate = all.filter(each => dateFault(each, at) === null)
  const ranked = (inDate.length > 0 ? inDate : all).sort((a, b) => b.notBefore - a.notBefore)
  const tied = ranked.filter(each => each.notBefore === ranked[0]!.notBefore)
  const first = tied[0] ?? null
  const open = tied.filter(each => held.includes(each) || !tied.some(other => held.includes(other)))
  if (open.some(each => !same(each, first!)))
    throw new CannotTell(
      `NSS may take any of ${open.length} certificates of ${first!.subject.text} that began on one day`,
    )
  return open[0] ?? first
}

function stepFault(
  chain: readonly Certificate[],
  issuer: Certificate,
  anchor: boolean,
  { at }: PathInput,
  profile: NewestProfile,
): Fault | null {
  const certificate = chain.at(-2)
  const { basicConstraints } = issuer.extensions
  const judged = (rule: boolean) => !anchor || rule
  const ca = basicConstraints ? basicConstraints.ca : anchor && certificate !== undefined
  if (judged(profile.anchorCa) && !ca) return fault('not-a-ca', issuer)
  if (!anchor && !maySign(issuer)) return fault('not-a-ca', issuer)
  if (!certificate) return null
  const upTo = (rule: boolean) => (judged(rule) ? chain.length : chain.length - 1)
  const purpose = profile.issuerPurpose !== 'ignored' && judged(profile.anchorPurpose)
  return (
    (judged(profile.anchorDates) ? dateFault(issuer, at) : null) ??
    digestFault(certificate, profile) ??
    (signed(certificate, issuer) ? null : fault('bad-signature', certificate)) ??
    (judged(profile.anchorKeySize) ? keyFault(issuer, profile) : null) ??
    (judged(profile.anchorExtensions) ? extensionFault(issuer) : null) ??
    (purpose && !permitsServer(issuer, 'issuer', profile) ? fault('wrong-purpose', issuer) : null) ??
    nameConstraintFault(chain, upTo(profile.anchorNames), profile) ??
    pathLengthFault(chain, upTo(profile.anchorPathLength))
  )
}
