/** Which addresses a TLS client is run on, and what of that the rules are told. */
import type { ShellCommand, ShellWord } from '../dockerfile/shell-types.ts'
import { isUnknown } from '../model.ts'
import type { Machine } from './machine.ts'

export type Address =
  | {
      readonly kind: 'https'
      readonly url: string | null
      readonly word: ShellWord
      readonly loopback: boolean
    }
  | { readonly kind: 'http'; readonly word: ShellWord; readonly loopback: boolean }
  | { readonly kind: 'unknown'; readonly word: ShellWord }
  /** No address of the web. */
  | { readonly kind: 'other'; readonly word: ShellWord }

const LOOPBACK = /^(localhost|127(\.\d{1,3}){0,3}|\[::1\]|::1|0\.0\.0\.0|ip6-localhost)$/i

export function isLoopbackHost(host: string): boolean {
  return LOOPBACK.test(host)
}

/** The host of a URL, without user and port. */
function hostOf(url: string): string {
  const rest = url
    .replace(/^[a-z]+:\/\//i, '')
    .replace(/^[^/@]*@/, '')
    // curl takes `{one,two}` for both; of one alone it is that one.
    .replace(/^\{([^,}]*)\}?/, '$1')
  return /^(\[[^\]]*\]|[^/:?#]*)/.exec(rest)?.[0] ?? ''
}

/** What one word says as an address. Without a scheme curl and wget take http. */
export function addressOf(word: ShellWord): Address {
  const text = (word.value ?? word.prefix).trim()
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase()
  if (scheme === undefined) {
    if (word.value === null) {
      return /^(localhost|127\.)/.test(text)
        ? { kind: 'http', word, loopback: true }
        : { kind: 'unknown', word }
    }
    return { kind: 'http', word, loopback: isLoopbackHost(hostOf(text)) }
  }
  const host = hostOf(text)
  const whole = word.value !== null || /^[a-z]+:\/\/[^/]*\//i.test(text)
  const loopback = isLoopbackHost(host) && (whole || /^[a-z]+:\/\/[^/]*:/i.test(text) || host.length > 0)
  if (scheme === 'https') return { kind: 'https', url: word.value, word, loopback }
  if (scheme === 'http') return { kind: 'http', word, loopback }
  return { kind: 'other', word }
}

/** The addresses among operands. A variable that may be anything is one only where there is no other. */
export function addressesOf(words: readonly ShellWord[]): Address[] {
  const sure = words.filter(word => !(word.many && word.prefix === '' && word.suffix === ''))
  return (sure.length > 0 ? sure : words.slice(0, 1)).map(addressOf)
}

/** Does the environment or a flag point the client at a store of its own? */
const OWN_STORE = ['SSL_CERT_FILE', 'SSL_CERT_DIR', 'CURL_CA_BUNDLE', 'GIT_SSL_CAINFO', 'GIT_SSL_CAPATH']

/** Notes the use of a client of the system's store and tells the rules where https is, or may be, spoken. */
export function useClient(
  machine: Machine,
  command: ShellCommand,
  program: string,
  addresses: readonly Address[],
  options: { readonly verifies: boolean },
): void {
  const web = addresses.filter(address => address.kind !== 'other')
  for (const address of web) {
    const loopback = address.kind !== 'unknown' && address.loopback
    const harmless = address.kind === 'http' || loopback
    machine.uses.push({ program, harmless })
    if (address.kind === 'http' || !options.verifies) continue
    const own = OWN_STORE.some(name => {
      const value = command.variable(name)
      return value !== undefined && (isUnknown(value) || value !== '')
    })
    if (own) continue
    machine.emit({
      kind: 'tls-use',
      program,
      url: address.kind === 'https' ? address.url : null,
      loopback,
      state: machine.state(),
      location: machine.location(address.word.start, address.word.end),
      shipped: false,
    })
  }
}

/**
 * All addresses among these are the container itself. When the image starts, or its health is checked, an address whose
 * host can't be told may well be that: it counts as such there.
 */
export function allLoopback(machine: Machine, addresses: readonly Address[]): boolean {
  const web = addresses.filter(address => address.kind !== 'other')
  return web.length > 0 && web.every(address => isLoopback(address) || (machine.running && isHidden(address)))
}

function isLoopback(address: Address): boolean {
  return (address.kind === 'https' || address.kind === 'http') && address.loopback
}

/** Its host is a variable, or comes from one. */
function isHidden({ kind, word }: Address): boolean {
  return kind === 'unknown' || (word.value === null && hostOf(word.prefix) === '')
}
