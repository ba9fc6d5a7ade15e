/**
 * OpenSSL's way, and that of what came of it (crypto/x509/x509_vfy.c: build_chain, check_chain, internal_verify): one
 * path is built, issuer by issuer, without a look at signatures; then that path is judged.
 */
import type { OnePathProfile } from '../knowledge/path-profile.ts'
import type { Certificate } from '../trust/certificate.ts'
import { isNamed } from './host.ts'
import { couldHaveIssued, identifiersFit, isSelfSigned, same } from './issuers.ts'
import {
  dateFault,
  digestFault,
  extensionFault,
  fault,
  keyFault,
  leafUsageFits,
  maySign,
  nameConstraintFault,
  permitsServer,
  signed,
} from './judge.ts'
import type { Fault, Judged, PathInput } from './verdict.ts'

/** X509_STORE_CTX's own limit is 100. */
const maxDepth = 100

interface Built {
  readonly chain: Certificate[]
  /** How many of them, from the server's own on, came from what was sent. */
  readonly untrusted: number
  readonly fault: Fault | null
}

export function judgeOnePath(input: PathInput, profile: OnePathProfile): Judged {
  const built = new Builder(input, profile).build()
  const faults = [...(built.fault ? [built.fault] : []), ...judge(input, profile, built)]
  return { chain: built.chain, faults: profile.reports === 'first' ? faults : faults.reverse() }
}

class Builder {
  readonly #input: PathInput
  readonly #profile: OnePathProfile
  readonly #chain: Certificate[]
  #untrusted = 1

  constructor(input: PathInput, profile: OnePathProfile) {
    this.#input = input
    this.#profile = profile
    this.#chain = [input.sent[0]!]
  }

  build(): Built {
    return this.#profile.first === 'store' ? this.#storeFirst() : this.#sentFirst()
  }

  /** At each step the store is asked before what was sent; once it answered, it alone. */
  #storeFirst(): Built {
    const chain = this.#chain
    const rest = this.#input.sent.slice(1)
    while (chain.length <= maxDepth) {
      const top = chain.at(-1)!
      if (this.#ends(top)) {
        if (this.#untrusted < chain.length) return this.#done(null)
        const own = this.#fromStore(top)
        if (own && same(own, top)) {
          this.#untrusted--
          return this.#done(null)
        }
        return this.#leafAsAnchor(this.#selfSigned(top))
      }
      const anchor = this.#fromStore(top)
      if (anchor) {
        chain.push(anchor)
        if (this.#profile.partialChain) return this.#done(null)
        continue
      }
      const issuer = this.#untrusted === chain.length ? this.#fromSent(rest, top) : null
      if (!issuer) return this.#leafAsAnchor(this.#missing())
      rest.splice(rest.indexOf(issuer), 1)
      chain.push(issuer)
      this.#untrusted++
    }
    return this.#done(this.#missing())
  }

  /** What was sent is followed to its end; then the store goes on, or takes the place of a root that was sent. */
  #sentFirst(): Built {
    const chain = this.#chain
    const rest = this.#input.sent.slice(1)
    while (chain.length <= maxDepth && !this.#ends(chain.at(-1)!)) {
      const issuer = this.#fromSent(rest, chain.at(-1)!)
      if (!issuer) break
      rest.splice(rest.indexOf(issuer), 1)
      chain.push(issuer)
    }
    this.#untrusted = chain.length
    let sentRoot: Certificate | null = null
    if (this.#ends(chain.at(-1)!)) {
      if (chain.length === 1) {
        const own = this.#fromStore(chain[0]!)
        if (!own || !same(own, chain[0]!)) return this.#done(this.#selfSigned(chain[0]!))
        this.#untrusted = 0
        return this.#done(null)
      }
      sentRoot = chain.pop()!
      this.#untrusted--
    }
    for (let sure = this.#untrusted; ; ) {
      if (this.#growFromStore()) return this.#done(null)
      if (!this.#profile.alternatives) break
      do sure--
      while (sure > 0 && !this.#fromStore(chain[sure - 1]!))
      if (sure <= 0) break
      chain.length = sure
      this.#untrusted = sure
    }
    if (sentRoot && chain.length === this.#untrusted) {
      chain.push(sentRoot)
      this.#untrusted++
      return this.#done(this.#selfSigned(sentRoot))
    }
    return this.#done(this.#missing())
  }

  /** Adds anchors from the store until the path ends. @returns does it end in one that is trusted? */
  #growFromStore(): boolean {
    const chain = this.#chain
    while (chain.length <= maxDepth && !this.#ends(chain.at(-1)!)) {
      const anchor = this.#fromStore(chain.at(-1)!)
      if (!anchor) return this.#profile.partialChain && chain.length > this.#untrusted
      chain.push(anchor)
    }
    return chain.length > this.#untrusted
  }

  #leafAsAnchor(otherwise: Fault): Built {
    const leaf = this.#chain[0]!
    const pinned = this.#profile.partialChain && this.#input.store.has(leaf)
    if (!pinned) return this.#done(otherwise)
    this.#chain.length = 1
    this.#untrusted = 0
    return this.#done(null)
  }

  #done(wrong: Fault | null): Built {
    return { chain: this.#chain, untrusted: this.#untrusted, fault: wrong }
  }

  #selfSigned(root: Certificate): Fault {
    return fault('self-signed', root)
  }

  #missing(): Fault {
    return fault('unknown-issuer', this.#chain.at(-1)!)
  }

  #ends(certificate: Certificate): boolean {
    return endsPath(certificate, this.#profile)
  }

  #fromStore(certificate: Certificate): Certificate | null {
    const { store } = this.#input
    if (this.#ends(certificate) && store.has(certificate)) return certificate
    return this.#choose(store.issuersOf(certificate), this.#profile.storeTwins)
  }

