/** Where TLS libraries and programs look for roots, as data. */

export interface KnownStore {
  /** Absolute; links to it are followed. */
  readonly path: string
  readonly kind: 'file' | 'folder'
  readonly source: string
}

/** A store that is not at one place: a pattern of paths, bounded in what it tries, since paths are a stranger's. */
export interface KnownStorePattern {
  readonly pattern: RegExp
  /** Programs that read it, where it is its program's own. */
  readonly consumers: readonly string[]
  readonly source: string
}

const openssl = 'https://docs.openssl.org/master/man3/X509_get_default_cert_file/'
const go = 'https://go.dev/src/crypto/x509/root_linux.go'
const fedora = 'https://docs.fedoraproject.org/en-US/quick-docs/using-shared-system-certificates/'

export const knownStores: readonly KnownStore[] = [
  { path: '/etc/ssl/cert.pem', kind: 'file', source: openssl },
  { path: '/etc/ssl/certs', kind: 'folder', source: openssl },
  { path: '/etc/ssl/certs/ca-certificates.crt', kind: 'file', source: 'update-ca-certificates(8)' },
  { path: '/etc/ssl/certs/ca-bundle.crt', kind: 'file', source: go },
  { path: '/etc/ssl/ca-bundle.pem', kind: 'file', source: go },
  {
    path: '/etc/ssl1.1/cert.pem',
    kind: 'file',
    source: 'Alpine openssl1.1-compat, --openssldir=/etc/ssl1.1',
  },
  { path: '/etc/ssl1.1/certs', kind: 'folder', source: 'Alpine openssl1.1-compat, --openssldir=/etc/ssl1.1' },
  {
    path: '/etc/libressl/cert.pem',
    kind: 'file',
    source: 'Alpine libressl, --with-openssldir=/etc/libressl',
  },
  { path: '/usr/lib/ssl/cert.pem', kind: 'file', source: 'Debian openssl, --openssldir=/usr/lib/ssl' },
  { path: '/usr/lib/ssl/certs', kind: 'folder', source: 'Debian openssl, --openssldir=/usr/lib/ssl' },
  {
    path: '/private/etc/ssl/cert.pem',
    kind: 'file',
    source: 'macOS, whose /etc is a link to /private/etc: hier(7)',
  },
  { path: '/usr/local/ssl/cert.pem', kind: 'file', source: openssl },
  { path: '/usr/local/ssl/certs', kind: 'folder', source: openssl },
  { path: '/usr/local/etc/openssl/cert.pem', kind: 'file', source: openssl },
  { path: '/usr/local/etc/ssl/cert.pem', kind: 'file', source: openssl },
  { path: '/etc/pki/tls/cert.pem', kind: 'file', source: fedora },
  { path: '/etc/pki/tls/certs', kind: 'folder', source: fedora },
  { path: '/etc/pki/tls/certs/ca-bundle.crt', kind: 'file', source: fedora },
  { path: '/etc/pki/tls/certs/ca-bundle.trust.crt', kind: 'file', source: fedora },
  { path: '/etc/pki/tls/cacert.pem', kind: 'file', source: go },
  { path: '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem', kind: 'file', source: 'update-ca-trust(8)' },
  { path: '/etc/pki/ca-trust/extracted/pem/directory-hash', kind: 'folder', source: 'update-ca-trust(8)' },
  {
    path: '/etc/pki/ca-trust/extracted/openssl/ca-bundle.trust.crt',
    kind: 'file',
    source: 'update-ca-trust(8)',
  },
  {
    path: '/var/lib/ca-certificates/ca-bundle.pem',
    kind: 'file',
    source: 'openSUSE update-ca-certificates(8)',
  },
  { path: '/var/lib/ca-certificates/pem', kind: 'folder', source: 'openSUSE update-ca-certificates(8)' },
  { path: '/var/lib/ca-certificates/openssl', kind: 'folder', source: 'openSUSE update-ca-certificates(8)' },
  {
    path: '/etc/ca-certificates/extracted/tls-ca-bundle.pem',
    kind: 'file',
    source: 'Arch Linux update-ca-trust(8)',
  },
  { path: '/etc/ca-certificates/extracted/cadir', kind: 'folder', source: 'Arch Linux update-ca-trust(8)' },
  { path: '/system/etc/security/cacerts', kind: 'folder', source: go },
]

