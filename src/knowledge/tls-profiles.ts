/** How clients build and judge chains: profiles by library, version, build and program. */
import { type Client, isUnknown, type Maybe, unknown } from '../model.ts'
import { readJson } from './load.ts'
import type { PathProfile } from './path-profile.ts'
import { failsOnExpiredCrossSign, libraryName, upstreamOf, versionIn } from './tls-libraries.ts'
import { compareDotted, compareOpenssl } from './versions.ts'

/** What is known of a client's way, and how. */
export interface KnownProfile {
  readonly profile: PathProfile
  /** The other way that this build may have, where no source tells whether it was patched. */
  readonly otherwise: { readonly profile: PathProfile; readonly why: string } | null
  /**
   * `measured`: this version of this program with this version and build of its library was held against the real one;
   * `source`: by source code, documentation, or the versions measured around it; `nearest`: by the nearest that is known.
   */
  readonly basis: 'measured' | 'source' | 'nearest'
  /** Where it is from. */
  readonly sources: readonly string[]
}

/** What a profile is chosen by. */
export type ProfileClient = Pick<Client, 'program' | 'version' | 'library' | 'libraryVersion' | 'build'> & {
  readonly libraryPackage?: string
}

/** A range of versions: `from` is the first that it holds for, `below` the first that it no longer does; absent: all. */
interface Range {
  readonly from?: string
  readonly below?: string
}

interface Sourced {
  readonly source: string
  readonly checked: string
}

interface LibraryRow extends Range, Sourced {
  readonly kind: 'library'
  readonly id: string
  /** Another library's row, from which this one differs by its own `profile`. */
  readonly like?: string
  readonly library: string
  readonly profile: Partial<PathProfile>
  /** What differs where the distribution mended it against expired cross certificates. */
  readonly mended?: Partial<PathProfile>
  readonly sure: 'source' | 'nearest'
}

/** What one distribution's build does otherwise. */
interface BuildRow extends Range, Sourced {
  readonly kind: 'build'
  readonly library: string
  readonly build: string
  readonly profile: Partial<PathProfile>
}

/** What a program does otherwise than its library does by itself. */
interface ProgramRow extends Range, Sourced {
  readonly kind: 'program'
  readonly program: string
  readonly library?: string
  readonly libraryFrom?: string
  readonly libraryBelow?: string
  readonly profile: Partial<PathProfile>
}

/** A client that was held against the real one, as `tls-measured.json` lists them. */
export interface MeasuredRow extends Sourced {
  readonly program: string
  readonly version: string | null
  readonly library: string
  readonly libraryVersion: string
  readonly build: string
}

type Row = LibraryRow | BuildRow | ProgramRow

/** The clients that were held against real ones. */
export function measuredClients(): readonly MeasuredRow[] {
  return readJson<MeasuredRow[]>('tls-measured.json')
}

/**
 * How this client builds and judges chains.
 * @returns unknown where nothing is known of its library or version
 */
export function profileFor(client: ProfileClient): Maybe<KnownProfile> {
  if (client.library === null) return unknown(`which library verifies for ${client.program} is not known`)
  const library = libraryName(client.library)
  if (client.libraryVersion === null) return unknown(`the version of ${library} is not known`)
  const version = versionIn(library, client.libraryVersion)
  if (version === null) return unknown(`"${client.libraryVersion}" is no version of ${library}`)
  const rows = readJson<Row[]>('tls-profiles.json')
  const ranges = rows.filter((row): row is LibraryRow => row.kind === 'library' && row.library === library)
  const exact = ranges.find(row => holds(row, version, library))
  const base = exact ?? outermost(ranges, version, library)
  if (!base) return unknown(`how ${library} ${version} builds chains is neither measured nor read`)
  const changes = changesFor(rows, client, library, version)
  const put = (...more: readonly Partial<PathProfile>[]) =>
    Object.assign(
      {},
      ...lineage(rows, base),
      ...more,
      ...changes.map(({ profile }) => profile),
    ) as PathProfile
  const known =
    rows.some(row => row.kind === 'program' && row.program === client.program) || isOwnTool(client, library)
  // Security levels are the builder's choice: OpenSSL's that nobody looked at is only near to what it does.
  const asBuilt = library !== 'OpenSSL' || changes.some(({ kind }) => kind === 'build')
  const measured = measuredClients().some(
    row =>
      row.program === client.program &&
      row.library === library &&
      sameVersion(row.version, client.version, library) &&
      versionIn(library, row.libraryVersion) === version &&
      row.build === client.build,
  )
  const { profile, otherwise } = mended(client, library, version, base, put)
  return {
    profile,
    otherwise,
    basis: measured ? 'measured' : known && asBuilt && exact ? base.sure : 'nearest',
    sources: [base.source, ...changes.map(({ source }) => source)],
  }
}

