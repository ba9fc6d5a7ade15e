import { type Maybe, unknown } from '../model.ts'
import { factsId, lineOf, rebuildsRhel } from './distributions.ts'
import { readJson } from './load.ts'
import type { TlsLibraryFact } from './types.ts'
import { compareApk, compareDebian, compareDotted, compareOpenssl, compareRpm } from './versions.ts'

/** `2020`: AddTrust's end; `2021`: that of DST Root CA X3. A library may fail on one of the two shapes only. */
export type ChainShape = '2020' | '2021'

export interface ChainVerdict {
  readonly fails: boolean
  readonly source: string
  /** Where it fails and the same distribution has mended that upstream version: the package's version from then on. */
  readonly mendedFrom?: string
}

interface Range {
  readonly library: string
  /** The first version, `''`: from the beginning. */
  readonly from: string
  /** The first version that it no longer holds for, `''`: to the end. */
  readonly below: string
  readonly '2020': boolean | null
  readonly '2021': boolean | null
  readonly source: string
}

/** What one distribution did to one upstream version. */
interface BuildRow {
  readonly library: string
  readonly build: string
  readonly of: string
  readonly patched?: string
  readonly unknownAfter?: string
  readonly compare: 'debian' | 'rpm' | 'apk'
  readonly source: string
}

const names: Readonly<Record<string, string>> = {
  openssl: 'OpenSSL',
  gnutls: 'GnuTLS',
  libressl: 'LibreSSL',
  nss: 'NSS',
  openjdk: 'OpenJDK',
  java: 'OpenJDK',
  go: 'Go',
  golang: 'Go',
  mbedtls: 'Mbed TLS',
  'mbed tls': 'Mbed TLS',
  wolfssl: 'wolfSSL',
}

/** The name that this data has for a library: `OpenJDK` for `java`. */
export function libraryName(library: string): string {
  return names[library.toLowerCase()] ?? library
}

const orders = { debian: compareDebian, rpm: compareRpm, apk: compareApk }

/**
 * Whether a library refuses a server whose chain can end in an expired root of the store although a valid one is
 * there too.
 * @param library `OpenSSL`, `GnuTLS`, `LibreSSL`, … (Alpine's libtls-standalone and libretls are OpenSSL: name that)
 * @param version upstream's (`1.0.2u`) or, better, the package's (`1.0.2g-1ubuntu4.20`)
 * @param build whose build it is: a distribution's id, or `upstream`; null: not known
 * @param shape of which of the two outages; without it, whether it fails on any
 */
export function failsOnExpiredCrossSign(
  library: string,
  version: string | null,
  build: string | null,
  shape?: ChainShape,
): Maybe<ChainVerdict> {
  const name = libraryName(library)
  if (version === null) return unknown(`the version of ${name} is not known`)
  const upstream = versionIn(name, version)
  if (upstream === null) return unknown(`"${version}" is no version of ${name}`)
  const rows = readJson<(Range | BuildRow)[]>('tls-behaviour.json').filter(row => row.library === name)
  const compare = name === 'OpenSSL' ? compareOpenssl : compareDotted
  const range = rows.find(
    (row): row is Range =>
      'from' in row &&
      (row.from === '' || compare(upstream, row.from) >= 0) &&
      (row.below === '' || compare(upstream, row.below) < 0),
  )
  const fails = range && verdictOf(range, shape)
  if (!range || fails === null || fails === undefined) {
    return unknown(`${name} ${upstream} was not measured, and no source tells`)
  }
  if (!fails) return { fails, source: range.source }
  const builds = rows.filter((row): row is BuildRow => 'build' in row && sameVersion(row, upstream))
  const owner = build === null ? null : ownerOf(build)
  if (owner === null && builds.length > 0) {
    return unknown(`whose build of ${name} ${upstream} it is, is not known, and some are patched`)
  }
  for (const row of builds) {
    if (row.build !== owner) continue
    const order = orders[row.compare]
    if (row.patched !== undefined) {
      if (version === upstream)
        return unknown(`${name} ${upstream} of ${build} is patched from ${row.patched} on`)
      const stillFails = order(version, row.patched) < 0
      return { fails: stillFails, source: row.source, ...(stillFails && { mendedFrom: row.patched }) }
    }
    // rpm calls 3.3.29 and 3.3.29-9.el7 equal: a row without a revision speaks of every one.
    const anyRevision = row.unknownAfter === upstream
    if (version === upstream || anyRevision || order(version, row.unknownAfter!) > 0)
      return unknown(row.source)
  }
  return { fails, source: range.source }
}