const own = (pattern: RegExp, consumers: readonly string[], source: string): KnownStorePattern => ({
  pattern,
  consumers,
  source,
})

/** Bundles that programs and language packages bring along. The first that matches tells who reads it. */
export const knownStorePatterns: readonly KnownStorePattern[] = [
  own(/(?:^|\/)pipenv\/patched\/.*certifi\/cacert\.pem$/, ['pipenv'], 'https://pypi.org/project/pipenv/'),
  own(
    /(?:^|\/)pip\/_vendor\/(?:certifi|requests)\/cacert\.pem$/,
    ['pip'],
    'https://pip.pypa.io/en/stable/topics/https-certificates/',
  ),
  own(/(?:^|\/)certifi\/cacert\.pem$/, [], 'https://pypi.org/project/certifi/'),
  // Before 2.16 requests had a copy of its own.
  own(
    /(?:^|\/)requests\/cacert\.pem$/,
    ['requests'],
    'https://requests.readthedocs.io/en/latest/community/updates/',
  ),
  own(
    /(?:^|\/)awscli\/botocore\/cacert\.pem$/,
    ['aws'],
    'https://github.com/aws/aws-cli/tree/v2/awscli/botocore',
  ),
  own(
    /(?:^|\/)botocore\/(?:vendored\/requests\/)?cacert\.pem$/,
    ['botocore'],
    'https://github.com/boto/botocore',
  ),
  own(
    /(?:^|\/)boto\/cacerts\/cacerts\.txt$/,
    ['boto'],
    'https://github.com/boto/boto/tree/develop/boto/cacerts',
  ),
  own(/(?:^|\/)httplib2\/cacerts\.txt$/, ['httplib2'], 'https://pypi.org/project/httplib2/'),
  own(/(?:^|\/)grpc\/_cython\/_credentials\/roots\.pem$/, ['grpc'], 'https://pypi.org/project/grpcio/'),
  own(/(?:^|\/)grpc\/etc\/roots\.pem$/, ['grpc'], 'https://www.npmjs.com/package/grpc'),
  own(
    /(?:^|\/)share\/grpc\/roots\.pem$/,
    ['grpc'],
    'https://github.com/grpc/grpc/blob/master/CMakeLists.txt',
  ),
  own(
    /(?:^|\/)ssl\/cacert\.pem$/,
    ['conda'],
    'https://docs.conda.io/projects/conda/en/stable/user-guide/configuration/disable-ssl-verification.html',
  ),
  own(
    /(?:^|\/)stripe[^/]*\/(?:lib\/)?data\/ca-certificates\.crt$/,
    ['stripe'],
    'https://github.com/stripe/stripe-ruby',
  ),
  own(/(?:^|\/)composer\/ca-bundle\/res\/cacert\.pem$/, [], 'https://github.com/composer/ca-bundle'),
  own(/(?:^|\/)guzzlehttp\/guzzle\/src\/cacert\.pem$/, ['guzzle'], 'https://github.com/guzzle/guzzle'),
  own(
    /(?:^|\/)wp-includes\/certificates\/ca-bundle\.crt$/,
    ['wordpress'],
    'https://developer.wordpress.org/reference/classes/wp_http/request/',
  ),
  own(/(?:^|\/)Mozilla\/CA\/cacert\.pem$/, ['perl'], 'https://metacpan.org/pod/Mozilla::CA'),
  own(/(?:^|\/)certifi(?:-[^/]+)?\/priv\/cacerts\.pem$/, ['hackney'], 'https://hex.pm/packages/certifi'),
  own(/(?:^|\/)castore(?:-[^/]+)?\/priv\/cacerts\.pem$/, [], 'https://hex.pm/packages/castore'),
  own(
    /(?:^|\/)share\/julia\/cert\.pem$/,
    ['julia'],
    'https://docs.julialang.org/en/v1/stdlib/NetworkOptions/',
  ),
  own(/(?:^|\/)curl-ca-bundle\.crt$/, ['curl'], 'https://curl.se/docs/sslcerts.html'),
]

/** Where programs keep roots in files of a form of their own; their form is told by their content. */
export interface KeystorePlace {
  /** Of a path without a leading slash. */
  readonly pattern: RegExp
  /** As a user is told where the content is none of the known forms. */
  readonly name: string
  readonly otherwise: string
  /** Programs that read it by its place alone. */
  readonly consumers: readonly string[]
  /** As it comes with its program it often holds nothing. */
  readonly mayBeEmpty?: boolean
  readonly source: string
}

