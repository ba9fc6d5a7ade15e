import { DerError, DerReader, oidText, tag } from './der.ts'

const serverAuth = '1.3.6.1.5.5.7.3.1'
const anyPurpose = '2.5.29.37.0'
const rejectTag = 0xa0

/**
 * Why a `TRUSTED CERTIFICATE` is no anchor for servers, by the settings that follow it; null where it is one. OpenSSL
 * refuses one that is rejected for servers, and one that is trusted for other purposes alone.
 * https://docs.openssl.org/master/man1/openssl-x509/#trust-settings, X509_CERT_AUX and obj_trust() of OpenSSL
 * @param settings the bytes behind the certificate
 */
export function whyNoServerAnchor(settings: Uint8Array): string | null {
  if (settings.length === 0) return null
  try {
    const list = new DerReader(settings).enter(tag.sequence)
    const trusted = list.optional(tag.sequence)
    const rejected = list.optional(rejectTag)
    const named = (of: typeof trusted) => (of ? purposes(list.inside(of)) : [])
    if (named(rejected).some(forServers)) return 'its trust settings reject it for servers'
    if (trusted && !named(trusted).some(forServers))
      return 'its trust settings name other purposes than servers'
    return null
  } catch (error) {
    // OpenSSL reads no certificate where its settings are broken.
    if (error instanceof DerError) return 'its trust settings can not be read'
    throw error
  }
}

function forServers(purpose: string): boolean {
  return purpose === serverAuth || purpose === anyPurpose
}

function purposes(list: DerReader): string[] {
  const found: string[] = []
  while (!list.done) found.push(oidText(list.bytes, list.next(tag.oid)))
  return found
}
