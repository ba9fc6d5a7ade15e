/** How verification is switched off without a flag: by variables and configuration files. Data with its sources. */

interface EnvironmentSwitch {
  readonly program: string
  /** Compared without case where npm does so. */
  readonly name: RegExp
  /** Values that switch off. */
  readonly value: RegExp
  readonly source: string
}

const ENVIRONMENT: readonly EnvironmentSwitch[] = [
  // Git asks only whether it is set: 0, false and the empty string switch off too.
  { program: 'git', name: /^GIT_SSL_NO_VERIFY$/, value: /^/, source: 'git, http.c (http_options)' },
  {
    program: 'node',
    name: /^NODE_TLS_REJECT_UNAUTHORIZED$/,
    value: /^0$/,
    source: 'nodejs.org, CLI options',
  },
  { program: 'python', name: /^PYTHONHTTPSVERIFY$/, value: /^0$/, source: 'PEP 493' },
  { program: 'pip', name: /^PIP_TRUSTED_HOST$/, value: /\S/, source: 'pip.pypa.io, configuration' },
  { program: 'uv', name: /^UV_INSECURE_HOST$/, value: /\S/, source: 'docs.astral.sh/uv, environment' },
  {
    program: 'npm',
    name: /^npm_config_strict_ssl$/i,
    value: /^(false|0|)$/i,
    source: 'docs.npmjs.com, config',
  },
  { program: 'yarn', name: /^YARN_ENABLE_STRICT_SSL$/, value: /^(false|0)$/i, source: 'yarnpkg.com, yarnrc' },
  { program: 'yarn', name: /^YARN_STRICT_SSL$/, value: /^false$/i, source: 'classic.yarnpkg.com, yarnrc' },
  {
    program: 'conda',
    name: /^CONDA_SSL_VERIFY$/,
    value: /^(false|no|0|off)$/i,
    source: 'docs.conda.io, ssl_verify',
  },
  { program: 'go', name: /^GOINSECURE$/, value: /\S/, source: 'go.dev/ref/mod, environment variables' },
  { program: 'go', name: /^GOFLAGS$/, value: /(^|\s)-insecure\b/, source: 'go.dev/ref/mod' },
  {
    program: 'bundler',
    name: /^BUNDLE_SSL_VERIFY_MODE$/,
    value: /^(0|none)$/i,
    source: 'bundler.io, config',
  },
  {
    program: 'poetry',
    name: /^POETRY_CERTIFICATES_\w+_CERT$/,
    value: /^false$/i,
    source: 'python-poetry.org, configuration',
  },
  {
    program: 'composer',
    name: /^COMPOSER_DISABLE_TLS$/,
    value: /^(1|true)$/i,
    source: 'getcomposer.org, config',
  },
  {
    program: 'maven',
    name: /^(MAVEN_OPTS|MAVEN_ARGS|MAVEN_CLI_OPTS|JAVA_TOOL_OPTIONS)$/,
    value: /-Dmaven\.wagon\.http\.ssl\.insecure=true|https\.securityMode=insecure/,
    source: 'maven.apache.org, wagon and resolver configuration',
  },
]

/** The variable that switches off, or null. `value` null: it can't be told. */
export function environmentSwitch(name: string, value: string | null): { program: string } | null {
  for (const entry of ENVIRONMENT) {
    if (entry.name.test(name) && (value === null ? entry.program === 'git' : entry.value.test(value)))
      return entry
  }
  return null
}

interface ConfigSwitch {
  readonly program: string
  readonly path: RegExp
  /** What switches off, anywhere in the text; flags g and m. */
  readonly text: RegExp
  readonly source: string
}

