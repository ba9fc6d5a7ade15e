/** How each protocol begins TLS, with servers of a few lines: what is sent, what is taken, what is refused. */
import { connect, type Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { limits } from '../../src/limits.ts'
import type { Starttls } from '../../src/server/ports.ts'
import { readServer } from '../../src/server/read.ts'
import { parseServer } from '../../src/server/target.ts'
import { flood, tcpPeer, tlsPeer } from '../support/peers.ts'
import { issue, keyOf } from '../support/pki.ts'

const leaf = issue({ subject: 'leaf', key: keyOf('leaf', 'ec') })

/** What a server says first, then what it expects to read and answers to it, turn by turn. */
interface Talk {
  readonly greeting: string
  readonly turns: readonly (readonly [expected: RegExp, answer: string])[]
}

const read = (starttls: Starttls, port: number, timeout = 20_000) =>
  readServer(parseServer(`localhost:${port}`, { starttls }), { timeout, env: {} })

const mysqlGreeting = (capabilities: number) => {
  const body = Buffer.concat([
    Buffer.from('\n8.0.36\0'),
    Buffer.alloc(13, 1),
    Buffer.alloc(2),
    Buffer.alloc(40),
  ])
  body.writeUInt16LE(capabilities, 8 + 13)
  return Buffer.concat([Buffer.from([body.length, 0, 0, 0]), body]).toString('latin1')
}
const ldapAnswer = (code: number) =>
  Buffer.from([0x30, 12, 2, 1, 1, 0x78, 7, 10, 1, code, 4, 0, 4, 0]).toString('latin1')
const streams =
  "<?xml version='1.0'?><stream:stream from='localhost' version='1.0'><stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls></stream:features>"

const talks: Readonly<Record<Starttls, Talk>> = {
  smtp: {
    greeting: '220-welcome\r\n220 mail.example ESMTP\r\n',
    turns: [
      [/^EHLO \[(?:127\.0\.0\.1|IPv6:::1)\]\r\n$/, '250-mail.example\r\n250-SIZE 1\r\n250 STARTTLS\r\n'],
      [/^STARTTLS\r\n$/, '220 go ahead\r\n'],
    ],
  },
  imap: {
    greeting: '* OK ready\r\n',
    turns: [
      [/^a CAPABILITY\r\n$/, '* CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED\r\na OK done\r\n'],
      [/^b STARTTLS\r\n$/, 'b OK begin\r\n'],
    ],
  },
  pop3: { greeting: '+OK ready\r\n', turns: [[/^STLS\r\n$/, '+OK begin\r\n']] },
  ftp: {
    greeting: '120 in a moment\r\n220-hello\r\n anything\r\n220 ready\r\n',
    turns: [[/^AUTH TLS\r\n$/, '234 begin\r\n']],
  },
  ldap: { greeting: '', turns: [[/^0\x1d[\s\S]*1\.3\.6\.1\.4\.1\.1466\.20037$/, ldapAnswer(0)]] },
  postgres: { greeting: '', turns: [[/^\0\0\0\x08\x04\xd2\x16\x2f$/, 'S']] },
  // The hello follows at once: there is no answer to wait for.
  mysql: { greeting: mysqlGreeting(0xffff), turns: [[/^\x20\0\0\x01\0\x8a[\s\S]{30}/, '']] },
  xmpp: {
    greeting: '',
    turns: [
      [/ to='localhost' /, streams],
      [/^<starttls /, "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"],
    ],
  },
}

/** Speaks, then hands the connection to `then`. What it reads and does not expect ends it. */
function peer({ greeting, turns }: Talk, then: (socket: Socket) => void, pieces = false): Promise<number> {
  const say = (socket: Socket, text: string) => {
    if (!pieces) return socket.write(text, 'latin1')
    for (const letter of text) socket.write(letter, 'latin1')
    return true
  }
  return tcpPeer(socket => {
    socket.setNoDelay()
    let at = 0
    say(socket, greeting)
    const turn = (bytes: Buffer) => {
      const [expected, answer] = turns[at++]!
      if (!expected.test(bytes.toString('latin1')))
        return socket.destroy(new Error(`turn ${at}: ${bytes.toString('latin1')}`))
      if (at === turns.length) {
        socket.off('data', turn)
        socket.pause()
        if (answer === '') socket.unshift(bytes.subarray(36))
        then(socket)
      }
      return say(socket, answer)
    }
    socket.on('data', turn)
  })
}

const protocols = Object.keys(talks) as Starttls[]
const replaced = (protocol: Starttls, turn: number, answer: string): Talk => ({
  ...talks[protocol],
  turns: talks[protocol].turns.map((each, index) => (index === turn ? [each[0], answer] : each)),
})

describe.each(protocols)('%s', protocol => {
  it.each([false, true])('begins TLS (in single bytes: %s)', async pieces => {
    const server = await tlsPeer([leaf])
    const through = (socket: Socket) => {
      const up = connect(server, '127.0.0.1')
      up.on('error', () => {})
      socket.pipe(up).pipe(socket)
    }
    const { certificates } = await read(protocol, await peer(talks[protocol], through, pieces))
    expect(certificates).toEqual([new Uint8Array(leaf.der)])
  })

  it('takes no clear text behind the go-ahead', async () => {
    const { turns } = talks[protocol]
    const [last] = turns.slice(-1)
    const talk =
      protocol === 'mysql'
        ? { ...talks.mysql, greeting: `${talks.mysql.greeting}more` }
        : replaced(protocol, turns.length - 1, `${last![1]}more\r\n`)
    await expect(read(protocol, await peer(talk, () => {}))).rejects.toMatchObject({
      code: 'malformed',
      message: expect.stringContaining('clear text'),
    })
  })

  it('is not spoken there', async () => {
    const port = await tcpPeer(socket => socket.end('SSH-2.0-OpenSSH_9.2p1 Debian-2 and so on and on\r\n'))
    await expect(read(protocol, port)).rejects.toMatchObject({ name: 'JobError', code: 'malformed' })
  })

  it('ends in the middle, or hangs', async () => {
    const ends = await tcpPeer(socket => {
      socket.write(talks[protocol].greeting.slice(0, 2))
      socket.once('data', () => socket.end())
      if (talks[protocol].greeting) socket.end()
    })
    await expect(read(protocol, ends)).rejects.toMatchObject({ code: 'truncated' })
    const hangs = read(protocol, await tcpPeer(() => {}), 200)
    await expect(hangs).rejects.toMatchObject({ name: 'JobError', code: 'timeout' })
  })
})

describe('a server that does not begin TLS', () => {
  it.each<[Starttls, Talk, RegExp]>([
    ['smtp', replaced('smtp', 0, '250 mail.example\r\n'), /does not offer STARTTLS/],
    ['smtp', replaced('smtp', 0, '550 go away\r\n'), /550 go away/],
    ['smtp', replaced('smtp', 1, '454 no certificate\r\n'), /454 no certificate/],
    ['imap', replaced('imap', 0, '* CAPABILITY IMAP4rev1\r\na OK\r\n'), /does not offer STARTTLS/],
    ['imap', replaced('imap', 1, 'b NO later\r\n'), /b NO later/],
    ['imap', { ...talks.imap, greeting: '* PREAUTH hello\r\n' }, /PREAUTH/],
    ['pop3', replaced('pop3', 0, '-ERR what?\r\n'), /-ERR what/],
    ['ftp', replaced('ftp', 0, '500 what?\r\n'), /500 what/],
    ['ldap', replaced('ldap', 0, ldapAnswer(2)), /protocolError/],
    ['ldap', replaced('ldap', 0, ldapAnswer(99)), /result 99/],
    ['postgres', replaced('postgres', 0, 'N'), /ssl is off/],
    ['postgres', replaced('postgres', 0, 'E'), /error/],
    ['mysql', { ...talks.mysql, greeting: mysqlGreeting(0xf7ff) }, /does not offer TLS/],
    ['mysql', { ...talks.mysql, greeting: '\x0a\0\0\0\xff\x69\x04Blocked\x1b' }, /Blocked/],
    [
      'xmpp',
      replaced('xmpp', 0, '<stream:stream><stream:features></stream:features>'),
      /does not offer starttls/,
    ],
    ['xmpp', replaced('xmpp', 0, '<stream:stream><stream:error/></stream:stream>'), /stream:error/],
    ['xmpp', replaced('xmpp', 1, '<failure/></stream:stream>'), /failure/],
  ])('%s', async (protocol, talk, words) => {
    await expect(read(protocol, await peer(talk, () => {}))).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringMatching(words),
    })
  })
})

describe('more text than a server may send before TLS begins', () => {
  it.each<[Starttls, string]>([
    ['smtp', '220-and on\r\n'],
    ['smtp', 'x'],
    ['imap', 'x'],
    ['pop3', 'x'],
    ['ftp', '220-and on\r\n'],
    ['xmpp', '<a>'],
    ['xmpp', '>'],
  ])('%s: %j without end', async (protocol, text) => {
    const port = await tcpPeer(socket => {
      if (protocol === 'xmpp') socket.write('<')
      flood(socket, text.repeat(1000))
    })
    await expect(read(protocol, port)).rejects.toMatchObject({
      code: 'limit',
      message: expect.stringContaining(`${limits.starttlsBytes}`),
    })
  })
})
