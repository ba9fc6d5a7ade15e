import { createHash } from 'node:crypto'
import { limits } from '../../limits.ts'
import { isSqlite, SqliteError, SqliteFile, type SqliteTable, type SqliteValue } from '../sqlite.ts'
import { type ContainedCertificate, type Container, type Contents, contained } from './container.ts'

/** Columns are called by the number of their PKCS#11 attribute (`sftk_` and `sdb_` functions of NSS's softoken). */
const attributes = {
  objectClass: 'a0',
  value: 'a11',
  sha1: 'ace5363b4',
  serverTrust: 'ace536358',
} as const
const certificateClass = 1
const trustClass = 0xce534353
/** CKO_TRUST of PKCS#11 3.2. */
const newTrustClass = 0x0b
/** CKT_NSS_TRUSTED_DELEGATOR and CKT_NSS_NOT_TRUSTED of pkcs11n.h; `C` and `p` of `certutil`. */
const [trustedDelegator, notTrusted] = [0xce534352, 0xce53435a]

/** NSS's certificate database in its SQLite form (`sql:`); the older one is Berkeley DB's. */
export const nssDatabase: Container = {
  id: 'nss-database',
  name: 'the NSS database',
  format: 'embedded',
  matches: (path, _size, start) =>
    path.endsWith('cert9.db') && /(?:^|\/)cert9\.db$/.test(path) && isSqlite(start),
  read(content) {
    try {
      return readDatabase(new SqliteFile(content))
    } catch (error) {
      if (error instanceof SqliteError) return { certificates: [], problems: [error.message] }
      throw error
    }
  },
}

function readDatabase(file: SqliteFile): Contents {
  const table = file.tables().find(({ name }) => name === 'nssPublic')
  if (!table) return { certificates: [], problems: ['no table of certificates is in it'] }
  const column = (name: string) => table.columns.indexOf(name)
  const [classAt, valueAt, sha1At, trustAt] = [
    column(attributes.objectClass),
    column(attributes.value),
    column(attributes.sha1),
    column(attributes.serverTrust),
  ]
  const ders: Uint8Array[] = []
  const trust = new Map<string, number>()
  const problems: string[] = []
  for (const row of rowsOf(file, table)) {
    const objectClass = numberIn(row[classAt])
    const value = row[valueAt]
    if (objectClass === certificateClass && value instanceof Uint8Array) ders.push(new Uint8Array(value))
    const sha1 = row[sha1At]
    const level = numberIn(row[trustAt])
    if (objectClass === trustClass && sha1 instanceof Uint8Array && level !== null)
      trust.set(Buffer.from(sha1).toString('hex'), level)
    if (objectClass === newTrustClass && problems.length === 0)
      problems.push('its trust records are of a newer form, which is not read yet')
  }
  const certificates: ContainedCertificate[] = []
  for (const der of ders) {
    const level = trust.get(createHash('sha1').update(der).digest('hex'))
    const rejected = level === notTrusted ? 'the NSS database distrusts it for servers' : undefined
    certificates.push(
      contained(der, 'NSS', level === trustedDelegator, rejected === undefined ? {} : { rejected }),
    )
  }
  return { certificates, problems }
}

function* rowsOf(file: SqliteFile, table: SqliteTable): Iterable<readonly SqliteValue[]> {
  let count = 0
  for (const row of file.rows(table)) {
    // Certificates, their trust, and lists of revoked ones.
    if (++count > 4 * limits.certificatesPerFile)
      throw new SqliteError('it has more rows than any database of certificates')
    yield row
  }
}

/** An unsigned number of four bytes, the highest first. */
function numberIn(value: SqliteValue | undefined): number | null {
  return value instanceof Uint8Array && value.length === 4 ? Buffer.from(value).readUInt32BE() : null
}
