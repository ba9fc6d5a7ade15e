/** Real TLS clients beyond those of a bare distribution: languages, libraries without a tool of their own, packages. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { debianWith } from './chroot.ts'
import { deno, erlang, mbedtls, perl, php, ruby, wolfssl } from './client-programs.ts'
import {
  batch,
  caseLines,
  fromNpm,
  goProgram,
  insideOf,
  javaProgram,
  packageVersion,
  type RealClient,
  run,
  single,
  upstream,
  url,
} from './real-clients.ts'

export const morePackages = [
  ...['gcc', 'libc6-dev', 'libmbedtls-dev', 'libwolfssl-dev', 'ca-certificates'],
  ...['erlang-base', 'erlang-ssl', 'erlang-public-key', 'erlang-crypto', 'erlang-asn1'],
  ...['php-cli', 'ruby', 'perl', 'libio-socket-ssl-perl', 'git', 'golang-go', 'wget2'],
]

const javas = ['8', '11', '17', '21', '25', '26']
/** Sid alone has them all. Their scripts would run them, which needs more than a folder. */
export const javaPackages = javas.map(version => `openjdk-${version}-jre-headless`)

/** Languages and libraries of a Debian suite. */
export async function moreOfDebian(suite: string): Promise<RealClient[]> {
  const root = debianWith(suite, morePackages, suite === 'sid' ? javaPackages : [])
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
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text)
  write('ask.php', php)
  write('ask.rb', ruby)
  write('ask.pl', perl)
  write('ask.erl', erlang)
  write('mbedtls.c', mbedtls)
  write('wolfssl.c', wolfssl)
  const made = await inside([
    'sh',
    '-c',
    'cd /tmp/imgtrust && gcc -w -o mbedtls mbedtls.c -lmbedtls -lmbedx509 -lmbedcrypto && gcc -w -o wolfssl wolfssl.c -lwolfssl && erlc ask.erl',
  ])
  if (made.status !== 0) throw new Error(made.text)
  const library = async (program: string, name: string, owner: string): Promise<RealClient> => {
    const version = (await inside([`/tmp/imgtrust/${program}`])).text.trim()
    const about = await by(program, owner, name, version)
    return single({ ...about, version }, each =>
      inside([`/tmp/imgtrust/${program}`, each.host, String(each.port), put(each)]),
    )
  }
  // Go and Java look for themselves in /proc: they get it in a namespace of their own.
  const withProc = (command: readonly string[]) =>
    run([
      ...[
        '/usr/bin/unshare',
        '-m',
        'sh',
        '-c',
        'mount -t proc proc "$0/proc" && exec /usr/sbin/chroot "$0" "$@"',
      ],
      ...[root, ...command],
    ])
  const java = async (line: string): Promise<RealClient> => {
    const home = `/usr/lib/jvm/java-${line}-openjdk-amd64${line === '8' ? '/jre' : ''}`
    const java = (args: readonly string[]) => withProc([`${home}/bin/java`, ...args])
    const version = /version "([^"]+)"/.exec((await java(['-version'])).text)?.[1] ?? ''
    const about = { program: 'java', version, library: 'OpenJDK', libraryVersion: version, build: 'debian' }
    return batch({ name: `${suite} java ${line}`, ...about }, input => {
      write('cases', caseLines(input))
      return java(['-cp', '/tmp/imgtrust', 'Ask', '/tmp/imgtrust/cases'])
    })
  }
  const go = async (): Promise<RealClient> => {
    write('main.go', goProgram)
    const env = 'HOME=/tmp GOTOOLCHAIN=local GOFLAGS=-mod=mod GOCACHE=/tmp/go-cache'
    const built = await withProc(['sh', '-c', `cd /tmp/imgtrust && ${env} go build -o ask-go main.go`])
    if (built.status !== 0) throw new Error(built.text)
    const version = (await inside(['/tmp/imgtrust/ask-go', 'version'])).text.trim().replace(/^go/, '')
    const about = { program: 'go', version, library: 'Go', libraryVersion: version, build: 'upstream' }
    return batch({ name: `${suite} go`, ...about }, input => inside(['/tmp/imgtrust/ask-go'], input))
  }
  if (suite === 'sid') {
    write('Ask.java', javaProgram)
    const compiled = await run(['javac', '--release', '8', '-d', folder, join(folder, 'Ask.java')])
    if (compiled.status !== 0) throw new Error(compiled.text)
  }
  const gnutls = await versionOf('libgnutls30*')
  const erlangVersion = await versionOf('erlang-base')
  return [
    batch(await by('php', 'php[78]*-cli'), input => inside(['php', '/tmp/imgtrust/ask.php'], input), true),
    batch(await by('ruby', 'libruby[23]*'), input => inside(['ruby', '/tmp/imgtrust/ask.rb'], input)),
    batch(await by('perl', 'perl-base'), input => inside(['perl', '/tmp/imgtrust/ask.pl'], input)),
    batch(await by('erlang', 'erlang-base', 'Erlang/OTP', erlangVersion), input => {
      write('cases', caseLines(input))
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
    // Later ones judge otherwise, in ways that nobody has read yet.
    ...(suite === 'bookworm' ? [await library('wolfssl', 'wolfSSL', 'libwolfssl-dev')] : []),
    await go(),
    ...(suite === 'sid' ? await Promise.all(javas.map(java)) : []),
  ]
}

const denoVersion = '2.9.6'

/** rustls inside Deno, from npm's package of its executable; null where npm can't give it. */
export async function denoClient(): Promise<RealClient | null> {
  const binary = await fromNpm('@deno/linux-x64-glibc', denoVersion, 'deno')
  if (!binary) return null
  const folder = mkdtempSync(join(tmpdir(), 'imgtrust-deno-'))
  writeFileSync(join(folder, 'ask.js'), deno)
  const crates =
    readFileSync(binary)
      .toString('latin1')
      .match(/rustls-0\.\d+\.\d+\//g) ?? []
  const counts = new Map<string, number>()
  for (const each of crates) counts.set(each, (counts.get(each) ?? 0) + 1)
  const named = [...counts].sort(([, a], [, b]) => b - a)[0]?.[0] ?? ''
  return batch(
    {
      name: `deno ${denoVersion}`,
      program: 'deno',
      version: denoVersion,
      library: 'rustls',
      libraryVersion: named.slice('rustls-'.length, -1),
      build: 'upstream',
    },
    input => run([binary, 'run', '-A', join(folder, 'ask.js')], input, { HOME: folder, NO_COLOR: '1' }),
  )
}
