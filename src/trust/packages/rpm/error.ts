/** Thrown inside packages/rpm/ alone. A sentence on the file. */
export class RpmDatabaseError extends Error {
  override readonly name = 'RpmDatabaseError'
}
