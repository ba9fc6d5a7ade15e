/** Clients by the names that people give them, where no image says what its clients are. */
import { type Client, isUnknown, type Maybe, unknown } from '../model.ts'
import { readJson } from './load.ts'
import { versionIn } from './tls-libraries.ts'
import { type KnownProfile, type MeasuredRow, measuredClients, profileFor } from './tls-profiles.ts'
import { compareDotted, compareOpenssl } from './versions.ts'

interface NameRow {
  readonly name: string
  readonly aliases: readonly string[]
  readonly program: string
  /** Absent: that of the measured program, which changed it over the years. */
  readonly library?: string
  /** What a version after the name counts. */
  readonly counts: 'library' | 'program'
  /** Whose build is meant; absent: that of the measured client. */
  readonly build?: string
  /** The version that is meant where none is said and none was measured. */
  readonly version?: string
}

/** A client that was named, and how it builds chains. */
export interface NamedClient {
  /** As a scan would find it; its `path` is null. */
  readonly client: Client
  /** What `profileFor` knows; its basis is `nearest` where another version had to stand for the one that was named. */
  readonly known: KnownProfile
}

/** The names that {@link clientNamed} takes, without versions. */
export function clientNames(): readonly string[] {
  return rows().map(({ name }) => name)
}

/**
 * A client by NAME or NAME-VERSION, in whatever case: `curl`, `openssl-1.0.2u`, `java-17`.
 *
 * The name of a library (`openssl`, `gnutls`, `libressl`, `java`, `go`, `nss`, `mbedtls`, `wolfssl`, …) means the tool
 * that comes with it, and VERSION is the library's. The name of a program (`curl`, `wget`, `apt`, `apk`, `python`, `node`,
 * …) means the program as a distribution builds it, and VERSION is its own; its library is that of the measured client of
 * the nearest version. Of a VERSION that is only begun (`java-17`) the newest that was measured is taken; without VERSION
 * the newest of all. `openssl` is OpenSSL's own build, without a distribution's patches or security level.
 *
 * @returns unknown where there is no such name (with those that there are), or where nothing is known of that version
 */
export function clientNamed(name: string): Maybe<NamedClient> {
  const wanted = name.trim().toLowerCase()
  const row = rows().find(each => versionAfter(each, wanted) !== null)
  if (!row)
    return unknown(
      `there is no client "${name.slice(0, 40)}": name one of ${clientNames().join(', ')}, or NAME-VERSION`,
    )
  const version = versionAfter(row, wanted)!
  const client = row.counts === 'library' ? byLibrary(row, version) : byProgram(row, version)
  if (isUnknown(client)) return client
  const known = profileFor(client)
  if (isUnknown(known)) return known
  // The version of its library is a guess unless the program itself was measured.
  const guessed = row.counts === 'program' && known.basis === 'source'
  return { client, known: guessed ? { ...known, basis: 'nearest' } : known }
}

function rows(): readonly NameRow[] {
  return readJson<NameRow[]>('client-names.json')
}

/** `''` where only the name is given, null where it is another. A version begins with a digit: `python3.11` has one too. */
function versionAfter({ name, aliases }: NameRow, wanted: string): string | null {
  for (const each of [name, ...aliases]) {
    if (wanted === each) return ''
    const rest = wanted.startsWith(each) ? wanted.slice(each.length).replace(/^[-@ ]v?/, '') : ''
    if (/^\d+(?:\.\d+)*[a-z]{0,2}$/.test(rest)) return rest
  }
  return null
}

function byLibrary(row: NameRow, version: string): Maybe<Client> {
  const measured = measuredOf(row)
  const found = newest(measured, row, version)
  const libraryVersion =
    version !== '' && row.build !== undefined ? version : (found?.libraryVersion ?? (version || row.version))
  if (libraryVersion === undefined) return unknown(`no version of ${row.name} is known: name one`)
  return {
    program: row.program,
    version: libraryVersion,
    library: row.library ?? found?.library ?? null,
    libraryVersion,
    build: row.build ?? found?.build ?? 'upstream',
    path: null,
  }
}

function byProgram(row: NameRow, version: string): Maybe<Client> {
  const measured = measuredOf(row)
  const near = newest(measured, row, version) ?? nearest(measured, row, version)
  if (!near) return unknown(`no version of ${row.name} is known`)
  const { program, library, libraryVersion, build } = near
  const asked = version === '' || begins(near.version ?? '', version) ? near.version : version
  return { program, version: asked, library, libraryVersion, build, path: null }
}

function measuredOf({ program, library }: NameRow): readonly MeasuredRow[] {
  return measuredClients().filter(
    each => each.program === program && (library === undefined || each.library === library),
  )
}

const counted = ({ counts }: NameRow, each: MeasuredRow) =>
  versionIn(each.library, (counts === 'library' ? each.libraryVersion : each.version) ?? '') ?? ''

const order = ({ library }: NameRow) => (library === 'OpenSSL' ? compareOpenssl : compareDotted)

/** The newest of those whose version begins so. */
function newest(among: readonly MeasuredRow[], row: NameRow, version: string): MeasuredRow | null {
  const fitting = among.filter(each => begins(counted(row, each), version))
  return fitting.sort((a, b) => order(row)(counted(row, b), counted(row, a)))[0] ?? null
}

/** The last one before that version, else the first after it. */
function nearest(among: readonly MeasuredRow[], row: NameRow, version: string): MeasuredRow | null {
  const sorted = [...among].sort((a, b) => order(row)(counted(row, a), counted(row, b)))
  return sorted.findLast(each => order(row)(counted(row, each), version) <= 0) ?? sorted[0] ?? null
}

function begins(version: string, prefix: string): boolean {
  return prefix === '' || version === prefix || version.startsWith(`${prefix}.`)
}