export const keystorePlaces: readonly KeystorePlace[] = [
  {
    pattern:
      /(?:^|\/)(?:(?:lib\/security|java|openjdk[^/]*)\/(?:cacerts|jssecacerts)|ca-certificates\/(?:extracted\/)?java-cacerts(?:\.jks)?)$/,
    name: 'the Java keystore',
    otherwise: 'it is no keystore of a form that is known (JKS, JCEKS, PKCS#12)',
    consumers: [],
    source:
      'https://docs.oracle.com/en/java/javase/21/security/java-secure-socket-extension-jsse-reference-guide.html (cacerts)',
  },
  {
    pattern: /(?:^|\/)libnssckbi\.so$/,
    name: "the module of NSS's built-in roots",
    otherwise: 'it is no library',
    consumers: [],
    source: 'https://firefox-source-docs.mozilla.org/security/nss/runbooks/rootstore.html',
  },
  {
    pattern:
      /(?:^|\/)(?:etc\/pki\/nssdb|\.pki\/nssdb|\.mozilla\/firefox\/[^/]+|\.thunderbird\/[^/]+)\/cert9\.db$/,
    name: 'the NSS database',
    otherwise: 'it is no SQLite database',
    consumers: [],
    mayBeEmpty: true,
    source: 'https://firefox-source-docs.mozilla.org/security/nss/legacy/tools/certutil/index.html',
  },
]

/** Bundles that say of themselves that they are not for servers: inventory, no store. */
export const notForServers: readonly RegExp[] = [
  /\/(?:email|objsign)-ca-bundle\.pem$/,
  /\/ca-trust\/extracted\/edk2\//,
]

/** A folder whose certificates a tool makes stores of. */
export interface AnchorSource {
  readonly folder: string
  /** Paths of the stores that it feeds. */
  readonly feeds: readonly string[]
  readonly source: string
}

const debianStores = [
  '/etc/ssl/certs',
  '/etc/ssl/certs/ca-certificates.crt',
  // By the hooks of ca-certificates-java and ca-certificates-mono.
  '/etc/ssl/certs/java/cacerts',
  '/etc/mono/certstore/certs/Trust',
  '/etc/mono/certstore/new-certs/Trust',
]
const fedoraStores = [
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/pki/ca-trust/extracted/pem/directory-hash',
  '/etc/pki/ca-trust/extracted/openssl/ca-bundle.trust.crt',
  '/etc/pki/ca-trust/extracted/java/cacerts',
]
const suseStores = [
  '/var/lib/ca-certificates/ca-bundle.pem',
  '/var/lib/ca-certificates/pem',
  '/var/lib/ca-certificates/openssl',
  '/var/lib/ca-certificates/java-cacerts',
]
const archStores = [
  '/etc/ca-certificates/extracted/tls-ca-bundle.pem',
  '/etc/ca-certificates/extracted/cadir',
  '/etc/ca-certificates/extracted/java-cacerts.jks',
]
const debian = 'update-ca-certificates(8)'
const suse = 'openSUSE update-ca-certificates(8)'
const arch = 'Arch Linux update-ca-trust(8)'

/** The longest folder first where one lies in another. */
export const anchorSources: readonly AnchorSource[] = [
  { folder: '/usr/share/ca-certificates/trust-source', feeds: archStores, source: arch },
  { folder: '/usr/share/ca-certificates', feeds: debianStores, source: debian },
  { folder: '/usr/local/share/ca-certificates', feeds: debianStores, source: debian },
  { folder: '/etc/pki/ca-trust/source', feeds: fedoraStores, source: 'update-ca-trust(8)' },
  { folder: '/usr/share/pki/ca-trust-source', feeds: fedoraStores, source: 'update-ca-trust(8)' },
  { folder: '/etc/pki/trust', feeds: suseStores, source: suse },
  { folder: '/usr/share/pki/trust', feeds: suseStores, source: suse },
  { folder: '/etc/ca-certificates/trust-source', feeds: archStores, source: arch },
]

/** The anchor source that a real path lies in, or null. */
export function anchorSourceOf(path: string): AnchorSource | null {
  return anchorSources.find(({ folder }) => path.startsWith(`${folder}/`)) ?? null
}