const CONFIGURATION: readonly ConfigSwitch[] = [
  {
    program: 'curl',
    path: /(^|\/)[._]?curlrc$/,
    text: /^[ \t]*(--insecure|insecure|-[a-zA-Z]*k)\b/gm,
    source: 'curl(1), --config',
  },
  {
    program: 'wget',
    path: /(^|\/)\.?wgetrc$/,
    text: /^[ \t]*check[-_]?certificate[ \t]*=[ \t]*(off|no|0|false)\b/gim,
    source: 'GNU Wget manual, wgetrc commands',
  },
  {
    program: 'npm',
    path: /(^|\/)\.?npmrc$/,
    text: /^[ \t]*"?strict-ssl"?[ \t]*=[ \t]*"?(false|0)\b"?/gim,
    source: 'docs.npmjs.com, npmrc',
  },
  {
    program: 'yarn',
    path: /(^|\/)\.yarnrc(\.yml)?$/,
    text: /^[ \t]*("?strict-ssl"?[ \t]+"?false\b"?|enableStrictSsl:[ \t]*false\b)/gim,
    source: 'yarnpkg.com, yarnrc',
  },
  {
    program: 'pip',
    path: /(^|\/)pip\.(conf|ini)$/,
    text: /^[ \t]*trusted[-_]host[ \t]*=[ \t]*\S+/gim,
    source: 'pip.pypa.io, configuration',
  },
  {
    program: 'conda',
    path: /(^|\/)\.?condarc$/,
    text: /^[ \t]*ssl_verify[ \t]*:[ \t]*(false|no|off)\b/gim,
    source: 'docs.conda.io, condarc',
  },
  {
    program: 'apt',
    path: /\/apt\/(apt\.conf$|apt\.conf\.d\/)/,
    text: /Verify-(Peer|Host)"?[ \t]+"?(false|0|no|off)\b"?/gi,
    source: 'apt-transport-https(1)',
  },
  {
    program: 'yum',
    path: /\/(yum\.conf|dnf\.conf|[^/]+\.repo)$/,
    text: /^[ \t]*sslverify[ \t]*=[ \t]*(0|false|no|off)\b/gim,
    source: 'yum.conf(5), dnf.conf(5)',
  },
  {
    program: 'git',
    path: /(^|\/)(\.gitconfig|etc\/gitconfig|git\/config)$/,
    text: /^[ \t]*(\[http[^\]]*\][ \t]*)?sslVerify[ \t]*=[ \t]*(false|0|no|off)\b/gim,
    source: 'git-config(1), http.sslVerify',
  },
  {
    program: 'gem',
    path: /(^|\/)\.?gemrc$/,
    text: /^[ \t]*:ssl_verify_mode:[ \t]*0\b/gm,
    source: 'guides.rubygems.org, gem environment',
  },
  {
    program: 'bundler',
    path: /(^|\/)\.bundle\/config$/,
    text: /^[ \t]*BUNDLE_SSL_VERIFY_MODE:[ \t]*"?(0|none)\b"?/gim,
    source: 'bundler.io, config',
  },
  {
    program: 'maven',
    path: /(^|\/)(\.mavenrc|jvm\.config|maven\.config)$/,
    text: /-Dmaven\.wagon\.http\.ssl\.insecure=true|-D\S*https\.securityMode=insecure/g,
    source: 'maven.apache.org, wagon and resolver configuration',
  },
]

/** Longest text that is looked at. */
const MAX_TEXT = 256 * 1024

/** Where a configuration file's text switches verification off. */
export function configSwitches(
  path: string,
  text: string,
): { program: string; start: number; end: number }[] {
  const found: { program: string; start: number; end: number }[] = []
  if (text.length > MAX_TEXT) return found
  for (const entry of CONFIGURATION) {
    if (!entry.path.test(path)) continue
    for (const match of text.matchAll(entry.text)) {
      const blank = match[0].length - match[0].trimStart().length
      found.push({ program: entry.program, start: match.index + blank, end: match.index + match[0].length })
    }
  }
  return found
}

/** A setting `-o`, `config set` or `-c` of git, npm, yarn or apt: does it switch verification off? */
export function settingSwitches(
  program: 'git' | 'npm' | 'apt' | 'yum' | 'conda',
  key: string,
  value: string,
): boolean {
  const off = /^"?(false|0|no|off)"?$/i.test(value)
  switch (program) {
    case 'git':
      return /^http\.(.*\.)?sslverify$/i.test(key) && off
    case 'npm':
      return /^"?strict-ssl"?$/i.test(key) && off
    case 'apt':
      return /^Acquire::https::(.*::)?Verify-(Peer|Host)$/i.test(key) && off
    case 'yum':
      return /^(.*\.)?sslverify$/i.test(key) && off
    case 'conda':
      return key === 'ssl_verify' && off
  }
}
