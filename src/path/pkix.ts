/**
 * Java's way (sun.security.validator.PKIXValidator): where what was sent stands in order, it is cut at the first
 * certificate whose name and key the store has, and judged as it is; only else a path is searched for.
 */
import type { PkixProfile, SearchProfile } from '../knowledge/path-profile.ts'
import type { Certificate } from '../trust/certificate.ts'
import { isNamed } from './host.ts'
import { sameName } from './issuers.ts'
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
import { judgeSearch } from './search.ts'
import type { Fault, Judged, PathInput } from './verdict.ts'

export function judgePkix(input: PathInput, profile: PkixProfile): Judged {
  const leaf = input.sent[0]!
  const named = isNamed(leaf, input.host, profile.host) ? [] : [fault('hostname-mismatch', leaf)]
  if (input.store.has(leaf)) return { chain: [leaf], faults: named }
  const below = cutAtAnchor(input)
  if (!below) return searched(input, profile)
  const { chain, faults } = validate(below, input, profile)
  return { chain, faults: faults.length > 0 ? faults : [...leafFaults(leaf, profile), ...named] }
}

/** What was sent, up to the anchor; null where it must be searched for. */
function cutAtAnchor({ sent, store }: PathInput): readonly Certificate[] | null {
  for (let index = 1; index < sent.length; index++) {
    const certificate = sent[index]!
    if (!sameName(certificate.subject, sent[index - 1]!.issuer)) return null
    const known = store.named(certificate.subject).some(each => isSameKey(each, certificate))
    if (known) return sent.slice(0, index)
  }
  const last = sent.at(-1)!
  const anchored = store.named(last.issuer).length > 0
  return anchored ? sent : null
}

/** The path under an anchor; the first anchor whose name fits is the one that it is held against, unless its key fails. */
function validate(below: readonly Certificate[], input: PathInput, profile: PkixProfile): Judged {
  const top = below.at(-1)!
  const fitting = input.store.issuersOf(top)
  if (fitting.length === 0) return { chain: below, faults: [fault('unknown-issuer', top)] }
  let first: Judged | null = null
  for (const anchor of fitting) {
    const chain = [...below, anchor]
    const faults = pathFaults(chain, input, profile)
    if (faults.length === 0) return { chain, faults }
    first ??= { chain, faults }
  }
  return first!
}

/** From the anchor down, as PKIXMasterCertPathValidator walks. */
function pathFaults(chain: readonly Certificate[], { at }: PathInput, profile: PkixProfile): Fault[] {
  const anchor = chain.at(-1)!
  if (profile.anchorCa && anchor.version === 3 && !isIssuer(anchor)) return [fault('not-a-ca', anchor)]
  for (let index = chain.length - 2; index >= 0; index--) {
    const certificate = chain[index]!
    const wrong =
      digestFault(certificate, profile) ??
      keyFault(certificate, profile) ??
      (index > 0 && !maySign(certificate) ? fault('not-a-ca', certificate) : null) ??
      (index > 0 && !isIssuer(certificate) ? fault('not-a-ca', certificate) : null) ??
      dateFault(certificate, at) ??
      (signed(certificate, chain[index + 1]!) ? null : fault('bad-signature', certificate)) ??
      extensionFault(certificate)
    if (wrong) return [wrong]
  }
  const constrained =
    pathLengthFault(chain, profile.anchorPathLength ? chain.length : chain.length - 1) ??
    nameConstraintFault(chain, profile.anchorNames ? chain.length : chain.length - 1, profile)
  return constrained ? [constrained] : []
}

/** What is asked of the server's own certificate once its path is sound. */
function leafFaults(leaf: Certificate, profile: PkixProfile): Fault[] {
  const fits = permitsServer(leaf, 'leaf', profile) && leafUsageFits(leaf, profile)
  return fits ? [] : [fault('wrong-purpose', leaf)]
}

function searched(input: PathInput, profile: PkixProfile): Judged {
  const way: SearchProfile = {
    ...profile,
    way: 'search',
    leafAsAnchor: 'always',
    anchors: 'any',
    hostJudged: 'last',
  }
  const found = judgeSearch(input, way)
  // The builder says no more than that it found none.
  const broken = found.faults[0]
  if (!broken || broken.reason === 'hostname-mismatch' || broken.reason === 'wrong-purpose') return found
  return { chain: found.chain, faults: [fault('unknown-issuer', broken.by)] }
}

function isIssuer(certificate: Certificate): boolean {
  return certificate.extensions.basicConstraints?.ca === true && maySign(certificate)
}

function isSameKey(a: Certificate, b: Certificate): boolean {
  return Buffer.compare(a.spki, b.spki) === 0
}
