/** What clients' words, and the alerts that servers see of them, say about the reason. */
import type { RefusalReason } from '../../src/path/verdict.ts'

const all: readonly RefusalReason[] = [
  ...([
    'certificate-expired',
    'not-yet-valid',
    'unknown-issuer',
    'self-signed',
    'weak-key',
    'weak-signature',
  ] as const),
  ...(['not-a-ca', 'path-length', 'name-constraint', 'wrong-purpose', 'bad-signature'] as const),
  'unhandled-extension',
]
const unknownIssuer = ['unknown-issuer', 'self-signed'] as const

/** The first that fits counts; where words are coarse, several reasons stand behind them. */
const table: readonly (readonly [RegExp, readonly RefusalReason[]])[] = [
  // Erlang names alerts, and for some of them a reason.
  [/\{certificate_expired,/, ['certificate-expired', 'not-yet-valid']],
  [/\{unsupported_certificate,/, ['unhandled-extension']],
  [/invalid_ext_key_usage|Usage does not match/, ['wrong-purpose']],
  [/missing_basic_constraint|invalid_key_usage/, ['not-a-ca', 'wrong-purpose']],
  [/\{options,\{cacertfile,\[\]\}\}|certificate signer not trusted/, unknownIssuer],
  [/unacceptable hash/, ['weak-signature']],
  [/unacceptable key/, ['weak-key']],
  [/extension tag or value is invalid/, ['unhandled-extension']],
  // rustls, which knows no identifiers of keys: a root of that name with another key is one whose signature is bad.
  [/^BadSignature|: BadSignature/, ['bad-signature', 'weak-key', 'unknown-issuer']],
  [/UnknownIssuer/, unknownIssuer],
  [/certificate expired:/, ['certificate-expired']],
  [/certificate not valid yet/, ['not-yet-valid']],
  [/certificate not valid for name/, ['hostname-mismatch']],
  [/CaUsedAsEndEntity/, ['wrong-purpose']],
  [/EndEntityUsedAsCa|UnsupportedCertVersion/, ['not-a-ca']],
  [/UnsupportedCriticalExtension/, ['unhandled-extension']],
  [/PathLenConstraintViolated/, ['path-length']],
  [/NameConstraintViolation/, ['name-constraint']],
  [/UnsupportedSignatureAlgorithm/, ['weak-signature']],
  // wolfSSL.
  [/current date (?:is )?before/, ['not-yet-valid']],
  [/current date (?:is )?after/, ['certificate-expired']],
  [
    /-188 certificate verify failed \[SSLV3_ALERT_CERTIFICATE_EXPIRED/,
    ['certificate-expired', 'not-yet-valid'],
  ],
  [/ASN sig error/, ['bad-signature']],
  [/Critical extension ignored/, ['unhandled-extension']],
  [/-386 Ext Key Use/, ['wrong-purpose']],
  [/-198 Name Constraint/, ['name-constraint']],
  // NSS has one word for both ends of a certificate's time, and coarse ones for what an issuer may not do.
  [/SEC_ERROR_EXPIRED/, ['certificate-expired', 'not-yet-valid']],
  [/SEC_ERROR_(?:CA_CERT_INVALID|INADEQUATE_KEY_USAGE)/, ['not-a-ca', 'wrong-purpose']],
  [/self.signed cert|SELF_SIGNED/i, ['self-signed']],
  [
    /signature failure|SIGNATURE_FAILURE|signature check failed|signature in the certificate is invalid|verification error|certificate signature could not|BAD_SIGNATURE|DECRYPT_ERROR/i,
    ['bad-signature'],
  ],
  // GnuTLS has one word for both.
  [/insecure algorithm/, ['weak-key']],
  [
    /insecure algorithm|algorithm constraints|digest algorithm too weak|SIGNATURE_ALGORITHM_DISABLED|md too weak/i,
    ['weak-signature'],
  ],
  [/key too (?:weak|small)|KEY_TOO_SMALL/i, ['weak-key']],
  [
    /is before|not yet valid|starts in the future|NOT_YET_VALID|not yet activated|NotYetValid/i,
    ['not-yet-valid'],
  ],
  [
    /hostname|host name|doesn't match|does not match|did not match|mismatch|no name matching|subject alternative|legacy Common Name|is valid for .*, not|valid for any names|IP SANs|not present in server cert|BAD_CERT_DOMAIN|no alternative certificate subject name/i,
    ['hostname-mismatch'],
  ],
  [
    /has expired|HAS_EXPIRED|uses expired|CERTIFICATE_EXPIRED|is after TIME|CertificateExpired/i,
    ['certificate-expired'],
  ],
  [/unhandled critical|unrecognized critical|unknown critical|UNKNOWN_CRITICAL/i, ['unhandled-extension']],
  [/path.?len|PATH_LEN|too many intermediates/i, ['path-length']],
  [
    /subtree violation|name constraints check|not permitted by any constraint|excluded by constraint|NAME_CONSTRAINT|NOT_IN_NAME_SPACE/i,
    ['name-constraint'],
  ],
  [
    /purpose|extended key usage|INVALID_PURPOSE|incompatible key usage|key usage violation|does not allow digital|keyCertSign invalid for non-CA|CERT_TYPE|INADEQUATE_CERT_TYPE|UNSUPPORTED_CERTIFICATE/i,
    ['wrong-purpose'],
  ],
  [
    /invalid CA|not a CA|basic constraints check|keyCertSign bit|does not include key usage|not authorized to sign other|cannot sign this kind|CA_CERT_INVALID|INADEQUATE_KEY_USAGE|does not include cert|signer .* was not a CA|KEYUSAGE_NO_CERTSIGN/i,
    ['not-a-ca'],
  ],
  [/violates the signer's constraints/i, ['path-length', 'name-constraint', 'not-a-ca']],
  [/missing (?:subject|authority) key/i, ['unknown-issuer']],
  [
    /trustAnchors parameter must be non-empty|No certificate was found|no certificate or crl found|error setting certificate|Error loading|error adding trust|no valid certs found|unknown authority|issuer cert|ISSUER_CERT|unable to verify|VERIFY_LEAF|CERT_UNTRUSTED|not been validated|have a known issuer|issuer is unknown|UNKNOWN_ISSUER|UNTRUSTED_ISSUER|valid certification path|not chain with any|isn't trusted|unknown issuer/i,
    unknownIssuer,
  ],
]

/** Words that leave much open: alerts (RFC 8446 §6.2) as OpenSSL and LibreSSL send them: what apk and newer BusyBox say no more than. */
const alerts: typeof table = [
  // Wget's, where GnuTLS' status is none of those that it has words for.
  [
    /certificate of '[^']*' is not trusted/,
    ['not-a-ca', 'path-length', 'name-constraint', 'unhandled-extension', 'bad-signature', 'wrong-purpose'],
  ],
  // What libcurl over GnuTLS says of everything, or of what it has no words for.
  [/server certificate verification failed\. CAfile|certificate error, no details available/, all],
  [/\{unknown_ca,/, ['unknown-issuer', 'self-signed', 'bad-signature']],
  [/\{bad_certificate,/, ['self-signed', 'bad-signature', 'name-constraint', 'hostname-mismatch']],
  [/-188 certificate verify failed \[SSLV3/, all],
  // Mbed TLS' word wherever no issuer fits.
  [/not correctly signed by the trusted CA/, ['unknown-issuer', 'self-signed', 'bad-signature']],
  [/UNKNOWN_CA\b/, ['unknown-issuer', 'self-signed', 'not-a-ca', 'path-length']],
  [/BAD_CERTIFICATE\b/, ['not-yet-valid', 'weak-key', 'weak-signature', 'hostname-mismatch']],
  [/CERTIFICATE_UNKNOWN\b/, ['unhandled-extension', 'name-constraint', 'not-a-ca']],
]

/** @returns null where the words are not about certificates: then a refusal does not count */
export function reasonsIn(words: string): readonly RefusalReason[] | null {
  const said = table.filter(([pattern]) => pattern.test(words)).flatMap(([, reasons]) => reasons)
  if (said.length > 0) return said
  return alerts.find(([pattern]) => pattern.test(words))?.[1] ?? null
}
