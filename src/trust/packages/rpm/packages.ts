import { isSqlite, SqliteError, SqliteFile } from '../../sqlite.ts'
import type { InstalledPackage } from '../index.ts'
import { berkeleyDbValues, isBerkeleyDb } from './berkeley-db.ts'
import { RpmDatabaseError } from './error.ts'
import { readHeader } from './header.ts'
import { isNdb, ndbValues } from './ndb.ts'

/** What is kept of a database: its packages, as far as they matter, and what could not be read. */
export interface RpmContents {
  readonly packages: readonly InstalledPackage[]
  readonly problems: readonly string[]
}

const packagesRead = 50_000
/** Files and dependencies of all packages that matter; those of a large system are some thousands. */
const namesRead = 300_000
/** A counter that RPM keeps beside the packages. */
const counterBytes = 4

/** The packages of a database of any of the three forms. Bad content never throws: it is a problem. */
export function readRpmDatabase(bytes: Uint8Array): RpmContents {
  const packages: InstalledPackage[] = []
  let broken = 0
  let names = 0
  try {
    for (const blob of blobs(bytes)) {
      if (blob.length <= counterBytes) continue
      if (packages.length + broken >= packagesRead)
        throw new RpmDatabaseError(`it has more than ${packagesRead} packages`)
      const found = readHeader(blob)
      if (!found) {
        if (!isKey(blob)) broken++
        continue
      }
      packages.push(found)
      names += found.files.length + found.depends.length
      if (names > namesRead) throw new RpmDatabaseError('its packages name too many files')
    }
  } catch (error) {
    if (!(error instanceof RpmDatabaseError) && !(error instanceof SqliteError)) throw error
    const read = packages.length === 0 ? 'nothing' : `${packages.length} packages`
    return { packages, problems: [`${error.message}: ${read} of it could be read`] }
  }
  const why = broken === 1 ? 'one of its packages is damaged' : `${broken} of its packages are damaged`
  return { packages, problems: broken > 0 ? [why] : [] }
}

function blobs(bytes: Uint8Array): Iterable<Uint8Array> {
  if (isSqlite(bytes)) return sqliteValues(bytes)
  if (isNdb(bytes)) return ndbValues(bytes)
  if (isBerkeleyDb(bytes)) return berkeleyDbValues(bytes)
  throw new RpmDatabaseError('it is of no form that RPM has (Berkeley DB, ndb, SQLite)')
}

function* sqliteValues(bytes: Uint8Array): Iterable<Uint8Array> {
  const file = new SqliteFile(bytes)
  const table = file.tables().find(({ name }) => name === 'Packages')
  if (!table) throw new RpmDatabaseError('no table of packages is in it')
  const column = table.columns.indexOf('blob')
  for (const row of file.rows(table)) {
    const blob = row[column]
    if (blob instanceof Uint8Array) yield blob
  }
}

/** Keys that were imported for checking signatures stand among the packages. */
function isKey(blob: Uint8Array): boolean {
  return Buffer.from(blob.buffer, blob.byteOffset, blob.length).includes('gpg-pubkey\0')
}
