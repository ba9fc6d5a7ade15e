import { isIPv4, isIPv6 } from 'node:net'
import type { HostProfile } from '../knowledge/path-profile.ts'
import type { Certificate } from '../trust/certificate.ts'
import { serverNames } from './general-names.ts'

/** Is the certificate made out to this host (RFC 6125 §6.4, as clients keep it)? */
export function isNamed(certificate: Certificate, host: string, rules: HostProfile): boolean {
  const names = serverNames(certificate)
  const wanted = host.toLowerCase().replace(/\.$/, '')
  const address = addressBytes(wanted)
  if (address) {
    if (
      rules.addressAs.includes('address') &&
      names.addresses.some(each => Buffer.compare(each, address) === 0)
    )
      return true
    if (rules.addressAs.includes('dns-name') && names.dns.includes(wanted)) return true
    const counts = rules.commonName === 'always' || !names.any
    return rules.addressAs.includes('common-name') && counts && names.common.at(-1) === wanted
  }
  if (names.dns.some(pattern => fits(pattern, wanted, rules))) return true
  const counts =
    rules.commonName === 'without-dns-names'
      ? names.dns.length === 0
      : rules.commonName === 'always' || (rules.commonName === 'without-any-names' && !names.any)
  const last = names.common.at(-1)
  return counts && last !== undefined && fits(last, wanted, rules)
}

function fits(name: string, host: string, { wildcards, strictCaseOfOneLabel }: HostProfile): boolean {
  if (strictCaseOfOneLabel && !name.includes('.')) return name === host
  const pattern = name.toLowerCase().replace(/\.$/, '')
  if (pattern === host) return true
  if (!pattern.includes('*')) return false
  const [labels, hostLabels] = [pattern.split('.'), host.split('.')]
  // At least two labels follow a wildcard.
  if (labels.length !== hostLabels.length || labels.length < 3) return false
  return labels.every((label, index) => {
    if (!label.includes('*')) return label === hostLabels[index]
    if (wildcards === 'any-whole-label' && label === '*') return hostLabels[index] !== ''
    if (wildcards === 'any-label') return labelFits(label, hostLabels[index]!)
    return index === 0 && (label === '*' || wildcards === 'within-label') && labelFits(label, hostLabels[0]!)
  })
}

function labelFits(pattern: string, label: string): boolean {
  if (label === '') return false
  const [before = '', after, ...more] = pattern.split('*')
  if (after === undefined || more.length > 0 || (pattern !== '*' && pattern.startsWith('xn--'))) return false
  return label.length >= before.length + after.length && label.startsWith(before) && label.endsWith(after)
}

/** Four or sixteen bytes; null where it is no address. */
export function addressBytes(text: string): Uint8Array | null {
  const bare = text.replace(/^\[|\]$/g, '')
  // A name is told from an address without node:net, whose expression for IPv6 takes V8 4 ms to read.
  if (/^[\d.]+$/.test(bare) && isIPv4(bare)) return Uint8Array.from(bare.split('.').map(Number))
  if (!bare.includes(':') || !isIPv6(bare)) return null
  const [head = '', tail] = bare.split('%')[0]!.split('::')
  const groups = (part: string) =>
    part === ''
      ? []
      : part.split(':').flatMap(group => {
          if (!group.includes('.')) return [Number.parseInt(group, 16)]
          const [a, b, c, d] = group.split('.').map(Number) as [number, number, number, number]
          return [a * 256 + b, c * 256 + d]
        })
  const [left, right] = [groups(head), groups(tail ?? '')]
  const all =
    tail === undefined ? left : [...left, ...Array<number>(8 - left.length - right.length).fill(0), ...right]
  return Uint8Array.from(all.flatMap(group => [group >> 8, group & 0xff]))
}
