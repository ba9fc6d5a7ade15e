import { createHash } from 'node:crypto'
import { limits } from '../../limits.ts'
import { isUnknown } from '../../model.ts'
import { certificateLength, readCertificate } from '../certificate.ts'
import { ElfPointers } from '../elf-pointers.ts'
import { type ContainedCertificate, type Container, contained } from './container.ts'

const sha1Bytes = 20
/** An item is a pointer and a length, padded to two words. */
const itemBytes = 16
/** From the SHA-1 of a trust object's certificate to its trust for servers: MD5, issuer and serial number between. */
const itemsToServerTrust = 4
/** CKT_NSS_* of pkcs11n.h. */
const trustedDelegator = 0xce534352
const trustLevels: ReadonlyMap<number, string | null> = new Map([
  [trustedDelegator, null],
  [0xce534351, null],
  [0xce534353, null],
  [0xce534355, null],
  [0xce53435a, "NSS's own list distrusts it for servers"],
])

/**
 * NSS's built-in roots: a PKCS#11 module that is data alone. The certificates lie in it as DER; what each is trusted
 * for stands in an object of its own, found by the certificate's SHA-1 through the pointers of the file's tables
 * (`builtins.h` and `certdata.perl` of NSS's ckfw/builtins).
 */
export const nssModule: Container = {
  id: 'nss-module',
  name: "the module of NSS's built-in roots",
  format: 'embedded',
  matches: (path, _size, start) =>
    start[0] === 0x7f && start[1] === 0x45 && /(?:^|\/)libnssckbi\.so$/.test(path),
  read(content) {
    const found = findDer(content)
    const trust = serverTrust(content)
    const problems = [...found.problems]
    let untold = 0
    const certificates: ContainedCertificate[] = []
    for (const { der, offset } of found.certificates) {
      const level = trust.get(createHash('sha1').update(der).digest('hex'))
      const rejected = level === undefined ? null : (trustLevels.get(level) ?? null)
      if (level === undefined) untold++
      const anchor = level === undefined || level === trustedDelegator
      certificates.push(contained(der, 'NSS', anchor, rejected === null ? { offset } : { offset, rejected }))
    }
    if (untold > 0) problems.push(`what ${untold} of its roots are trusted for can not be told`)
    if (certificates.length === 0) problems.push('no certificate was found in it')
    return { certificates, problems }
  },
}

interface FoundDer {
  readonly certificates: readonly { readonly der: Uint8Array; readonly offset: number }[]
  readonly problems: readonly string[]
}

/** Every certificate that lies in the bytes as it is. */
function findDer(content: Uint8Array): FoundDer {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.length)
  const certificates: { der: Uint8Array; offset: number }[] = []
  // What looks like a certificate and is none costs a look at up to all its bytes.
  let budget = 4 * bytes.length
  let at = bytes.indexOf('3082', 0, 'hex')
  while (at >= 0) {
    let next = at + 1
    const length =
      bytes[at + 4] === 0x30 ? certificateLength(bytes.subarray(at, at + limits.certificateBytes)) : null
    if (length !== null) {
      budget -= length
      const certificate = readCertificate(bytes.subarray(at, at + length))
      if (!isUnknown(certificate)) {
        certificates.push({ der: new Uint8Array(certificate.der), offset: at })
        next = at + length
      }
      if (budget < 0 || certificates.length > limits.certificatesPerFile)
        return { certificates, problems: ['it is no such module: only a part of it was looked at'] }
    }
    at = bytes.indexOf('3082', next, 'hex')
  }
  return { certificates, problems: [] }
}

/** Trust for servers by the SHA-1 of the certificate, lower-case hex. */
function serverTrust(content: Uint8Array): ReadonlyMap<string, number> {
  const trust = new Map<string, number>()
  const pointers = ElfPointers.of(content)
  if (!pointers) return trust
  for (const [place, target] of pointers.all) {
    if (pointers.word(place + 8) !== sha1Bytes) continue
    const sha1 = pointers.bytes(target, sha1Bytes)
    const value = pointers.all.get(place + itemsToServerTrust * itemBytes)
    const level = value === undefined ? null : pointers.word(value)
    if (sha1 && level !== null && trustLevels.has(level)) trust.set(Buffer.from(sha1).toString('hex'), level)
  }
  return trust
}
