/** Which TLS libraries fail on a chain whose expired root they still hold. */
import { failsOnExpiredCrossSign, tlsLibrariesOf } from '../knowledge/tls-libraries.ts'
import { type Client, type Distribution, isUnknown, type TrustStore } from '../model.ts'
import type { Breaking } from './roots.ts'
import { shorten } from './words.ts'

/** `OpenSSL 1.0.2u`, for each library of the distribution release that surely fails on one of these roots; sorted. */
export function failingLibraries(distribution: Distribution, breaking: readonly Breaking[]): string[] {
  const { id, version } = distribution
  if (version === null) return []
  const failing = tlsLibrariesOf(id, version).filter(fact => {
    if (!isSystemLibrary(id, version, fact.library)) return false
    // A plain "no" of the release itself counts before what holds for the version in general (patches).
    if (fact.failsOnExpiredCrossSign === false) return false
    const verdict = failsOnAny(fact.library, firstWord(fact.version), id, breaking)
    return verdict ?? fact.failsOnExpiredCrossSign === true
  })
  return [...new Set(failing.map(fact => `${fact.library} ${upstream(fact.version)}`))].sort()
}

/**
 * Whether the programs of a plain image of this release verify with that library. Alpine's archive holds several
 * beside the one that its base image uses: LibreSSL from 3.5 on, OpenSSL before and again from 3.9 on
 * (https://alpinelinux.org/posts/Alpine-3.5.0-released.html, https://alpinelinux.org/posts/Alpine-3.9.0-released.html).
 */
function isSystemLibrary(id: string, version: string, library: string): boolean {
  if (id !== 'alpine') return true
  const minor = Number(/^3\.(\d+)/.exec(version)?.[1] ?? Number.NaN)
  return library === (minor >= 5 && minor <= 8 ? 'LibreSSL' : 'OpenSSL')
}

/** True: surely fails on one of them; false: surely on none; null: nobody knows. */
function failsOnAny(
  library: string,
  version: string | null,
  build: string | null,
  breaking: readonly Breaking[],
): boolean | null {
  const verdicts = breaking.map(({ shape }) => failsOnExpiredCrossSign(library, version, build, shape))
  if (verdicts.some(verdict => !isUnknown(verdict) && verdict.fails)) return true
  return verdicts.some(isUnknown) ? null : false
}

/** The table names a version and sometimes remarks behind it. */
function firstWord(version: string): string {
  return version.split(' ')[0] ?? version
}

/** `1.0.2u` of `1.0.2u-1~deb9u4`. */
function upstream(version: string): string {
  return shorten(firstWord(version).split('-')[0] ?? version, 24)
}

/** The clients that read this store and whose library surely fails on one of these roots. */
export function failingClients(
  clients: readonly Client[],
  store: TrustStore,
  breaking: readonly Breaking[],
): Client[] {
  return clients.filter(
    ({ program, library, libraryVersion, libraryPackage, build }) =>
      library !== null &&
      store.consumers.includes(program) &&
      failsOnAny(library, packageVersion(libraryPackage) ?? libraryVersion, build, breaking) === true,
  )
}

/** A library that surely fails on expired cross-signed chains, and the programs that verify with it. */
export interface FailingLibrary {
  /** `GnuTLS 3.6.7`. */
  readonly library: string
  readonly clients: readonly Client[]
  /** The package's version from which the same distribution has it mended; null: none is known. */
  readonly mendedFrom: string | null
}

/** The libraries among the clients' that surely fail, by name. */
export function failingOnExpired(clients: readonly Client[]): FailingLibrary[] {
  const found = new Map<string, { library: string; clients: Client[]; mendedFrom: string | null }>()
  for (const client of clients) {
    const { library, libraryVersion, libraryPackage, build } = client
    if (library === null) continue
    const version = packageVersion(libraryPackage) ?? libraryVersion
    const verdict = failsOnExpiredCrossSign(library, version, build)
    if (isUnknown(verdict) || !verdict.fails) continue
    const name = `${shorten(library)} ${shorten(libraryVersion ?? version ?? '')}`.trim()
    const key = `${name} ${version} ${build}`
    const group = found.get(key) ?? { library: name, clients: [], mendedFrom: verdict.mendedFrom ?? null }
    group.clients.push(client)
    found.set(key, group)
  }
  return [...found.values()].sort((a, b) => (a.library < b.library ? -1 : a.library > b.library ? 1 : 0))
}

/** The version in `libgnutls30 3.6.7-4+deb10u5`: patches show in a package's revision alone. */
function packageVersion(libraryPackage: string | undefined): string | undefined {
  return libraryPackage?.split(' ')[1]
}

/** `busybox wget (LibreSSL 2.7.5)`. */
export function clientName({ program, library, libraryVersion }: Client): string {
  const by = [library, libraryVersion].filter(part => part !== null).join(' ')
  return by === '' ? shorten(program) : `${shorten(program)} (${shorten(by)})`
}