/** The programs whose way is their library's own. */
function isOwnTool({ program }: ProfileClient, library: string): boolean {
  const tools: Readonly<Record<string, readonly string[]>> = {
    OpenSSL: ['openssl', 'apt', 'python3'],
    LibreSSL: ['openssl', 'libtls'],
    GnuTLS: ['gnutls-cli'],
    OpenJDK: ['java'],
    Go: ['go'],
    NSS: ['nss'],
    'Mbed TLS': ['mbedtls'],
    wolfSSL: ['wolfssl'],
    'Erlang/OTP': ['erlang'],
    rustls: ['deno'],
  }
  return tools[library]?.includes(program) === true
}

function changesFor(
  rows: readonly Row[],
  { program, version, build }: ProfileClient,
  library: string,
  libraryVersion: string,
): (BuildRow | ProgramRow)[] {
  const own = version === null ? null : upstreamOf(version)
  return rows.filter((row): row is BuildRow | ProgramRow => {
    if (row.kind === 'build')
      return row.library === library && row.build === build && holds(row, libraryVersion, library)
    if (row.kind !== 'program' || row.program !== program) return false
    if (row.library !== undefined && row.library !== library) return false
    const range = { ...pick('from', row.libraryFrom), ...pick('below', row.libraryBelow) }
    return holds(range, libraryVersion, library) && holds(row, own, program)
  })
}

function pick(name: 'from' | 'below', value: string | undefined): Range {
  return value === undefined ? {} : { [name]: value }
}

/** Two versions of a program, which Java's own is, too. */
function sameVersion(a: string | null, b: string | null, library: string): boolean {
  return (a && versionIn(library, a)) === (b && versionIn(library, b))
}

/** Before the first range the first, after the last the last; null in a gap between two: there it is not known. */
function outermost(ranges: readonly LibraryRow[], version: string, of: string): LibraryRow | null {
  const compare = compareOf(of)
  const sorted = [...ranges].sort((a, b) => compare(a.from ?? '', b.from ?? ''))
  const [first, last] = [sorted[0], sorted.at(-1)]
  if (first?.from !== undefined && compare(version, first.from) < 0) return first
  return last?.below !== undefined && compare(version, last.below) >= 0 ? last : null
}

const compareOf = (library: string) => (library === 'OpenSSL' ? compareOpenssl : compareDotted)

/** A version that is not known is in no range but the whole one. */
function holds({ from = '', below = '' }: Range, version: string | null, of: string): boolean {
  if (from === '' && below === '') return true
  if (version === null) return false
  const compare = compareOf(of)
  return (from === '' || compare(version, from) >= 0) && (below === '' || compare(version, below) < 0)
}

/** The profiles that a row stands on, its own last. */
function lineage(rows: readonly Row[], row: LibraryRow): Partial<PathProfile>[] {
  const under = rows.find((each): each is LibraryRow => each.kind === 'library' && each.id === row.like)
  return [...(under ? lineage(rows, under) : []), row.profile]
}

/** Whether this build was mended against expired cross certificates: some distributions did, quietly. */
function mended(
  { libraryPackage, build }: ProfileClient,
  library: string,
  version: string,
  base: LibraryRow,
  put: (...more: readonly Partial<PathProfile>[]) => PathProfile,
): Pick<KnownProfile, 'profile' | 'otherwise'> {
  if (!base.mended) return { profile: put(), otherwise: null }
  const fails = failsOnExpiredCrossSign(library, libraryPackage?.split(' ')[1] ?? version, build)
  if (!isUnknown(fails)) return { profile: fails.fails ? put() : put(base.mended), otherwise: null }
  return { profile: put(), otherwise: { profile: put(base.mended), why: fails.unknown } }
}
