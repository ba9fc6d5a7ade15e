/**
 * All ways up are tried until one is sound: Go (crypto/x509/verify.go, buildChains), and libraries that go back a step
 * where a certificate does not fit. The store is asked before what was sent.
 */
import type { SearchProfile } from '../knowledge/path-profile.ts'
import { limits } from '../limits.ts'
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

/** Certificates of one path; none that is in use comes near it. */
const maxDepth = 20

export function judgeSearch(input: PathInput, profile: SearchProfile): Judged {
  const leaf = input.sent[0]!
  const own = [extensionFault(leaf), dateFault(leaf, input.at), keyFault(leaf, profile)].filter(
    each => each !== null,
  )
  if (profile.leafNoCa && leaf.extensions.basicConstraints?.ca) own.push(fault('wrong-purpose', leaf))
  if (!leafUsageFits(leaf, profile)) own.push(fault('wrong-purpose', leaf))
  const name = isNamed(leaf, input.host, profile.host) ? null : fault('hostname-mismatch', leaf)
  if (own.length > 0 && !profile.leafLast) return { chain: [leaf], faults: own }
  if (name && profile.hostJudged === 'before') return { chain: [leaf], faults: [name] }
  const found = new Search(input, profile).run()
  const late = [...own, ...(name ? [name] : [])]
  return found.faults.length > 0 || late.length === 0 ? found : { chain: found.chain, faults: late }
}

class Search {
  readonly #input: PathInput
  readonly #profile: SearchProfile
  #signatures = 0
  /** A sound path that does not serve the purpose. */
  #unfit: Judged | null = null

  constructor(input: PathInput, profile: SearchProfile) {
    this.#input = input
    this.#profile = profile
  }

  run(): Judged {
    const leaf = this.#input.sent[0]!
    const pinned = this.#profile.leafAsAnchor === 'always' && this.#input.store.has(leaf)
    const found = pinned ? this.#whole([leaf]) : this.#up([leaf])
    return !found || found.faults.length > 0 ? (this.#unfit ?? found ?? this.#dead([leaf])) : found
  }

  /** A whole path without faults, or the fault that was found last of those that speak of more than a signature. */
  #up(chain: readonly Certificate[]): Judged | null {
    const top = chain.at(-1)!
    let hint: Judged | null = null
    let wrong: Judged | null = null
    if (chain.length > maxDepth) return null
    for (const { issuer, anchor } of this.#candidates(chain)) {
      if (++this.#signatures > limits.pathSignatures) break
      const longer = same(top, issuer) ? chain : [...chain, issuer]
      const unsigned = this.#signatureFault(longer, anchor)
      if (unsigned) {
        hint ??= { chain: longer, faults: [unsigned] }
        continue
      }
      const invalid = this.#issuerFault(longer, anchor)
      const found = invalid
        ? { chain: longer, faults: [invalid] }
        : anchor
          ? this.#whole(longer)
          : this.#up(longer)
      if (found && found.faults.length === 0) return found
      wrong = found ?? wrong
    }
    return wrong ?? hint ?? this.#dead(chain)
  }

  *#candidates(
    chain: readonly Certificate[],
  ): Generator<{ readonly issuer: Certificate; readonly anchor: boolean }> {
    const top = chain.at(-1)!
    const { store, sent } = this.#input
    const used = (issuer: Certificate) => chain.some(each => isSameKey(each, issuer))
    for (const issuer of store.issuersOf(top)) {
      const itself = chain.length === 1 && same(top, issuer) && this.#profile.leafAsAnchor !== 'never'
      if (itself || !used(issuer))
        yield { issuer, anchor: this.#profile.anchors === 'any' || issuer.selfIssued }
    }
    for (const issuer of sent.slice(1))
      if (couldHaveIssued(issuer, top) && !used(issuer)) yield { issuer, anchor: false }
  }

  #dead(chain: readonly Certificate[]): Judged {
    const [leaf] = chain
    if (chain.length === 1 && leaf!.selfIssued && this.#profile.leafAsAnchor === 'never')
      return { chain, faults: [fault('self-signed', leaf!)] }
    return { chain, faults: [fault('unknown-issuer', chain.at(-1)!)] }
  }

  #signatureFault(chain: readonly Certificate[], anchor: boolean): Fault | null {
    const issuer = chain.at(-1)!
    const certificate = chain.at(-2)
    if (!certificate) return null
    if ((!anchor || this.#profile.anchorCa) && !isIssuer(issuer, this.#profile))
      return fault('not-a-ca', issuer)
    if (this.#profile.pssUnknown && certificate.signatureAlgorithm === rsaPss)
      throw new CannotTell('whether this client takes signatures of RSASSA-PSS is not known')
    const weak = digestFault(certificate, this.#profile)
    if (weak) return weak
    return signed(certificate, issuer) ? null : fault('bad-signature', certificate)
  }

  #issuerFault(chain: readonly Certificate[], anchor: boolean): Fault | null {
    const profile = this.#profile
    const issuer = chain.at(-1)!
    if (chain.length === 1) return null
    const judged = (rule: boolean) => !anchor || rule
    const upTo = (rule: boolean) => (judged(rule) ? chain.length : chain.length - 1)
    return (
      (judged(profile.anchorExtensions) ? extensionFault(issuer) : null) ??
      (judged(profile.anchorDates) ? dateFault(issuer, this.#input.at) : null) ??
      (judged(profile.anchorKeySize) ? keyFault(issuer, profile) : null) ??
      nameConstraintFault(chain, upTo(profile.anchorNames), profile) ??
      pathLengthFault(chain, upTo(profile.anchorPathLength))
    )
  }

  /** A whole path must serve the purpose, too. */
  #whole(chain: readonly Certificate[]): Judged | null {
    const profile = this.#profile
    const odd = chain.find((certificate, index) => {
      if (index === 0) return profile.leafPurpose && !permitsServer(certificate, 'leaf', profile)
      const anchor = index === chain.length - 1
      return (
        profile.issuerPurpose !== 'ignored' &&
        (!anchor || profile.anchorPurpose) &&
        !permitsServer(certificate, 'issuer', profile)
      )
    })
    const late = profile.sentRoots ? this.#sentRootFault(chain.at(-1)!) : null
    if (!odd) return { chain, faults: late ? [late] : [] }
    this.#unfit ??= { chain, faults: [fault('wrong-purpose', odd)] }
    return null
  }

  /** What is wrong with a root that was sent where the store holds its twin. */
  #sentRootFault(anchor: Certificate): Fault | null {
    const { sent, store, at } = this.#input
    const twin = sent.slice(1).find(each => each.selfIssued && isSameKey(each, anchor) && !store.has(each))
    return twin ? dateFault(twin, at) : null
  }
}

const rsaPss = '1.2.840.113549.1.1.10'

function isSameKey(a: Certificate, b: Certificate): boolean {
  return Buffer.compare(a.spki, b.spki) === 0 && Buffer.compare(a.subject.der, b.subject.der) === 0
}

function isIssuer(certificate: Certificate, { bareIssuers, anyKeyUsage }: SearchProfile): boolean {
  const { basicConstraints, keyUsage } = certificate.extensions
  const bare = basicConstraints === null && keyUsage === null
  if (bare && (bareIssuers === 'any' || (bareIssuers && certificate.version === 1))) return true
  const ca = certificate.version === 1 ? certificate.ca : basicConstraints?.ca === true
  return ca && (anyKeyUsage === true || maySign(certificate))
}
