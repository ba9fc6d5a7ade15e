/** What the server's owner could do, tried on what was sent: a smaller or newer chain, and every client asked again. */
import { type Instant, isUnknown } from '../model.ts'
import { couldHaveIssued, isSelfSigned, same } from '../path/issuers.ts'
import type { Certificate } from '../trust/certificate.ts'
import type { Certificates } from './certificates.ts'
import { type ClientVerdict, Judge, type Sent } from './judge.ts'
import type { Subject } from './subject.ts'

export interface Advice {
  /** `stop-sending` these; `send-issuer` of this; `renew` this; `other-name`: one made out to the host. */
  readonly kind: 'stop-sending' | 'send-issuer' | 'renew' | 'other-name'
  readonly certificates: readonly Certificate[]
  /** Of the verdicts' clients, how many would accept then; null: not tried. */
  readonly accepted: number | null
}

/** Empty where nobody refuses, or nothing that the server does would change it. */
export function adviceFor(
  verdicts: readonly ClientVerdict[],
  subject: Subject,
  sent: Sent,
  at: Instant,
  certificates: Certificates,
): Advice[] {
  const refused = verdicts.filter(({ accepted }) => accepted === false)
  if (refused.length === 0) return []
  const leaf = sent.certificates[0]!
  const advice: Advice[] = []
  if (leaf.notAfter < at) return [{ kind: 'renew', certificates: [leaf], accepted: null }]
  const faulty = new Set(
    refused.flatMap(({ brokenBy, reason }) =>
      reason === 'certificate-expired' && brokenBy ? [brokenBy] : [],
    ),
  )
  if (refused.some(({ reason }) => reason === 'hostname-mismatch'))
    advice.push({ kind: 'other-name', certificates: [leaf], accepted: null })
  const expired = sent.certificates.filter((each, index) => index > 0 && each.notAfter < at)
  if (expired.length > 0) {
    const kept = sent.certificates.filter(each => !expired.includes(each))
    const judge = new Judge({ ...sent, certificates: kept }, at, certificates)
    const again = verdicts.map(({ client }) => judge.ask(client, subject.model))
    const better = again.some((now, index) => now.accepted === true && verdicts[index]!.accepted === false)
    const worse = again.some((now, index) => now.accepted !== true && verdicts[index]!.accepted === true)
    if (better && !worse)
      advice.push({
        kind: 'stop-sending',
        certificates: expired,
        accepted: again.filter(({ accepted }) => accepted === true).length,
      })
    // A cross certificate of an authority that has ended can't be renewed.
    else if (!better && faulty.size > 0 && expired.every(({ sha256 }) => faulty.has(sha256)))
      advice.push({ kind: 'renew', certificates: expired, accepted: null })
  }
  const top = topOf(sent.certificates)
  if (
    refused.some(({ reason }) => reason === 'unknown-issuer') &&
    top.notAfter >= at &&
    !isSelfSigned(top) &&
    !isIssuedByRoot(top, subject, certificates)
  )
    advice.push({ kind: 'send-issuer', certificates: [top], accepted: null })
  return advice
}

/** The last certificate on the way up from the server's own, by names. */
function topOf(sent: readonly Certificate[]): Certificate {
  const seen = new Set<string>()
  let top = sent[0]!
  while (!seen.has(top.sha256)) {
    seen.add(top.sha256)
    const next = sent.find(each => !same(each, top) && !seen.has(each.sha256) && couldHaveIssued(each, top))
    if (!next) break
    top = next
  }
  return top
}

/** Then nothing that the server sends is missing. */
function isIssuedByRoot(top: Certificate, { model }: Subject, certificates: Certificates): boolean {
  return model.stores.some(({ roots }) => {
    const found = certificates.of(roots)
    return isUnknown(found) || found.issuersOf(top).length > 0
  })
}
