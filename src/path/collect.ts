/**
 * wolfSSL's way (src/internal.c, ProcessPeerCerts): what was sent is read from its end; each certificate whose signer is
 * known by then must be sound, and may sign what comes before it. One whose signer is not known is left out.
 */
import type { CollectProfile } from '../knowledge/path-profile.ts'
import type { Certificate } from '../trust/certificate.ts'
import { isNamed } from './host.ts'
import { couldHaveIssued } from './issuers.ts'
import {
  dateFault,
  digestFault,
  extensionFault,
  fault,
  keyFault,
  leafUsageFits,
  nameConstraintFault,
  pathLengthFault,
  permitsServer,
  signatureTrials,
  signed,
} from './judge.ts'
import type { Fault, Judged, PathInput } from './verdict.ts'

/** A certificate that may sign, and the path above it. */
type Known = readonly Certificate[]

export function judgeCollect(input: PathInput, profile: CollectProfile): Judged {
  const { sent, store, at, host } = input
  // A store is read without what is out of date, of version 1, or carries what is not understood.
  const isRead = (root: Certificate) => root.version === 3 && !dateFault(root, at) && !extensionFault(root)
  const between: Known[] = []
  const knownFor = (certificate: Certificate): Known[] => [
    ...between.filter(([issuer]) => couldHaveIssued(issuer!, certificate)),
    ...store
      .issuersOf(certificate)
      .filter(isRead)
      .map(root => [root]),
  ]
  const tries = signatureTrials()
  for (const certificate of sent.slice(1).reverse()) {
    const above = signerOf(certificate, knownFor(certificate), tries)
    if (!above) continue
    const chain = [certificate, ...above]
    const ca = certificate.extensions.basicConstraints?.ca === true
    const wrong = soundness(chain, input, profile) ?? (ca ? signingFault(certificate, profile) : null)
    if (wrong) return { chain, faults: [wrong] }
    if (ca) between.unshift(chain)
  }
  const leaf = sent[0]!
  const pinned = store.has(leaf) && isRead(leaf)
  const above = pinned ? [] : signerOf(leaf, knownFor(leaf), tries)
  if (!above)
    return { chain: [leaf], faults: [fault(leaf.selfIssued ? 'self-signed' : 'unknown-issuer', leaf)] }
  const chain = [leaf, ...above]
  const fits = permitsServer(leaf, 'leaf', profile) && leafUsageFits(leaf, profile)
  const wrong =
    (pinned ? null : soundness(chain, input, profile)) ??
    nameConstraintFault(chain, chain.length - (profile.anchorNames ? 0 : 1), profile) ??
    (isNamed(leaf, host, profile.host) ? null : fault('hostname-mismatch', leaf)) ??
    (fits ? null : fault('wrong-purpose', leaf))
  return { chain, faults: wrong ? [wrong] : [] }
}

/** One that really signed it before one that only could have. */
function signerOf(
  certificate: Certificate,
  fitting: readonly Known[],
  tries: ReturnType<typeof signatureTrials>,
): Known | null {
  return fitting.find(([issuer]) => tries(certificate, issuer!)) ?? fitting[0] ?? null
}

function soundness(chain: Known, { at }: PathInput, profile: CollectProfile): Fault | null {
  const [certificate, issuer] = [chain[0]!, chain[1]!]
  return (
    dateFault(certificate, at) ??
    extensionFault(certificate) ??
    digestFault(certificate, profile) ??
    keyFault(certificate, profile) ??
    (signed(certificate, issuer) ? null : fault('bad-signature', certificate)) ??
    // Seen from the certificate itself, as if it stood under its issuers like a server's.
    (certificate.extensions.basicConstraints?.ca
      ? pathLengthFault([certificate, ...chain], chain.length + (profile.anchorPathLength ? 1 : 0))
      : null)
  )
}

function signingFault(certificate: Certificate, { signersNeedKeyUsage }: CollectProfile): Fault | null {
  const { keyUsage } = certificate.extensions
  const fits = keyUsage === null ? !signersNeedKeyUsage : keyUsage.includes('keyCertSign')
  return fits ? null : fault('not-a-ca', certificate)
}
