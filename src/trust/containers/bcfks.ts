import type { Container } from './container.ts'

/** PBES2 (RFC 8018), by which the whole of it is encrypted. */
const pbes2 = Buffer.from('06092a864886f70d01050d', 'hex')
const sequence = 0x30

/**
 * Bouncy Castle's FIPS keystore, encrypted as a whole by its password: told as unknown
 * (`org.bouncycastle.jcajce.provider.keystore.bcfks.BcFKSKeyStoreSpi`; the ASN.1 of `ObjectStore`).
 */
export const bcfks: Container = {
  id: 'bcfks',
  name: 'the BCFKS keystore',
  format: 'bks',
  matches(_path, _size, start) {
    // ObjectStore ::= SEQUENCE { EncryptedObjectStoreData ::= SEQUENCE { AlgorithmIdentifier ::= SEQUENCE { OID …
    // A private key of PKCS#8 begins with the same in one sequence less.
    let at = 0
    for (let depth = 0; depth < 3; depth++) {
      if (start[at] !== sequence || start[at + 1] === undefined) return false
      at += start[at + 1]! < 0x80 ? 2 : 2 + (start[at + 1]! & 0x7f)
    }
    return pbes2.equals(start.subarray(at, at + pbes2.length))
  },
  read: () => ({
    certificates: [],
    problems: ['it is encrypted as a whole, in a form (Bouncy Castle FIPS) that is not read'],
  }),
}
