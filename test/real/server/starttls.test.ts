/** Real servers of every protocol that begins in clear: the same certificates as `openssl s_client -starttls` gets. */
import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { afterAll, describe, expect, it } from 'vitest'
import type { Starttls } from '../../../src/server/ports.ts'
import { readServer } from '../../../src/server/read.ts'
import { parseServer } from '../../../src/server/target.ts'
import { freePort, missing } from '../../support/program.ts'
import { authority, daemon, hex, openFolder, oracle } from './daemon.ts'

const at = openFolder()
const { root, int, stray, leaf, write, key, pem } = authority(at)
const odd = [leaf, stray, int, root, root]
const chain = write('chain.pem', pem(odd))
const plain = write('plain.pem', pem([leaf, int, root]))
const keyFile = write('key.pem', key(leaf))

const bin = (program: string) => {
  const found = existsSync('/usr/lib/postgresql')
    ? readdirSync('/usr/lib/postgresql').sort().at(-1)
    : undefined
  return `/usr/lib/postgresql/${found}/bin/${program}`
}
const idOf = (user: string, flag: '-u' | '-g') =>
  Number(execFileSync('id', [flag, user], { encoding: 'utf8' }))
const own = (path: string, user: string, mode = 0o700) => {
  mkdirSync(path, { recursive: true })
  chownSync(path, idOf(user, '-u'), idOf(user, '-g'))
  chmodSync(path, mode)
  return path
}

/** How those are ended that their parent's end does not end. */
const afterStart: (() => void)[] = []
afterAll(() => {
  for (const end of afterStart) end()
})

interface Peer {
  readonly protocol: Starttls
  /** Programs that must be there. */
  readonly needs: readonly string[]
  /** Starts it at the port. */
  start(port: number): Promise<void>
  /** What it was told to send; GnuTLS leaves out what does not belong to the chain. */
  readonly sends: readonly (typeof leaf)[]
}

const dovecot = (protocol: 'imap' | 'pop3'): Peer => ({
  protocol,
  needs: ['dovecot'],
  sends: odd,
  async start(port) {
    const config = write(
      `dovecot-${protocol}.conf`,
      `protocols = ${protocol}
base_dir = ${at(`dovecot-${protocol}`)}
state_dir = ${at(`dovecot-${protocol}`)}
listen = 127.0.0.1
log_path = /dev/stderr
ssl = yes
ssl_cert = <${chain}
ssl_key = <${keyFile}
service ${protocol}-login {
  inet_listener ${protocol} {
    port = ${port}
  }
  inet_listener ${protocol}s {
    port = 0
  }
}
passdb {
  driver = static
  args = password=none
}
`,
    )
    await daemon('dovecot', ['-F', '-c', config], port)
  },
})