  #fromSent(rest: readonly Certificate[], certificate: Certificate): Certificate | null {
    return this.#choose(
      rest.filter(each => couldHaveIssued(each, certificate)),
      this.#profile.twins,
    )
  }

  #choose(issuers: readonly Certificate[], twins: OnePathProfile['twins']): Certificate | null {
    const fitting = issuers.filter(
      each =>
        (this.#profile.noCertSign === 'refused' || maySign(each)) &&
        !this.#chain.some(other => same(other, each)),
    )
    if (twins === 'first') return fitting[0] ?? null
    return fitting.find(each => dateFault(each, this.#input.at) === null) ?? fitting.at(-1) ?? null
  }
}

function endsPath(certificate: Certificate, { selfSignedNeedsCertSign }: OnePathProfile): boolean {
  return isSelfSigned(certificate) && (!selfSignedNeedsCertSign || maySign(certificate))
}

/** All that is wrong, in the library's order: extensions, strength, name, signatures with dates, name constraints. */
function judge(
  input: PathInput,
  profile: OnePathProfile,
  { chain, untrusted, fault: missing }: Built,
): Fault[] {
  const faults: (Fault | null)[] = []
  const leaf = chain[0]!
  const anchors = missing === null ? Math.max(1, chain.length - untrusted) : 0
  const below = chain.length - anchors
  if (keyFault(leaf, profile)) faults.unshift(keyFault(leaf, profile))
  faults.push(...extensionFaults(profile, chain, untrusted))
  chain.forEach((certificate, index) => {
    if (index > 0 && (profile.anchorKeySize || index < untrusted)) faults.push(keyFault(certificate, profile))
    if (index < chain.length - 1) faults.push(digestFault(certificate, profile))
  })
  const named = isNamed(leaf, input.host, profile.host)
  if (!named && profile.hostJudged === 'with-the-rest') faults.push(fault('hostname-mismatch', leaf))
  for (let index = chain.length - 1; index >= 0; index--) {
    const certificate = chain[index]!
    const issuer = chain[index + 1]
    if (issuer) {
      if (profile.noCertSign === 'refused' && !maySign(issuer)) faults.push(fault('not-a-ca', issuer))
      if (!signed(certificate, issuer)) faults.push(fault('bad-signature', certificate))
    }
    // Where the issuer of the last one is missing, it is only the path under that one that is looked at.
    const loose = missing !== null && !issuer && !endsPath(certificate, profile)
    if (loose && (index > 0 || !profile.looseLeafDates)) continue
    if (index < below || profile.anchorDates) faults.push(dateFault(certificate, input.at))
  }
  faults.push(nameConstraintFault(chain, profile.anchorNames ? chain.length : below, profile))
  const found = faults.filter(each => each !== null)
  if (!named && profile.hostJudged === 'last' && !missing && found.length === 0)
    found.push(fault('hostname-mismatch', leaf))
  return found
}

function extensionFaults(profile: OnePathProfile, chain: readonly Certificate[], untrusted: number): Fault[] {
  const faults: (Fault | null)[] = []
  let below = 0
  chain.forEach((certificate, index) => {
    const anchor = index >= untrusted
    const last = index === chain.length - 1
    if (!anchor || profile.anchorExtensions) faults.push(extensionFault(certificate))
    if (index > 0 && (!anchor || profile.anchorCa) && !isIssuer(certificate, profile, last))
      faults.push(fault('not-a-ca', certificate))
    if (profile.strict) faults.push(strictFault(certificate, chain[index + 1] ?? certificate))
    if (!anchor || profile.anchorPurpose) faults.push(purposeFault(certificate, index, profile))
    const length = certificate.extensions.basicConstraints?.pathLength ?? null
    if (index > 1 && length !== null && below > length && (!anchor || profile.anchorPathLength))
      faults.push(fault('path-length', certificate))
    if (index > 0 && !certificate.selfIssued) below++
  })
  return faults.filter(each => each !== null)
}

function isIssuer(certificate: Certificate, profile: OnePathProfile, last: boolean): boolean {
  if (!certificate.ca) return false
  const bare = certificate.extensions.basicConstraints === null
  return !bare || (!(profile.issuerNeedsConstraints && !last) && !profile.strict)
}

function purposeFault(certificate: Certificate, index: number, profile: OnePathProfile): Fault | null {
  if (index > 0) {
    const fits = profile.issuerPurpose === 'ignored' || permitsServer(certificate, 'issuer', profile)
    return fits && certificate.ca ? null : fault('wrong-purpose', certificate)
  }
  const fits = permitsServer(certificate, 'leaf', profile) && leafUsageFits(certificate, profile)
  return !profile.leafPurpose || fits ? null : fault('wrong-purpose', certificate)
}

/** What X509_V_FLAG_X509_STRICT asks beyond the rest (OpenSSL 3.0, check_extensions). */
function strictFault(certificate: Certificate, issuer: Certificate): Fault | null {
  const { extensions, version, ca, selfIssued } = certificate
  if (version < 3) return extensions.all.length > 0 || ca ? fault('not-a-ca', certificate) : null
  const { basicConstraints, keyUsage, subjectKeyId, authorityKeyId } = extensions
  const constraints = extensions.all.find(({ id }) => id === '2.5.29.19')
  if (basicConstraints?.ca && !constraints?.critical) return fault('not-a-ca', certificate)
  if (basicConstraints?.ca && keyUsage === null) return fault('not-a-ca', certificate)
  const root = selfIssued && same(certificate, issuer) && identifiersFit(certificate, certificate)
  if (ca && subjectKeyId === null) return fault('unknown-issuer', certificate)
  if (!root && authorityKeyId === null) return fault('unknown-issuer', certificate)
  return null
}
