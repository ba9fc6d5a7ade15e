/** Real TLS clients beyond those of a bare distribution: languages, libraries without a tool of their own, packages. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { debianWith } from './chroot.ts'
import { erlang, mbedtls, perl, php, ruby, wolfssl } from './client-programs.ts'
import { batch, insideOf, packageVersion, type RealClient, single, upstream, url } from './real-clients.ts'

export const morePackages = [
  ...['gcc', 'libc6-dev', 'libmbedtls-dev', 'libwolfssl-dev', 'libnss3-tools', 'ca-certificates'],
  ...['erlang-base', 'erlang-ssl', 'erlang-public-key', 'erlang-crypto', 'erlang-asn1'],
  ...['php-cli', 'ruby', 'perl', 'libio-socket-ssl-perl', 'git', 'golang-go', 'wget2'],
]

/** Languages and libraries of a Debian suite. */
export async function moreOfDebian(suite: string): Promise<RealClient[]> {
  const root = debianWith(suite, morePackages)
  const { put, inside, folder } = insideOf(root)
  const versionOf = async (name: string) => upstream(await packageVersion(root, name))
  const openssl = await versionOf('libssl[13]*')
  const by = async (program: string, owner: string, library = 'OpenSSL', libraryVersion = openssl) => {
    const version = await versionOf(owner)
    return {
      name: `${suite} ${program}`,
      program,
      version,
      library,
      libraryVersion: libraryVersion === '' ? version : libraryVersion,
      build: 'debian',
    }
  }
  const put1 = (name: string, text: string) => writeFileSync(join(folder, name), text)
  put1('ask.php', php)
  put1('ask.rb', ruby)
  put1('ask.pl', perl)
  put1('ask.erl', erlang)
  put1('mbedtls.c', mbedtls)
  put1('wolfssl.c', wolfssl)
  const made = await inside([
    'sh',
    '-c',
    'cd /tmp/imgtrust && gcc -w -o mbedtls mbedtls.c -lmbedtls -lmbedx509 -lmbedcrypto && gcc -w -o wolfssl wolfssl.c -lwolfssl && erlc ask.erl',
  ])
  if (made.status !== 0) throw new Error(made.text)
  const lines = (input: string) => {
    const cases = JSON.parse(input) as { host: string; port: number; store: string[] }[]
    const body = (pem: string) => pem.replace(/-----[^-]*-----|\s/g, '')
    return cases.map(each => [each.host, each.port, ...each.store.map(body)].join(' ')).join('\n')
  }
  const library = async (program: string, name: string, owner: string): Promise<RealClient> => {
    const version = (await inside([`/tmp/imgtrust/${program}`])).text.trim()
    const about = await by(program, owner, name, version)
    return single({ ...about, version }, each =>
      inside([`/tmp/imgtrust/${program}`, each.host, String(each.port), put(each)]),
    )
  }
  const gnutls = await versionOf('libgnutls30*')
  const erlangVersion = await versionOf('erlang-base')
  return [
    batch(await by('php', 'php[78]*-cli'), input => inside(['php', '/tmp/imgtrust/ask.php'], input), true),
    batch(await by('ruby', 'libruby[23]*'), input => inside(['ruby', '/tmp/imgtrust/ask.rb'], input)),
    batch(await by('perl', 'perl-base'), input => inside(['perl', '/tmp/imgtrust/ask.pl'], input)),
    batch(await by('erlang', 'erlang-base', 'Erlang/OTP', erlangVersion), input => {
      put1('cases', lines(input))
      return inside(['sh', '-c', 'cd /tmp/imgtrust && HOME=/tmp erl -noshell -run ask main cases'])
    }),
    single(
      await by('git', 'git', 'GnuTLS', gnutls),
      each =>
        inside([
          'git',
          ...['-c', `http.sslCAInfo=${put(each)}`, '-c', 'http.sslCAPath=/tmp/imgtrust/none'],
          ...['ls-remote', url(each)],
        ]),
      (_said, each) => each.seen.request,
    ),
    single(await by('wget2', 'wget2', 'GnuTLS', gnutls), each => {
      const options = [
        '--no-config',
        '--tries=1',
        '--timeout=10',
        '-nv',
        '-O',
        '/dev/null',
        '--no-ocsp',
        '--no-hsts',
        '--no-hpkp',
      ]
      return inside([
        'wget2',
        ...options,
        `--ca-certificate=${put(each)}`,
        '--ca-directory=/tmp/imgtrust/none',
        url(each),
      ])
    }),
    await library('mbedtls', 'Mbed TLS', 'libmbedtls-dev'),
    await library('wolfssl', 'wolfSSL', 'libwolfssl-dev'),
  ]
}
