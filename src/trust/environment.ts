/** Variables of the environment that point TLS programs at roots, as data. */
export interface StoreVariable {
  readonly name: string
  readonly kind: 'file' | 'folder'
  /** The libraries whose clients read it. */
  readonly libraries: readonly string[]
  /** Clients that read it, whatever their library. */
  readonly programs: readonly string[]
  /** Clients of those libraries that do not, because they name their store themselves. */
  readonly except: readonly string[]
  /** Programs that read it and are no clients of the model (they use another's library). */
  readonly readers: readonly string[]
  /** True: read instead of the default store; false: beside it. */
  readonly replaces: boolean
  readonly source: string
}

const none: readonly string[] = []

export const storeVariables: readonly StoreVariable[] = [
  {
    name: 'SSL_CERT_FILE',
    kind: 'file',
    libraries: ['OpenSSL'],
    programs: ['curl'],
    except: ['git'],
    readers: none,
    replaces: true,
    source: 'https://docs.openssl.org/master/man7/openssl-env/',
  },
  {
    name: 'SSL_CERT_DIR',
    kind: 'folder',
    libraries: ['OpenSSL'],
    programs: ['curl'],
    except: ['git'],
    readers: none,
    replaces: true,
    source: 'https://docs.openssl.org/master/man7/openssl-env/',
  },
  one('CURL_CA_BUNDLE', ['curl'], none, true, 'https://curl.se/docs/sslcerts.html'),
  one('GIT_SSL_CAINFO', ['git'], none, true, 'https://git-scm.com/docs/git-config (http.sslCAInfo)'),
  one(
    'NODE_EXTRA_CA_CERTS',
    ['node'],
    none,
    false,
    'https://nodejs.org/api/cli.html#node_extra_ca_certsfile',
  ),
  one(
    'REQUESTS_CA_BUNDLE',
    none,
    ['requests'],
    true,
    'https://requests.readthedocs.io/en/latest/user/advanced/',
  ),
  one('PIP_CERT', none, ['pip'], true, 'https://pip.pypa.io/en/stable/topics/configuration/'),
  one(
    'AWS_CA_BUNDLE',
    none,
    ['aws'],
    true,
    'https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-envvars.html',
  ),
]

function one(
  name: string,
  programs: readonly string[],
  readers: readonly string[],
  replaces: boolean,
  source: string,
): StoreVariable {
  return { name, kind: 'file', libraries: none, programs, except: none, readers, replaces, source }
}

/** A variable that hands Java a trust store among its options (see java-options.ts). */
export function javaVariable(name: string, replaces: boolean): StoreVariable {
  return one(
    name,
    ['java'],
    none,
    replaces,
    'https://docs.oracle.com/en/java/javase/21/security/java-secure-socket-extension-jsse-reference-guide.html',
  )
}