const peers: Readonly<Record<string, Peer>> = {
  postfix: {
    protocol: 'smtp',
    needs: ['postfix'],
    sends: odd,
    async start(port) {
      own(at('postfix-data'), 'postfix')
      mkdirSync(at('postfix-queue'))
      mkdirSync(at('postfix'))
      write(
        'postfix/main.cf',
        `compatibility_level = 3.6
queue_directory = ${at('postfix-queue')}
data_directory = ${at('postfix-data')}
inet_interfaces = 127.0.0.1
myhostname = mail.localhost
maillog_file = ${at('postfix.log')}
maillog_file_prefixes = ${tmpdir()}
alias_maps =
alias_database =
smtpd_tls_security_level = may
smtpd_tls_cert_file = ${chain}
smtpd_tls_key_file = ${keyFile}
`,
      )
      write(
        'postfix/master.cf',
        `127.0.0.1:${port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
rewrite unix - - n - - trivial-rewrite
anvil unix - - n - 1 anvil
proxymap unix - - n - - proxymap
tlsmgr unix - - n 1000? 1 tlsmgr
postlog unix-dgram n - n - 1 postlogd
`,
      )
      // Its master outlives the script that starts it.
      afterStart.push(() => execFileSync('postfix', ['-c', at('postfix'), 'stop'], { stdio: 'ignore' }))
      await daemon('postfix', ['-c', at('postfix'), 'start-fg'], port)
    },
  },
  'dovecot, IMAP': dovecot('imap'),
  'dovecot, POP3': dovecot('pop3'),
  vsftpd: {
    protocol: 'ftp',
    needs: ['vsftpd'],
    sends: odd,
    async start(port) {
      mkdirSync(at('vsftpd-empty'))
      const config = write(
        'vsftpd.conf',
        `listen=YES
listen_address=127.0.0.1
listen_port=${port}
background=NO
seccomp_sandbox=NO
secure_chroot_dir=${at('vsftpd-empty')}
ssl_enable=YES
rsa_cert_file=${chain}
rsa_private_key_file=${keyFile}
`,
      )
      await daemon('vsftpd', [config], port)
    },
  },
  slapd: {
    protocol: 'ldap',
    needs: ['slapd'],
    sends: [leaf, int, root],
    async start(port) {
      const config = write(
        'slapd.conf',
        `include /etc/ldap/schema/core.schema
TLSCertificateFile ${plain}
TLSCertificateKeyFile ${keyFile}
TLSVerifyClient never
database config
`,
      )
      await daemon('slapd', ['-f', config, '-h', `ldap://127.0.0.1:${port}`, '-d', '0'], port)
    },
  },
  PostgreSQL: {
    protocol: 'postgres',
    needs: [bin('postgres')],
    sends: odd,
    async start(port) {
      const data = own(at('postgres'), 'postgres')
      const as = (...args: string[]) => ['-u', 'postgres', '--', ...args]
      execFileSync('runuser', as(bin('initdb'), '-D', data, '-N'), { cwd: '/', stdio: 'ignore' })
      execFileSync('runuser', as('install', '-m', '600', keyFile, `${data}/server.key`), { cwd: '/' })
      const settings = {
        port: String(port),
        listen_addresses: '127.0.0.1',
        unix_socket_directories: '',
        ssl: 'on',
        ssl_cert_file: chain,
      }
      const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
      await daemon('runuser', as(bin('postgres'), '-D', data, ...flags), port)
    },
  },
  MariaDB: {
    protocol: 'mysql',
    needs: ['mariadbd', 'mariadb-install-db'],
    sends: odd,
    async start(port) {
      const data = own(at('mariadb'), 'mysql')
      execFileSync(
        'mariadb-install-db',
        ['--no-defaults', '--user=mysql', `--datadir=${data}`, '--skip-test-db'],
        { stdio: 'ignore' },
      )
      const mysqlKey = write('mysql.key', key(leaf))
      await daemon(
        'mariadbd',
        [
          '--no-defaults',
          '--user=mysql',
          `--datadir=${data}`,
          `--socket=${data}/socket`,
          `--pid-file=${data}/pid`,
          '--bind-address=127.0.0.1',
          `--port=${port}`,
          `--ssl-cert=${chain}`,
          `--ssl-key=${mysqlKey}`,
        ],
        port,
      )
    },
  },
  Prosody: {
    protocol: 'xmpp',
    needs: ['prosody'],
    sends: odd,
    async start(port) {
      mkdirSync(at('prosody'))
      const config = write(
        'prosody.cfg.lua',
        `run_as_root = true
daemonize = false
pidfile = "${at('prosody')}/pid"
data_path = "${at('prosody')}"
interfaces = { "127.0.0.1" }
c2s_ports = { ${port} }
s2s_ports = {}
c2s_direct_tls_ports = {}
http_ports = {}
https_ports = {}
modules_enabled = { "saslauth", "tls" }
modules_disabled = { "s2s" }
log = { warn = "*console" }
VirtualHost "localhost"
  ssl = { certificate = "${chain}", key = "${keyFile}" }
`,
      )
      await daemon('prosody', ['--config', config, '-F'], port)
    },
  },
}

describe.each(Object.entries(peers))('%s', (_, { protocol, needs, start, sends }) => {
  const absent = missing('openssl', ...needs) || (process.getuid?.() === 0 ? '' : 'root')
  it.skipIf(absent)(`sends what openssl receives (missing: ${absent || 'nothing'})`, async () => {
    const port = await freePort()
    await start(port)
    const target = parseServer(`localhost:${port}`, { starttls: protocol })
    const { certificates } = await readServer(target, { timeout: 30_000, env: {} })
    const domain = protocol === 'xmpp' ? ['-xmpphost', 'localhost'] : []
    expect(hex(certificates)).toEqual(hex(oracle(port, '-starttls', protocol, ...domain)))
    expect(hex(certificates)).toEqual(hex(sends.map(({ der }) => der)))
  })
})