/** What a distribution's release has of TLS libraries, as far as public sources tell. */
export function tlsLibrariesOf(distribution: string, release: string | null): readonly TlsLibraryFact[] {
  const id = factsId(distribution)
  const line = lineOf(id, release)
  const homes = rebuildsRhel(id) ? [id, 'rhel'] : [id]
  return readJson<string[][]>('tls-libraries.json')
    .filter(([home, of]) => homes.includes(home!) && (line === null || of!.split(/[ /]/).includes(line)))
    .map(row => factOf(row as Parameters<typeof factOf>[0]))
}

function factOf(
  row: [string, string, string, string, string, string, string, TlsLibraryFact['confidence']],
): TlsLibraryFact {
  const [distribution, release, library, version, level, breaks, source, confidence] = row
  const levelNumber = /^(\d)/.exec(level)?.[1] ?? /\((\d)/.exec(level)?.[1]
  const name = names[library.toLowerCase().replace(/[-0-9. (].*$/, '')] ?? library
  return {
    distribution,
    release,
    library: name,
    version,
    securityLevel: levelNumber === undefined ? null : Number(levelNumber),
    failsOnExpiredCrossSign: sentence(breaks, confidence),
    source,
    confidence,
  }
}

/** The table says it in words; only a plain yes or no that somebody saw or derived is taken as one. */
function sentence(text: string, confidence: string): Maybe<boolean> {
  if (confidence === 'memory') return unknown(`${text} (from memory: not checked)`)
  if (/^no\b/.test(text)) return false
  if (/^yes\b/.test(text) && !/patch|up to|by version|at release/.test(text)) return true
  return unknown(text)
}

function verdictOf(range: Range, shape: ChainShape | undefined): boolean | null {
  if (shape !== undefined) return range[shape]
  if (range['2020'] || range['2021']) return true
  return range['2020'] === false && range['2021'] === false ? false : null
}

function sameVersion(row: BuildRow, upstream: string): boolean {
  return upstream === row.of || upstream.startsWith(`${row.of}.`)
}

/** Rebuilds of Red Hat's packages carry its patches; distroless and Debian's children that keep the version, Debian's. */
function ownerOf(build: string): string {
  const id = factsId(build)
  if (rebuildsRhel(id)) return 'rhel'
  return id === 'distroless' || id === 'raspbian' ? 'debian' : id
}

/** The version of a library as its ranges count it: Java 8 calls its 8.0.402 `1.8.0_402`. Null: it is none. */
export function versionIn(library: string, text: string): string | null {
  const old = library === 'OpenJDK' ? /^1\.(\d+)\.0(?:_(\d+))?/.exec(text) : null
  return upstreamOf(old ? [old[1], '0', old[2] ?? '0'].join('.') : text)
}

/** `1.0.2g` of `1:1.0.2g-1ubuntu4.20`, `3.6.7` of `3.6.7-4+deb10u5`, `1.1.1l` of `1.1.1l-r0`. */
export function upstreamOf(version: string): string | null {
  return /^(?:\d+:)?v?(\d+(?:\.\d+)*[a-z]{0,2})(?=$|[-+~_ ^p])/.exec(version)?.[1] ?? null
}
