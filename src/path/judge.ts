/** What clients ask of single certificates and of whole paths; each way of building puts these together in its order. */
import type { JudgeProfile } from '../knowledge/path-profile.ts'
import { limits } from '../limits.ts'
import type { Instant } from '../model.ts'
import type { Certificate } from '../trust/certificate.ts'
import { constraintsOf, type NameConstraints, type ServerNames, serverNames } from './general-names.ts'
import { digestOf, isSignedBy } from './signature.ts'
import { CannotTell, type Fault, type RefusalReason } from './verdict.ts'

export const fault = (reason: RefusalReason, by: Certificate | null): Fault => ({ reason, by })

export function dateFault(certificate: Certificate, at: Instant): Fault | null {
  if (at < certificate.notBefore) return fault('not-yet-valid', certificate)
  return at > certificate.notAfter ? fault('certificate-expired', certificate) : null
}

/** @throws CannotTell where the signature is of a kind that can't be checked */
export function signed(certificate: Certificate, issuer: Certificate): boolean {
  const result = isSignedBy(certificate, issuer)
  if (result === null)
    throw new CannotTell(
      `the signature of ${certificate.subject.text} is of a kind that imgtrust can't check (${certificate.signatureAlgorithm})`,
    )
  return result
}

/**
 * Like {@link signed} for one search, which tries no more signatures than a search may: the rest count as bad.
 * @throws CannotTell
 */
export function signatureTrials(): (certificate: Certificate, issuer: Certificate) => boolean {
  let left = limits.pathSignatures
  return (certificate, issuer) => left-- > 0 && signed(certificate, issuer)
}

const serverAuth = '1.3.6.1.5.5.7.3.1'
const clientAuth = '1.3.6.1.5.5.7.3.2'
const anyUsage = '2.5.29.37.0'
/** Server Gated Cryptography, which stood for servers before there was a purpose for them. */
const gatedCryptography = ['2.16.840.1.113730.4.1', '1.3.6.1.4.1.311.10.3.3']

export function permitsServer(
  certificate: Certificate,
  place: 'leaf' | 'issuer',
  profile: JudgeProfile,
): boolean {
  const { extendedKeyUsage } = certificate.extensions
  if (extendedKeyUsage === null || extendedKeyUsage.includes(serverAuth)) return true
  if (place === 'issuer' && extendedKeyUsage.some(each => gatedCryptography.includes(each))) return true
  const client = place === 'issuer' && profile.issuerPurpose === 'server-or-client'
  if (client && extendedKeyUsage.includes(clientAuth)) return true
  const any = profile.anyPurpose === 'everywhere' || (profile.anyPurpose === 'leaf' && place === 'leaf')
  return any && extendedKeyUsage.includes(anyUsage)
}

/** Does the key usage let the server use its key as this client wants? */
export function leafUsageFits(certificate: Certificate, profile: JudgeProfile): boolean {
  const { keyUsage } = certificate.extensions
  return (
    keyUsage === null ||
    profile.leafKeyUsage.length === 0 ||
    keyUsage.some(each => profile.leafKeyUsage.includes(each))
  )
}

export function keyFault(certificate: Certificate, profile: JudgeProfile): Fault | null {
  const { type, bits } = certificate.key
  const small =
    bits !== null && (type === 'RSA' || type === 'RSA-PSS' || type === 'DSA') && bits < profile.minRsaBits
  return small ? fault('weak-key', certificate) : null
}

export function digestFault(certificate: Certificate, profile: JudgeProfile): Fault | null {
  const digest = digestOf(certificate)
  if (digest === 'MD2') return fault('weak-signature', certificate)
  return digest !== null && profile.refusedDigests.includes(digest)
    ? fault('weak-signature', certificate)
    : null
}

/** Extensions that clients act on (RFC 5280 §4.2); certificate policies without constraints ask for nothing. */
const understood: ReadonlySet<string> = new Set([
  '2.5.29.14',
  '2.5.29.15',
  '2.5.29.17',
  '2.5.29.19',
  '2.5.29.30',
  '2.5.29.31',
  '2.5.29.32',
  '2.5.29.33',
  '2.5.29.35',
  '2.5.29.36',
  '2.5.29.37',
  '2.5.29.54',
  '2.16.840.1.113730.1.1',
  '1.3.6.1.5.5.7.1.1',
])

export function extensionFault(certificate: Certificate): Fault | null {
  const odd = certificate.extensions.all.some(({ id, critical }) => critical && !understood.has(id))
  return odd ? fault('unhandled-extension', certificate) : null
}

export function maySign(certificate: Certificate): boolean {
  const { keyUsage } = certificate.extensions
  return keyUsage === null || keyUsage.includes('keyCertSign')
}

/**
 * Path lengths (RFC 5280 §6.1.4): issuers between the server's certificate and each one above, those that signed
 * themselves not counted. `upTo` is the number of certificates that are judged.
 */
export function pathLengthFault(chain: readonly Certificate[], upTo: number): Fault | null {
  let below = 0
  for (let index = 1; index < upTo; index++) {
    const certificate = chain[index]!
    const length = certificate.extensions.basicConstraints?.pathLength ?? null
    if (length !== null && below > length) return fault('path-length', certificate)
    if (!certificate.selfIssued) below++
  }
  return null
}

/** Name constraints of each issuer among the first `upTo` against the server's names. */
export function nameConstraintFault(
  chain: readonly Certificate[],
  upTo: number,
  profile: JudgeProfile,
): Fault | null {
  const names = serverNames(chain[0]!)
  for (let index = upTo - 1; index > 0; index--) {
    const constraints = constraintsOf(chain[index]!)
    if (constraints && !permits(constraints, names, profile)) return fault('name-constraint', chain[index]!)
  }
  return null
}

function permits(
  { permitted, excluded }: NameConstraints,
  names: ServerNames,
  profile: JudgeProfile,
): boolean {
  const rule = profile.constrainsCommonName
  const common = rule !== 'never' && names.dns.length === 0 ? names.common : []
  const fitting = rule === 'dotted' ? /^[\w-]+(?:\.[\w-]+)+$/ : /^[\w-]+(?:\.[\w-]+)*$/
  const dns = [...names.dns, ...common.filter(name => fitting.test(name))]
  for (const name of dns) {
    if (excluded.dns.some(tree => isUnder(name, tree))) return false
    if (permitted.dns.length > 0 && !permitted.dns.some(tree => isUnder(name, tree))) return false
  }
  for (const address of names.addresses) {
    if (excluded.addresses.some(tree => isWithin(address, tree))) return false
    if (permitted.addresses.length > 0 && !permitted.addresses.some(tree => isWithin(address, tree)))
      return false
  }
  return true
}

function isUnder(name: string, tree: string): boolean {
  const low = name.toLowerCase()
  if (tree === '' || low === tree) return true
  return low.endsWith(tree.startsWith('.') ? tree : `.${tree}`)
}

function isWithin(address: Uint8Array, tree: Uint8Array): boolean {
  const { length } = address
  if (tree.length !== 2 * length) return false
  return address.every(
    (byte, index) => (byte & tree[length + index]!) === (tree[index]! & tree[length + index]!),
  )
}
