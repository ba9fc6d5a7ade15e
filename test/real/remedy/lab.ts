/** A server whose chain leads old TLS libraries to an expired root, as on 30 May 2020, with certificates of our own. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Pki {
  readonly folder: string
  /** Self-signed, ended on 2020-05-30. */
  readonly oldRoot: string
  /** Self-signed, good until 2038; also cross-signed by the old one, until 2020-05-30. */
  readonly newRoot: string
}

/** Runs a tool without the variables that could point it at another trust store. */
export function run(tool: string, args: readonly string[], input?: string | Buffer): string {
  return execFileSync(tool, args, {
    encoding: 'utf8',
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' },
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(input === undefined ? {} : { input }),
  })
}

/** Needs `openssl`. The caller removes the folder. */
export function makePki(): Pki {
  const folder = mkdtempSync(join(tmpdir(), 'imgtrust-pki-'))
  const at = (name: string) => join(folder, name)
  mkdirSync(at('issued'))
  writeFileSync(at('index.txt'), '')
  writeFileSync(at('serial'), '1000\n')
  writeFileSync(
    at('openssl.cnf'),
    `[ca]
default_ca = lab
[lab]
database = ${at('index.txt')}
serial = ${at('serial')}
new_certs_dir = ${at('issued')}
default_md = sha256
policy = names
unique_subject = no
[names]
commonName = supplied
[authority]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[server]
basicConstraints = CA:FALSE
subjectAltName = DNS:localhost,IP:127.0.0.1
extendedKeyUsage = serverAuth
`,
  )
  for (const who of ['old', 'new', 'issuing', 'server'])
    run('openssl', ['genrsa', '-out', at(`${who}.key`), '2048'])

  const sign = (
    name: string,
    cn: string,
    key: string,
    by: string | null,
    byKey: string,
    days: [string, string],
  ) => {
    const request = run('openssl', ['req', '-new', '-key', at(`${key}.key`), '-subj', `/CN=${cn}`])
    writeFileSync(at('request.pem'), request)
    const signer = by === null ? ['-selfsign'] : ['-cert', at(`${by}.pem`)]
    const kind = name === 'server' ? 'server' : 'authority'
    const dates = ['-startdate', `${days[0]}Z`, '-enddate', `${days[1]}Z`]
    const files = ['-in', at('request.pem'), '-out', at(`${name}.pem`), '-keyfile', at(`${byKey}.key`)]
    const extensions = ['-extfile', at('openssl.cnf'), '-extensions', kind]
    run('openssl', [
      'ca',
      '-batch',
      '-notext',
      '-config',
      at('openssl.cnf'),
      ...signer,
      ...files,
      ...dates,
      ...extensions,
    ])
  }
  const ended: [string, string] = ['20000530104838', '20200530104838']
  const good: [string, string] = ['20100201000000', '20380118235959']
  sign('old', 'Lab Old Root', 'old', null, 'old', ended)
  sign('new', 'Lab New Root', 'new', null, 'new', good)
  sign('cross', 'Lab New Root', 'new', 'old', 'old', ended)
  sign('issuing', 'Lab Issuing CA', 'issuing', 'new', 'new', good)
  sign('server', 'localhost', 'server', 'issuing', 'issuing', good)
  const text = (name: string) => readFileSync(at(`${name}.pem`), 'utf8')
  writeFileSync(at('chain.pem'), text('issuing') + text('cross'))
  return { folder, oldRoot: text('old'), newRoot: text('new') }
}

export interface Server {
  readonly port: number
  stop(): void
}

/** Serves the chain with the cross certificate on loopback. */
export async function serve({ folder }: Pki): Promise<Server> {
  const port = await freePort()
  const files = ['-cert', join(folder, 'server.pem'), '-key', join(folder, 'server.key')]
  const chain = ['-cert_chain', join(folder, 'chain.pem')]
  // Old clients must not fail on anything but the certificate.
  const lenient = ['-cipher', 'ALL:@SECLEVEL=0', '-min_protocol', 'TLSv1']
  const accept = ['-accept', `127.0.0.1:${port}`, '-www', '-quiet']
  const server: ChildProcess = spawn('openssl', ['s_server', ...accept, ...files, ...chain, ...lenient], {
    stdio: 'ignore',
  })
  await untilListening(port)
  return { port, stop: () => void server.kill() }
}

async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>(resolve => probe.listen(0, '127.0.0.1', resolve))
  const address = probe.address()
  await new Promise(resolve => probe.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

async function untilListening(port: number): Promise<void> {
  const { connect } = await import('node:net')
  for (let tries = 0; tries < 100; tries++) {
    const open = await new Promise<boolean>(resolve => {
      const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false))
      socket.on('connect', () => socket.destroy())
    })
    if (open) return
    await new Promise(resolve => setTimeout(resolve, 50))
  }
  throw new Error('the lab server does not listen')
}

/** `OK`, or the first line of what the root filesystem's own wget says. */
export function wgetIn(root: string, port: number): string {
  writeFileSync(join(root, 'etc/hosts'), '127.0.0.1 localhost\n')
  try {
    const fetch = ['wget', '-q', '-O', '/dev/null', `https://localhost:${port}/`]
    execFileSync('chroot', [root, ...fetch], {
      encoding: 'utf8',
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 20_000,
    })
    return 'OK'
  } catch (error) {
    const { stderr = '', message = '' } = error as { stderr?: string; message?: string }
    return (stderr || message).trim().split('\n')[0] ?? ''
  }
}

/** The subjects of a bundle's certificates in their order, as openssl prints them. */
export function subjectsOf(bundle: string): string[] {
  const pkcs7 = run('openssl', ['crl2pkcs7', '-nocrl', '-certfile', bundle])
  return run('openssl', ['pkcs7', '-print_certs', '-noout'], pkcs7)
    .split('\n')
    .filter(line => line.startsWith('subject'))
}

/** Which of these tools are not here. */
export function missingTools(tools: readonly string[]): string[] {
  return tools.filter(tool => {
    try {
      run('sh', ['-c', `command -v ${tool}`])
      return false
    } catch {
      return true
    }
  })
}
