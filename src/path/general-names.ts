import type { Certificate } from '../trust/certificate.ts'
import { DerError, DerReader, tag } from '../trust/der.ts'

/** The names of a server: alternative names (RFC 5280 §4.2.1.6) and common names, the last one last. */
export interface ServerNames {
  readonly dns: readonly string[]
  /** Four or sixteen bytes each. */
  readonly addresses: readonly Uint8Array[]
  /** Is there any alternative name, of whatever kind? */
  readonly any: boolean
  readonly common: readonly string[]
}

/** Name constraints (RFC 5280 §4.2.1.10), as far as servers are concerned. */
export interface NameConstraints {
  readonly permitted: Subtrees
  readonly excluded: Subtrees
}

export interface Subtrees {
  readonly dns: readonly string[]
  /** Address and mask, one after the other. */
  readonly addresses: readonly Uint8Array[]
}

const subjectAltName = '2.5.29.17'
const nameConstraints = '2.5.29.30'
const dnsName = 0x82
const ipAddress = 0x87

const names = new WeakMap<Certificate, ServerNames>()

/** Alternative names that can't be read count as none. */
export function serverNames(certificate: Certificate): ServerNames {
  const found = names.get(certificate)
  if (found) return found
  const dns: string[] = []
  const addresses: Uint8Array[] = []
  let any = false
  const extension = certificate.extensions.all.find(({ id }) => id === subjectAltName)
  if (extension) {
    quietly(() => {
      for (const list = new DerReader(extension.value).enter(tag.sequence); !list.done; ) {
        const name = list.next()
        any = true
        const content = list.bytes.subarray(name.value, name.end)
        if (name.tag === dnsName) dns.push(Buffer.from(content).toString('latin1'))
        if (name.tag === ipAddress) addresses.push(content)
      }
    })
  }
  const common = certificate.subject.attributes.filter(({ type }) => type === 'CN').map(({ value }) => value)
  const result = { dns, addresses, any, common }
  names.set(certificate, result)
  return result
}

/** Null where the certificate has none. */
export function constraintsOf(certificate: Certificate): NameConstraints | null {
  const extension = certificate.extensions.all.find(({ id }) => id === nameConstraints)
  if (!extension) return null
  const result = { permitted: subtrees(), excluded: subtrees() }
  quietly(() => {
    const whole = new DerReader(extension.value).enter(tag.sequence)
    for (const [number, into] of [
      [0xa0, result.permitted],
      [0xa1, result.excluded],
    ] as const) {
      const trees = whole.optional(number)
      if (!trees) continue
      for (const list = whole.inside(trees); !list.done; ) {
        const base = list.enter(tag.sequence).next()
        const content = list.bytes.subarray(base.value, base.end)
        if (base.tag === dnsName) into.dns.push(Buffer.from(content).toString('latin1').toLowerCase())
        if (base.tag === ipAddress) into.addresses.push(content)
      }
    }
  })
  return result
}

function subtrees(): { dns: string[]; addresses: Uint8Array[] } {
  return { dns: [], addresses: [] }
}

function quietly(read: () => void): void {
  try {
    read()
  } catch (error) {
    if (!(error instanceof DerError)) throw error
  }
}
