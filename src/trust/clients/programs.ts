/** A program that speaks TLS: where it lies, and what tells the library that verifies for it. Data alone. */
export interface ProgramEntry {
  /** As people call it; the name of the client and of a store's consumer. */
  readonly program: string
  /** Where its executable lies; each that is there is a client of its own. */
  readonly paths: readonly string[]
  /**
   * The file that loads the TLS library where the program does not do so itself: places, or a pattern of places
   * under the program's own prefix (`/usr`, `/usr/local`).
   */
  readonly module?: readonly string[] | RegExp
  /** Another file without which the program does not speak TLS. */
  readonly needs?: readonly string[]
  /** Names of the package that carries its version. */
  readonly packages: readonly RegExp[]
  /** Set to its version by the official images that build it themselves. */
  readonly versionEnv?: string
  /** A header beside it that says its version. */
  readonly versionFile?: { readonly path: RegExp; readonly text: RegExp }
  /** Has a TLS library of its own built in: the files that say which version. */
  readonly ownLibrary?: { readonly name: string; readonly path: RegExp; readonly text: RegExp }
  /** Text in the executable that its version follows. */
  readonly versionText?: string
  /** Where its TLS library is built in, so are its roots: it does not read the system's store. */
  readonly ownRoots?: boolean
  readonly source: string
}

const everywhere = (name: string) => [`/usr/bin/${name}`, `/bin/${name}`, `/usr/local/bin/${name}`]

export const programs: readonly ProgramEntry[] = [
  {
    // BusyBox leaves TLS to a helper that verifies; without it, its own code takes any certificate.
    program: 'busybox wget',
    paths: ['/usr/bin/ssl_client', '/bin/ssl_client'],
    needs: ['/bin/busybox', '/usr/bin/busybox'],
    packages: [/^ssl_client$/, /^busybox$/],
    versionText: 'BusyBox v',
    source: 'https://git.busybox.net/busybox/tree/networking/wget.c (spawn_ssl_client)',
  },
  {
    program: 'apk',
    paths: ['/sbin/apk', '/usr/sbin/apk', '/usr/bin/apk'],
    packages: [/^apk-tools$/],
    source: 'https://gitlab.alpinelinux.org/alpine/apk-tools (libfetch)',
  },
  {
    program: 'apt',
    paths: ['/usr/bin/apt-get'],
    module: ['/usr/lib/apt/methods/https'],
    packages: [/^apt$/],
    source: 'https://salsa.debian.org/apt-team/apt/-/tree/main/methods',
  },
  {
    program: 'curl',
    paths: everywhere('curl'),
    packages: [/^curl$/],
    source: 'https://curl.se/docs/sslcerts.html',
  },
  {
    program: 'wget',
    paths: everywhere('wget'),
    packages: [/^wget$/],
    source: 'https://git.savannah.gnu.org/cgit/wget.git/tree/src/gnutls.c',
  },
  {
    program: 'git',
    paths: everywhere('git'),
    module: ['/usr', '/usr/local'].flatMap(prefix =>
      ['lib', 'libexec'].flatMap(folder =>
        ['https', 'http'].map(scheme => `${prefix}/${folder}/git-core/git-remote-${scheme}`),
      ),
    ),
    packages: [/^git$/],
    source: 'https://git-scm.com/docs/gitremote-helpers',
  },
  {
    program: 'openssl',
    paths: everywhere('openssl'),
    packages: [/^openssl$/],
    source: 'https://docs.openssl.org/master/man1/openssl/',
  },
  {
    program: 'gnutls-cli',
    paths: everywhere('gnutls-cli'),
    packages: [/^gnutls-(?:bin|utils)$/],
    source: 'https://www.gnutls.org/manual/html_node/gnutls_002dcli-Invocation.html',
  },
  {
    program: 'python3',
    paths: everywhere('python3'),
    module: /^lib(?:64)?\/(?:[^/]+\/)?python3[^/]*\/lib-dynload\/_ssl\.[^/]*so$/,
    packages: [/^python3\.\d+-minimal$/, /^python3$/],
    versionEnv: 'PYTHON_VERSION',
    versionFile: {
      path: /(?:^|\/)include\/python3[^/]*\/patchlevel\.h$/,
      text: /#define\s+PY_VERSION\s+"([^"]+)"/,
    },
    source: 'https://docs.python.org/3/library/ssl.html#ssl.SSLContext.set_default_verify_paths',
  },
  {
    program: 'php',
    paths: everywhere('php'),
    packages: [/^php[\d.]*-cli$/, /^php\d*$/],
    versionEnv: 'PHP_VERSION',
    source: 'https://www.php.net/manual/en/context.ssl.php',
  },
  {
    program: 'ruby',
    paths: everywhere('ruby'),
    module: /^lib(?:64)?\/(?:[^/]+\/)?ruby\/.*\/openssl\.so$/,
    packages: [/^ruby[\d.]*$/],
    versionEnv: 'RUBY_VERSION',
    source: 'https://docs.ruby-lang.org/en/master/OpenSSL/X509/Store.html#method-i-set_default_paths',
  },
  {
    // Distributions build it with their OpenSSL, and to read the system's store (seen with Debian 13's).
    program: 'node',
    paths: [...everywhere('node'), '/usr/bin/nodejs'],
    packages: [/^nodejs(?:-current|-lts)?$/],
    versionEnv: 'NODE_VERSION',
    ownLibrary: {
      name: 'OpenSSL',
      path: /(?:^|\/)include\/node\/openssl\/(?:[^/]+\/){0,4}opensslv\.h$/,
      text: /(?:OPENSSL_VERSION_STR|OPENSSL_FULL_VERSION_STR)\s+"(\d+\.\d+\.\d+)|OPENSSL_VERSION_TEXT\s+"OpenSSL (\d+\.\d+\.\d+[a-z]*)/,
    },
    ownRoots: true,
    source: 'https://nodejs.org/api/tls.html#tlsrootcertificates',
  },
]

/** `release` files in the homes of Java virtual machines: their version, and that they are there. */
export const javaRelease =
  /^(?:usr\/lib(?:64)?\/jvm\/[^/]+|usr\/local\/(?:openjdk|jdk|java)[^/]*|opt\/(?:java|jdk|openjdk|jre|ibm|graalvm)[^/]*(?:\/[^/]+)?|usr\/java\/[^/]+)\/release$/
