/** `imgtrust verify` as users run it, offline: one shape of chain, several clients, stores and formats. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSecureContext, createServer as createTlsServer, TLSSocket } from 'node:tls'
import { stripVTControlCharacters } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { outage, writeRoot } from '../support/outage.ts'
import { issue, keyOf } from '../support/pki.ts'
import { imgtrust, imgtrustJson } from '../support/run.ts'

let folder: string
const { old, fresh, cross, inter, leaf } = outage()
const pem = (...all: readonly { readonly pem: string }[]) => all.map(each => each.pem).join('')

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'imgtrust-verify-'))
  writeFileSync(join(folder, 'chain.pem'), pem(leaf, inter, cross))
  writeFileSync(join(folder, 'short.pem'), pem(leaf, inter))
  writeFileSync(join(folder, 'leaf.pem'), pem(leaf))
  writeFileSync(join(folder, 'both.pem'), pem(old, fresh))
  writeFileSync(join(folder, 'new.pem'), pem(fresh))
  writeFileSync(join(folder, 'garbage.pem'), 'no certificate\n'.repeat(100))
  writeRoot(join(folder, 'root'), pem(old, fresh))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const host = ['--host', 'www.example.com']
const run = (...args: string[]) => imgtrust(['verify', ...args], { cwd: folder })
const json = async (...args: string[]) => {
  const { report, status } = await imgtrustJson(['verify', ...args], { cwd: folder })
  return { status, target: report.targets[0]!, verdicts: report.targets[0]!.verdicts ?? [], report }
}
const named = (...args: readonly string[]) => json('chain.pem', ...host, ...args)

describe('the chain of the outage', () => {
  it.each([
    ['openssl-1.0.2u', false],
    ['libressl-2.7.5', false],
    ['gnutls-3.6.7', false],
    ['openssl-1.1.1l', true],
    ['openssl-3.0.15', true],
    ['java-17', true],
    ['go-1.19', true],
    ['nss-3.87', true],
    ['curl', true],
  ])('%s with the expired root still in the store: %s', async (client, accepted) => {
    const { status, verdicts } = await named('--store', 'both.pem', '--client', client)
    expect(verdicts.map(verdict => verdict.accepted)).toEqual([accepted])
    expect(status).toBe(accepted ? 0 : 1)
  })

  it.each([
    'openssl-1.0.2u',
    'libressl-2.7.5',
    'gnutls-3.6.7',
  ])('%s accepts once the root is gone', async client => {
    const { status } = await named('--store', 'new.pem', '--client', client)
    expect(status).toBe(0)
  })

  it('is what it was before the root ended', async () => {
    const day = new Date(Date.now() - 15 * 86_400_000).toISOString().slice(0, 10)
    const { status } = await named('--store', 'both.pem', '--client', 'openssl-1.0.2u', '--at', day)
    expect(status).toBe(0)
  })
})

describe('the programs of an image', () => {
  it('differ by their libraries, and the remedy mends those that refuse', async () => {
    const { status, verdicts, target } = await named('--image', 'dir:root')
    expect(status).toBe(1)
    const [wget, curl] = ['busybox wget', 'curl'].map(name =>
      verdicts.find(({ client }) => client.program === name),
    )
    expect(curl).toMatchObject({ accepted: true, afterRemedy: null, store: '/etc/ssl/cert.pem' })
    expect(wget).toMatchObject({ accepted: false, reason: 'certificate-expired', basis: 'measured' })
    expect(wget?.afterRemedy).toMatchObject({ accepted: true, remedy: { proven: true } })
    expect(wget?.afterRemedy?.chain).toEqual(curl?.chain)
    expect(wget?.afterRemedy?.remedy.steps.dockerfile).toMatch(/^RUN sed .* \/etc\/ssl\/cert\.pem$/m)
    expect(wget?.chain).toHaveLength(4)
    expect(target.image).toMatchObject({ kind: 'rootfs', distribution: { id: 'alpine', version: '3.8.5' } })
    expect(target.sent?.map(({ name, status: marks }) => [name, marks])).toEqual([
      ['www.example.com', []],
      ['Issuing CA', []],
      ['New Root', ['expired', 'cross-signed']],
    ])
    expect(target.advice).toEqual([
      { kind: 'stop-sending', certificates: [target.sent?.[2]?.sha256], accepted: verdicts.length },
    ])
  })

  it('can be asked one by one, and with another store', async () => {
    expect((await named('--image', 'dir:root', '--client', 'curl')).status).toBe(0)
    expect((await named('--image', 'dir:root', '--client', 'wget')).status).toBe(1)
    expect((await named('--image', 'dir:root', '--client', 'wget', '--store', 'new.pem')).status).toBe(0)
    const { status, target } = await named('--image', 'dir:root', '--client', 'java')
    expect(status).toBe(2)
    expect(target.error).toMatch(/no such TLS program; it has/)
  })

  it('are shown with the path that breaks, in plain and in colour', async () => {
    const today = ['--at', new Date().toISOString().slice(0, 10)]
    const { stdout } = await run('chain.pem', ...host, '--image', 'dir:root', ...today)
    expect(stdout).toMatch(/3 {2}New Root .*expired\n {7}cross-signed/)
    expect(stdout).toMatch(/refused {2}by busybox wget \(LibreSSL 2\.7\.5\)/)
    expect(stdout).toMatch(/└─ Old Root .*<- breaks it: certificate-expired/)
    expect(stdout).toMatch(/stop sending certificate 3 \(New Root\)/)
    const { stdout: coloured } = await run(
      'chain.pem',
      ...host,
      '--image',
      'dir:root',
      ...today,
      '--color',
      'always',
    )
    expect(stripVTControlCharacters(coloured)).toBe(stdout)
  })

  it('stand side by side for several servers', async () => {
    const { stdout, status } = await run('chain.pem', 'short.pem', ...host, '--image', 'dir:root')
    expect(status).toBe(1)
    expect(stdout).toMatch(/short\.pem +accepted \(.*\): it sends no expired certificate/)
  })
})

describe('a Dockerfile', () => {
  it('is asked with the store that it will give', async () => {
    writeFileSync(join(folder, 'Dockerfile'), 'FROM alpine:3.8\n')
    const { verdicts, target } = await json('chain.pem', ...host, '--dockerfile', 'Dockerfile')
    expect(target.image).toMatchObject({ kind: 'dockerfile', file: 'Dockerfile' })
    expect(verdicts.map(({ client, reason, basis }) => [client.program, reason, basis])).toEqual([
      ['busybox wget', expect.stringMatching(/certificate-expired|unknown-issuer/), 'nearest'],
      ['apk', expect.stringMatching(/certificate-expired|unknown-issuer/), 'nearest'],
    ])
  })
})

describe('other refusals', () => {
  it('names the certificate that nobody sends', async () => {
    const { verdicts, target } = await json(
      'leaf.pem',
      ...host,
      '--store',
      'new.pem',
      '--client',
      'openssl-3.0.15',
    )
    expect(verdicts[0]).toMatchObject({ accepted: false, reason: 'unknown-issuer' })
    expect(target.advice?.map(({ kind }) => kind)).toEqual(['send-issuer'])
  })

  it('compares the name', async () => {
    const { verdicts } = await json(
      'short.pem',
      '--host',
      'other.test',
      '--store',
      'new.pem',
      '--client',
      'openssl-3.0.15',
    )
    expect(verdicts[0]?.reason).toBe('hostname-mismatch')
  })

  it('takes Mozilla’s roots where no store is named', async () => {
    const { verdicts } = await named('--client', 'openssl-3.0.15')
    expect(verdicts[0]).toMatchObject({
      accepted: false,
      store: expect.stringMatching(/^Mozilla's roots of/),
    })
  })
})

describe('names from a hostile server', () => {
  it('act in no format', async () => {
    const name = '\u001b[31mevil\u202e\n::error::x | <b>`](http://x) {0}'
    const key = keyOf('hostile')
    const root = issue({ subject: name, key, ca: true, from: -100, to: 100 })
    const server = issue({ subject: `${name}!`, key: keyOf('hostile leaf'), by: root, names: ['DNS:x.test'] })
    writeFileSync(join(folder, 'hostile.pem'), pem(server, root))
    const args = ['hostile.pem', '--host', 'x.test', '--client', 'openssl-3.0.15', '--store', 'new.pem']
    for (const format of ['text', 'github', 'gitlab', 'sarif', 'junit', 'markdown', 'ndjson']) {
      const { stdout, status } = await run(...args, '--format', format)
      expect(status).toBe(1)
      expect(stdout, format).not.toMatch(/\u001b|\u202e|^::error::x/mu)
      if (format === 'junit' || format === 'markdown') expect(stdout, format).not.toMatch(/[^\\]<b>/)
    }
  })
})

describe('formats', () => {
  const args = ['chain.pem', ...host, '--image', 'dir:root', '--format']
  it('SARIF has a result a refusal', async () => {
    const { stdout } = await run(...args, 'sarif')
    const [{ results }] = JSON.parse(stdout).runs
    expect(results.map(({ ruleId }: { ruleId: string }) => ruleId)).toEqual(['server-refused'])
  })
  it('JUnit has a case a verdict', async () => {
    const { stdout } = await run(...args, 'junit')
    expect(stdout).toMatch(/tests="2" failures="1"/)
    expect(stdout).toMatch(/<failure type="certificate-expired"/)
  })
  it('GitHub, GitLab, Markdown and NDJSON tell it', async () => {
    expect((await run(...args, 'github')).stdout).toMatch(/^::error title=server-refused/)
    expect(JSON.parse((await run(...args, 'gitlab')).stdout)).toHaveLength(1)
    expect((await run(...args, 'markdown')).stdout).toMatch(/\| refused: certificate-expired \|/)
    expect((await run(...args, 'ndjson')).stdout).toMatch(/^\{"type":"verdict"/m)
  })
  it('CycloneDX holds no verdicts, and says so before anything is read', async () => {
    const { status, stderr } = await run('nowhere.pem', ...host, '--client', 'curl', '--format', 'cyclonedx')
    expect(status).toBe(2)
    expect(stderr).toMatch(/^imgtrust: cyclonedx is an inventory/)
  })
})

describe('what can’t be read is one line and 2', () => {
  const oneLine = async (...args: string[]) => {
    const { status, stderr } = await run(...args, '--quiet')
    expect(status).toBe(2)
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
    return stderr
  }
  it('no client', async () => expect(await oneLine('chain.pem', ...host)).toMatch(/whose clients/))
  it('no host for a file', async () =>
    expect(await oneLine('chain.pem', '--client', 'curl')).toMatch(/--host/))
  it('an unknown client', async () =>
    expect(await oneLine('chain.pem', ...host, '--client', 'lynx')).toMatch(/there is no client/))
  it('garbage', async () =>
    expect(await oneLine('garbage.pem', ...host, '--client', 'curl')).toMatch(
      /garbage\.pem holds no certificate/,
    ))
  it('no such file, store or image', async () => {
    expect(await oneLine('none.pem', ...host, '--client', 'curl')).toMatch(/no such file/)
    expect(await oneLine('chain.pem', ...host, '--client', 'curl', '--store', 'none')).toMatch(/--store none/)
    expect(await oneLine('chain.pem', ...host, '--image', 'dir:none')).toMatch(/not there/)
  })
  it('a live server with --offline', async () =>
    expect(await oneLine('https://localhost:1', '--client', 'curl', '--offline')).toMatch(
      /needs the network/,
    ))
  it('a server that hangs, within its time', async () => {
    const server = createServer(() => {})
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as { port: number }
    const stderr = await oneLine(`127.0.0.1:${port}`, '--client', 'curl', '--timeout', '0.5')
    expect(stderr).toMatch(/127\.0\.0\.1/)
    server.close()
  })

  it.each<[string, (socket: Socket) => void, RegExp]>([
    ['a host that speaks HTTP', socket => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'), /TLS/],
    [
      'a truncated handshake',
      socket => socket.end(Buffer.from('160303004a02000046', 'hex')),
      /ends the connection before/,
    ],
    [
      'ten megabytes of certificates',
      socket => {
        // A handshake record, its message announced with more bytes than any chain has.
        socket.write(Buffer.from('16030340000b980000', 'hex'))
        socket.write(Buffer.alloc(10_000_000, 0x16))
      },
      /bytes|malformed|order/,
    ],
  ])('%s', async (_, answer, words) => {
    const server = createServer(socket => {
      socket.on('error', () => {})
      socket.once('data', () => answer(socket))
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as { port: number }
    expect(await oneLine(`127.0.0.1:${port}`, '--client', 'curl', '--timeout', '5')).toMatch(words)
    server.close()
  })
})

describe('a live server', () => {
  const options = {
    key: leaf.key.private.export({ type: 'pkcs8', format: 'pem' }),
    cert: pem(leaf, inter, cross),
  }
  const listening = async (server: Server) => {
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    return (server.address() as { port: number }).port
  }

  it.each([
    ['TLSv1.2', 'tls1.2'],
    ['TLSv1.3', 'tls1.3'],
  ] as const)('is read by %s as a file of its chain is', async (version, how) => {
    const server = createTlsServer({ ...options, minVersion: version, maxVersion: version })
    const port = await listening(server)
    const asked = ['--client', 'openssl-1.0.2u', '--store', 'both.pem', '--at', '2020-05-31']
    const live = await json(`127.0.0.1:${port}`, ...host, ...asked)
    const file = await named(...asked)
    expect(live.target.sent).toEqual(file.target.sent)
    expect(live.verdicts).toEqual(file.verdicts)
    expect(live.target.source).toBe(how)
    server.close()
  })

  it('is read by STARTTLS', async () => {
    const secure = createSecureContext(options)
    const server = createServer(socket => {
      socket.on('error', () => {})
      socket.write('220 mail.example.com ESMTP\r\n')
      socket.on('data', function plain(bytes) {
        const line = bytes.toString()
        if (/^EHLO/i.test(line)) socket.write('250-mail.example.com\r\n250 STARTTLS\r\n')
        else if (/^STARTTLS/i.test(line)) {
          socket.off('data', plain)
          socket.write('220 go ahead\r\n')
          new TLSSocket(socket, { isServer: true, secureContext: secure }).on('error', () => {})
        }
      })
    })
    const port = await listening(server)
    const live = await json(
      `127.0.0.1:${port}`,
      ...host,
      '--starttls',
      'smtp',
      '--client',
      'curl',
      '--store',
      'new.pem',
    )
    expect(live.target.sent).toHaveLength(3)
    server.close()
  })
})
