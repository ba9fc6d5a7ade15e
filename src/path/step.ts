/**
 * Mbed TLS' way (library/x509_crt.c, x509_crt_verify_chain): step by step the first certificate that could be the issuer,
 * of the store before what was sent, and among what was sent only of what came after; no step is ever taken back.
 */
import type { StepProfile } from '../knowledge/path-profile.ts'
import type { Certificate } from '../trust/certificate.ts'
import { isNamed } from './host.ts'
import { sameName } from './issuers.ts'
import {
  dateFault,
  digestFault,
  fault,
  keyFault,
  leafUsageFits,
  maySign,
  permitsServer,
  signatureTrials,
  signed,
} from './judge.ts'
import type { Fault, Judged, PathInput } from './verdict.ts'

/** Intermediates of one path (MBEDTLS_X509_MAX_INTERMEDIATE_CA). */
const maxIntermediates = 8

/** All that is wrong is found; it is told in this order. */
const order = [
  'certificate-expired',
  'hostname-mismatch',
  'unknown-issuer',
  'wrong-purpose',
  'weak-signature',
  'weak-key',
]

export function judgeStep(input: PathInput, profile: StepProfile): Judged {
  const leaf = input.sent[0]!
  const unread = input.sent.find(each => !isRead(each, profile))
  if (unread) return { chain: [leaf], faults: [fault('unhandled-extension', unread)] }
  const { chain, faults } = climb(input, profile)
  if (!isNamed(leaf, input.host, profile.host)) faults.push(fault('hostname-mismatch', leaf))
  if (!permitsServer(leaf, 'leaf', profile) || !leafUsageFits(leaf, profile))
    faults.push(fault('wrong-purpose', leaf))
  return { chain, faults: faults.sort((a, b) => rank(a) - rank(b)) }
}

const rank = ({ reason }: Fault) => (order.indexOf(reason) + order.length) % order.length

/** A certificate with a critical extension that is not known can't be read: a store goes without it. */
function isRead({ extensions }: Certificate, { readExtensions }: StepProfile): boolean {
  return extensions.all.every(({ id, critical }) => !critical || readExtensions.includes(id))
}

function climb(input: PathInput, profile: StepProfile): { chain: Certificate[]; faults: Fault[] } {
  const chain = [input.sent[0]!]
  const tries = signatureTrials()
  const faults: Fault[] = []
  const add = (found: Fault | null) => {
    if (found) faults.push(found)
  }
  add(keyFault(chain[0]!, profile))
  for (let trusted = false, place = 0, selfIssued = 0; ; ) {
    const top = chain.at(-1)!
    add(dateFault(top, input.at))
    if (trusted) return { chain, faults }
    add(digestFault(top, profile))
    if (chain.length === 1 && top.selfIssued && input.store.has(top)) return { chain, faults }
    const between = chain.length - 1 - selfIssued
    const roots = input.store.named(top.issuer).filter(each => isRead(each, profile))
    const anchor = choose(roots, top, between, input, tries)
    const issuer = anchor ?? choose(input.sent.slice(place + 1), top, between, input)
    if (!issuer || chain.length > maxIntermediates) {
      faults.push(fault('unknown-issuer', top))
      return { chain, faults }
    }
    if (chain.length > 1 && top.selfIssued) selfIssued++
    trusted = anchor !== null
    if (!trusted) place = input.sent.indexOf(issuer, place + 1)
    if (!signed(top, issuer)) faults.push(fault('bad-signature', top))
    add(keyFault(issuer, profile))
    chain.push(issuer)
  }
}

/** The first that fits and is in date, else the first that fits. One of the store (there are `tries`) must have signed, too. */
function choose(
  among: readonly Certificate[],
  certificate: Certificate,
  between: number,
  { at }: PathInput,
  tries?: ReturnType<typeof signatureTrials>,
): Certificate | null {
  let late: Certificate | null = null
  for (const each of among) {
    const fits =
      sameName(each.subject, certificate.issuer) &&
      mayIssue(each, tries !== undefined) &&
      (each.extensions.basicConstraints?.pathLength ?? between) >= between &&
      (!tries || tries(certificate, each))
    if (fits && dateFault(each, at) === null) return each
    if (fits) late ??= each
  }
  return late
}

function mayIssue(certificate: Certificate, anchor: boolean): boolean {
  const old = anchor && certificate.version < 3
  return (old || certificate.extensions.basicConstraints?.ca === true) && maySign(certificate)
}
