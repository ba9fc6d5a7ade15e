import { statSync } from 'node:fs'
import { isIPv6 } from 'node:net'
import { JobError } from '../errors.ts'
import { printable, withoutLogin } from '../image/path.ts'
import { type Starttls, starttlsPorts } from './ports.ts'
import type { ServerTarget } from './sent.ts'

const httpsPort = 443
/** No top-level domain is called so: it is meant as a file even where none is there. */
const fileName = /\.(?:pem|crt|cer|der|p7b|p7c|p7s|txt)$/i
/** A zone (RFC 4007) names an interface; no other text may ride on an address. */
const zone = /%[A-Za-z0-9._-]+$/

/**
 * What a SERVER as typed means: `https://host[:port]` (a path is left out: TLS never sees it), `host:port`, `host`, an
 * address (IPv6 in brackets where a port follows), `-` for standard input, or a file: what has a slash, ends like a
 * certificate's file, or is a file that is there. A host whose name is also a file's is meant with `https://` or a port.
 * @throws JobError `usage` where it is none of these
 */
export function parseServer(
  typed: string,
  { starttls }: { readonly starttls?: Starttls | undefined } = {},
): ServerTarget {
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):\/\//.exec(typed)
  if (!scheme && isFile(typed)) {
    if (starttls)
      throw new JobError('usage', `${printable(typed)} is a file: --starttls ${starttls} needs a server`)
    return { kind: 'file', typed, path: typed }
  }
  if (scheme && (scheme[1]!.toLowerCase() !== 'https' || starttls)) throw badScheme(typed, scheme[1]!)
  const { host, port } = parseAddress(typed, scheme ? typed.slice(scheme[0].length) : typed)
  const usual = starttls ? starttlsPorts[starttls] : httpsPort
  return { kind: 'tls', typed, host, port: port ?? usual, starttls: starttls ?? null }
}

/**
 * A name or address that a client asks for, as it stands on the wire: ASCII, lower case, no trailing dot or brackets.
 * @throws JobError `usage`
 */
export function parseHost(typed: string): string {
  const { host, port } = parseAddress(typed, typed)
  if (port !== null) throw bad(typed, 'a name alone is due, without a port')
  return host
}

function isFile(typed: string): boolean {
  if (typed === '-' || typed.includes('/') || fileName.test(typed)) return true
  if (typed === '' || /:\d*$/.test(typed)) return false
  try {
    return !statSync(typed).isDirectory()
  } catch {
    return false
  }
}

function parseAddress(
  typed: string,
  address: string,
): { readonly host: string; readonly port: number | null } {
  // What URL would quietly drop or take for something else.
  if (address === '' || /[\s\p{Cc}\\]/u.test(address)) throw bad(typed)
  const authority = address.replace(/[/?#].*$/s, '')
  if (authority.includes('@'))
    throw new JobError('usage', 'a server is named without a login: https://host:port')
  const bare = authority.replace(zone, '')
  // Without the colon it is none, and the expression behind isIPv6 takes V8 4 ms to read.
  if (bare.includes(':') && isIPv6(bare)) return { host: authority.toLowerCase(), port: null }
  const [, inside = null, suffix = ''] = /^\[([^\]]*)\](.*)$/s.exec(authority) ?? []
  const literal = inside === null ? null : inside.replace(zone, '')
  const known = literal === null ? authority : `[${literal}]${suffix}`
  const url = urlOf(`https://${known}`)
  if (!url || url.hostname === '') throw bad(typed)
  const port = /:(\d+)$/.exec(known)
  if (port && Number(port[1]) === 0) throw bad(typed, 'no server listens at port 0')
  const name = url.hostname.replace(/\.$/, '')
  if (name === '' || name.length > 253 || name.split('.').some(label => label === '' || label.length > 63))
    throw bad(typed)
  const host = literal === null ? name : `${name.slice(1, -1)}${zone.exec(inside!)?.[0] ?? ''}`
  return { host, port: port ? Number(port[1]) : null }
}

function urlOf(text: string): URL | null {
  try {
    return new URL(text)
  } catch {
    return null
  }
}

function bad(
  typed: string,
  why = 'say https://host, host:port, [address]:port, or a file that is there',
): JobError {
  return new JobError('usage', `'${printable(typed)}' is no server: ${why}`)
}

function badScheme(typed: string, scheme: string): JobError {
  const text = printable(withoutLogin(typed))
  const known = Object.keys(starttlsPorts).find(each => scheme.toLowerCase().startsWith(each))
  if (scheme.toLowerCase() === 'https')
    return new JobError('usage', `${text}: with --starttls a server is named as host:port, without https://`)
  if (scheme.toLowerCase() === 'http')
    return new JobError(
      'usage',
      `${text}: http:// is plain text, no certificate is sent; say https:// or host:port`,
    )
  const hint = known ? `, with --starttls ${known} where it begins in clear` : ''
  return new JobError('usage', `${text}: say https://host, or host:port${hint}`)
}
