/** TLS libraries by the names under which programs load them. Data alone. */
export interface LibraryEntry {
  /** As the model calls it; null where the file's name alone does not tell (OpenSSL and LibreSSL share one). */
  readonly name: string | null
  readonly soname: RegExp
  readonly source: string
}

/** A library that does the verifying. */
export const verifiers: readonly LibraryEntry[] = [
  {
    // LibreSSL counts its libssl from 26 on; OpenSSL has 0.9.8, 1.0.0, 1.0.2, 1.1, 3, and 6 and 10 at Red Hat's.
    name: 'LibreSSL',
    soname: /^libssl\.so\.(?:2[6-9]|[3-9]\d)(?:\.|$)/,
    source: 'https://github.com/libressl/portable/blob/master/ChangeLog',
  },
  {
    name: 'OpenSSL',
    soname: /^libssl\.so\.(?:0\.9\.\d|1\.0\.\d|1\.1|3|6|10)(?:\.|$)/,
    source: 'https://docs.openssl.org/master/man7/ossl-guide-libraries-introduction/',
  },
  { name: null, soname: /^libssl\.so/, source: 'BoringSSL, AWS-LC and others under the same name' },
  { name: 'GnuTLS', soname: /^libgnutls\.so/, source: 'https://www.gnutls.org/manual/' },
  {
    name: 'NSS',
    soname: /^lib(?:nss3|ssl3)\.so/,
    source: 'https://firefox-source-docs.mozilla.org/security/nss/',
  },
  {
    name: 'Mbed TLS',
    soname: /^libmbedtls\.so/,
    source: 'https://mbed-tls.readthedocs.io/',
  },
  { name: 'wolfSSL', soname: /^libwolfssl\.so/, source: 'https://www.wolfssl.com/documentation/' },
]

/**
 * Libraries that hand TLS on to one of those above. Alpine's libtls-standalone and libretls have LibreSSL's name
 * and number, but load OpenSSL: only what they load counts.
 */
export const carriers: readonly RegExp[] = [
  /^libcurl(?:-gnutls|-nss)?\.so/,
  /^libtls(?:-standalone)?\.so/,
  /^libapk\.so/,
  /^libapt-pkg\.so/,
  /^libwget\.so/,
  /^libnode\.so/,
]

/** Files of these names are kept, to see what they load, what they call themselves and where they look for roots. */
export const libraryFile =
  /^lib(?:ssl|crypto|gnutls|tls|tls-standalone|curl|curl-gnutls|curl-nss|apk|apt-pkg|wget|nss3|ssl3|mbedtls|wolfssl)\.so[.\d]*[a-z]?$/

/** GNU triplets under which Debian keeps libraries, by ELF machine. */
export const triplets: Readonly<Record<number, readonly string[]>> = {
  3: ['i386-linux-gnu'],
  8: ['mips64el-linux-gnuabi64', 'mipsel-linux-gnu'],
  21: ['powerpc64le-linux-gnu'],
  22: ['s390x-linux-gnu'],
  40: ['arm-linux-gnueabihf', 'arm-linux-gnueabi'],
  62: ['x86_64-linux-gnu'],
  183: ['aarch64-linux-gnu'],
  243: ['riscv64-linux-gnu'],
}
