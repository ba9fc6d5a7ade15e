/** Variables by which TLS libraries and programs are told which file or folder to read their roots from. */

export interface TrustVariable {
  readonly name: string
  /** Does its file take the place of all other roots, or is it added to them? */
  readonly effect: 'replaces' | 'adds'
  readonly names: 'file' | 'folder' | 'either'
  /** Who reads it, for people. */
  readonly reader: string
  readonly source: string
}

export const trustVariables: readonly TrustVariable[] = [
  {
    name: 'SSL_CERT_FILE',
    effect: 'replaces',
    names: 'file',
    reader: 'OpenSSL, Go and what is built on them',
    source: 'openssl-env(7), crypto/x509',
  },
  {
    name: 'SSL_CERT_DIR',
    effect: 'replaces',
    names: 'folder',
    reader: 'OpenSSL and Go',
    source: 'openssl-env(7), crypto/x509',
  },
  {
    name: 'REQUESTS_CA_BUNDLE',
    effect: 'replaces',
    names: 'either',
    reader: "Python's requests and pip",
    source: 'requests.readthedocs.io, SSL cert verification',
  },
  {
    name: 'CURL_CA_BUNDLE',
    effect: 'replaces',
    names: 'file',
    reader: "curl and Python's requests",
    source: 'curl(1)',
  },
  {
    name: 'GIT_SSL_CAINFO',
    effect: 'replaces',
    names: 'file',
    reader: 'git',
    source: 'git-config(1), http.sslCAInfo',
  },
  {
    name: 'AWS_CA_BUNDLE',
    effect: 'replaces',
    names: 'file',
    reader: "AWS' command line and SDKs",
    source: 'docs.aws.amazon.com, sdkref',
  },
  { name: 'PIP_CERT', effect: 'replaces', names: 'file', reader: 'pip', source: 'pip.pypa.io, --cert' },
  {
    name: 'CARGO_HTTP_CAINFO',
    effect: 'replaces',
    names: 'file',
    reader: 'cargo',
    source: 'doc.rust-lang.org, http.cainfo',
  },
  {
    name: 'GRPC_DEFAULT_SSL_ROOTS_FILE_PATH',
    effect: 'replaces',
    names: 'file',
    reader: 'gRPC',
    source: 'grpc.github.io, environment variables',
  },
  {
    name: 'NODE_EXTRA_CA_CERTS',
    effect: 'adds',
    names: 'file',
    reader: 'Node.js',
    source: 'nodejs.org, CLI options',
  },
  {
    name: 'DENO_CERT',
    effect: 'adds',
    names: 'file',
    reader: 'Deno',
    source: 'docs.deno.com, environment variables',
  },
]

export function trustVariable(name: string): TrustVariable | null {
  return trustVariables.find(variable => variable.name === name) ?? null
}

/** Long names that only a slip of the pen makes; shorter ones are too near to those of applications. */
const OFTEN_MISSPELT = ['REQUESTS_CA_BUNDLE', 'NODE_EXTRA_CA_CERTS', 'CURL_CA_BUNDLE', 'GIT_SSL_CAINFO']
/** Names of other programs that look alike. */
const OTHERS = new Set([
  'REQUEST_CA_BUNDLE_PATH',
  'NODE_CA_CERTS',
  'CURL_CA_PATH',
  'GIT_SSL_CAPATH',
  'AWS_CA_BUNDLE',
])

/** The variable that was meant, where this is none and differs from one by a slip or two. */
export function meantVariable(name: string): string | null {
  if (trustVariable(name) !== null || OTHERS.has(name)) return null
  return OFTEN_MISSPELT.find(known => slips(name, known) <= 2) ?? null
}

/** Letters that are wrong, missing, too many or swapped with their neighbour (optimal string alignment). */
function slips(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2) return 3
  let older: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1
      let best = Math.min(previous[j]! + 1, row[j - 1]! + 1, previous[j - 1]! + cost)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, older[j - 2]! + 1)
      row.push(best)
    }
    older = previous
    previous = row
  }
  return previous[b.length]!
}
