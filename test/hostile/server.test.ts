/** Servers that do not do what they should: one line each, within the deadline, in bounded memory. */
import { connect, type Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { limits } from '../../src/limits.ts'
import { readServer } from '../../src/server/read.ts'
import type { ReadServerOptions } from '../../src/server/sent.ts'
import { parseServer } from '../../src/server/target.ts'
import { flood, tcpPeer, tlsPeer } from '../support/peers.ts'
import { issue, keyOf } from '../support/pki.ts'

const leaf = issue({ subject: 'leaf', key: keyOf('leaf', 'ec') })

/** Long enough for any machine, where the server ends it; `short` where nothing but the deadline does. */
const long = 20_000
const short = 300

const read = (port: number, more: Partial<ReadServerOptions> = {}) =>
  readServer(parseServer(`127.0.0.1:${port}`), { timeout: long, env: {}, ...more })

/** Answers each client's first bytes. */
const answering = (answer: Uint8Array | string | ((socket: Socket) => void)) =>
  tcpPeer(socket => {
    socket.once('data', () => {
      if (typeof answer === 'function') answer(socket)
      else socket.end(answer)
    })
  })

const record = (type: number, body: Uint8Array) =>
  Buffer.concat([Buffer.from([type, 3, 3, body.length >> 8, body.length & 255]), body])
const vector = (bytes: number, body: Uint8Array) => {
  const length = Buffer.alloc(bytes)
  length.writeUIntBE(body.length, 0, bytes)
  return Buffer.concat([length, body])
}
const message = (type: number, body: Uint8Array) => Buffer.concat([Buffer.from([type]), vector(3, body)])
const alert = (description: number, level = 2) => record(21, Buffer.from([level, description]))
const hello = (version = 0x0303) =>
  message(
    2,
    Buffer.concat([
      Buffer.from([version >> 8, version & 255]),
      Buffer.alloc(32),
      Buffer.from([0, 0, 0x2f, 0]),
    ]),
  )
const certificates = (list: readonly Uint8Array[]) =>
  message(11, vector(3, Buffer.concat(list.map(each => vector(3, each)))))
/** Handshake bytes in records of at most `size` bytes. */
const cut = (bytes: Uint8Array, size = 16_000) => {
  const parts: Buffer[] = []
  for (let at = 0; at < bytes.length; at += size) parts.push(record(22, bytes.subarray(at, at + size)))
  return Buffer.concat(parts)
}
const flight = (...messages: readonly Uint8Array[]) => Buffer.concat(messages)

describe('a handshake in odd pieces', () => {
  const whole = flight(hello(), certificates([leaf.der, leaf.der]))
  const expected = { how: 'tls1.2', certificates: [leaf.der, leaf.der].map(der => new Uint8Array(der)) }

  it('of one byte a record', async () => {
    expect(await read(await answering(cut(whole, 1)))).toMatchObject(expected)
  })

  it('of one byte a packet', async () => {
    const port = await answering(socket => {
      socket.setNoDelay()
      const bytes = cut(whole, 100)
      let at = 0
      const next = () => at < bytes.length && socket.write(bytes.subarray(at, ++at), () => setImmediate(next))
      next()
    })
    expect(await read(port)).toMatchObject(expected)
  })

  it('with warnings, hello requests and empty records between', async () => {
    const odd = [alert(112, 1), record(22, Buffer.from([0, 0, 0, 0])), record(22, Buffer.alloc(0))]
    const bytes = Buffer.concat([
      ...odd,
      cut(hello()),
      ...odd.slice(0, 1),
      cut(certificates([leaf.der, leaf.der])),
    ])
    expect(await read(await answering(bytes))).toMatchObject(expected)
  })

  it('that is followed by anything', async () => {
    const bytes = Buffer.concat([cut(whole), Buffer.from('and now for something else')])
    expect(await read(await answering(bytes))).toMatchObject(expected)
  })

  it('that offers again what it refused at first', async () => {
    const server = await tlsPeer([leaf], { minVersion: 'TLSv1.3' })
    const seen: Buffer[] = []
    const port = await tcpPeer(socket => {
      socket.once('data', first => {
        seen.push(first)
        // Without ALPN (extension 16) there is no talking to it.
        if (!first.includes(Buffer.from('0010000e000c026832', 'hex'))) return socket.end(alert(120))
        const through = connect(server, '127.0.0.1')
        through.on('error', () => {})
        through.write(first)
        return socket.pipe(through).pipe(socket)
      })
    })
    expect(await read(port)).toMatchObject({ how: 'tls1.3' })
    expect(seen).toHaveLength(3)
  })

  it('that begins only for a client of long ago', async () => {
    const server = await tlsPeer([leaf], { maxVersion: 'TLSv1' })
    const seen: string[] = []
    const port = await tcpPeer(socket => {
      socket.once('data', first => {
        // The client's version stands behind the headers of its record and message.
        const version = first.toString('hex', 9, 11)
        seen.push(version)
        if (version !== '0301') return socket.destroy()
        const through = connect(server, '127.0.0.1')
        through.on('error', () => {})
        through.write(first)
        return socket.pipe(through).pipe(socket)
      })
    })
    expect(await read(port)).toMatchObject({ how: 'tls1.0' })
    expect(seen).toEqual(['0303', '0303', '0301'])
  })

  it('with something that is no certificate', async () => {
    const chain = await read(
      await answering(cut(flight(hello(), certificates([leaf.der, Buffer.from('no')])))),
    )
    expect(chain.certificates).toHaveLength(1)
    expect(chain.unreadable).toEqual([{ unknown: expect.stringContaining('certificate 2 of 2') }])
    const trailing = certificates([leaf.der, Buffer.concat([leaf.der, Buffer.from('!')])])
    expect((await read(await answering(cut(flight(hello(), trailing))))).unreadable).toHaveLength(1)
  })
})

const hello13 = message(
  2,
  Buffer.concat([
    Buffer.from([3, 3]),
    Buffer.alloc(32),
    Buffer.from([0, 0x13, 0x01, 0]),
    vector(
      2,
      Buffer.concat([
        Buffer.from('002b00020304', 'hex'),
        Buffer.from('00330024001d0020', 'hex'),
        Buffer.alloc(32, 9),
      ]),
    ),
  ]),
)

describe('a server that', () => {
  it.each<[string, string | Uint8Array, string, RegExp]>([
    [
      'answers in HTTP',
      'HTTP/1.1 400 Bad Request\r\n\r\n',
      'malformed',
      /plain HTTP \(it says: HTTP\/1\.1 400 Bad Request\)/,
    ],
    ['answers in HTML', '<html>no', 'malformed', /plain HTTP/],
    ['answers garbage', Buffer.from('8f00ff01020304', 'hex'), 'malformed', /does not speak TLS/],
    [
      'answers with control characters',
      'SSH-2.0\x1b[31m\r\n',
      'malformed',
      /^[\x20-\x7e]*speaks SSH[\x20-\x7e]*$/,
    ],
    ['ends at once', '', 'unreachable', /without a word/],
    ['refuses', alert(40), 'unreachable', /handshake_failure/],
    ['does not know the name', alert(112), 'unreachable', /unrecognized_name/],
    ['speaks no version of ours', alert(70), 'unreachable', /protocol_version/],
    ['says goodbye', alert(0, 1), 'unreachable', /close_notify/],
    ['sends an alert of no meaning', alert(199), 'unreachable', /199/],
    ['sends an empty alert', record(21, Buffer.alloc(0)), 'malformed', /alert/],
    ['speaks SSL 3.0', cut(hello(0x0300)), 'unsupported', /SSL 3\.0/],
    ['speaks of TLS 1.9', cut(hello(0x030a)), 'unsupported', /0x030a/],
    ['chooses TLS 1.3 unasked', cut(hello(0x0304)), 'malformed', /not offered/],
    ['cuts its hello', cut(hello().subarray(0, 20)), 'truncated', /ends the connection before/],
    [
      'cuts its certificates',
      cut(flight(hello(), certificates([leaf.der]).subarray(0, -1))),
      'truncated',
      /before it has sent/,
    ],
    ['cuts a record', cut(hello()).subarray(0, 30), 'truncated', /before it has sent/],
    [
      'lies in its lengths',
      cut(flight(hello(), message(11, vector(3, Buffer.from('0000ff01', 'hex'))))),
      'malformed',
      /Certificate message/,
    ],
    ['sends no list', cut(flight(hello(), message(11, Buffer.alloc(3)))), 'malformed', /empty list/],
    [
      'sends no certificate',
      cut(flight(hello(), message(14, Buffer.alloc(0)))),
      'unsupported',
      /without a certificate/,
    ],
    [
      'sends an empty certificate',
      cut(flight(hello(), certificates([Buffer.alloc(0)]))),
      'malformed',
      /first certificate/,
    ],
    [
      'sends garbage for its own',
      cut(flight(hello(), certificates([Buffer.from('garbage'), leaf.der]))),
      'malformed',
      /first certificate/,
    ],
    ['sends its messages in another order', cut(certificates([leaf.der])), 'malformed', /ServerHello is due/],
    [
      'sends data in the middle',
      Buffer.concat([cut(hello()), record(23, leaf.der)]),
      'malformed',
      /other data/,
    ],
    [
      'loses its records',
      Buffer.concat([cut(hello()), Buffer.from('garbage')]),
      'malformed',
      /between its records/,
    ],
  ])('%s', async (_, bytes, code, words) => {
    const promise = read(await answering(bytes))
    await expect(promise).rejects.toMatchObject({
      name: 'JobError',
      code,
      message: expect.stringMatching(words),
    })
    await expect(promise).rejects.toThrow(/^127\.0\.0\.1:\d+: .*$/)
  })

  it.each<[string, Uint8Array, string, RegExp]>([
    [
      'protects nothing',
      Buffer.concat([cut(hello13), cut(certificates([leaf.der]))]),
      'malformed',
      /in clear/,
    ],
    [
      'protects with other keys',
      Buffer.concat([cut(hello13), record(20, Buffer.from([1])), record(23, Buffer.alloc(64))]),
      'malformed',
      /opened/,
    ],
    [
      'sends a share of another group',
      cut(replaced(hello13, '001d0020', '001e0020')),
      'malformed',
      /not offered/,
    ],
    ['chooses a suite of its own', cut(replaced(hello13, '00130100', '0013aa00')), 'malformed', /0x13aa/],
    [
      'goes on behind its hello',
      cut(flight(hello13, Buffer.from([8]))),
      'malformed',
      /keys within a message/,
    ],
    [
      'asks again and again',
      Buffer.concat([cut(retry('0017')), cut(retry('0017'))]),
      'malformed',
      /changes its mind/,
    ],
    ['asks for a group of its own', cut(retry('0100')), 'malformed', /not offered/],
    ['asks again for nothing', cut(retry(null)), 'malformed', /not offered/],
  ])('in TLS 1.3 %s', async (_, bytes, code, message) => {
    let asked = 0
    const port = await answering(socket => socket.end(asked++ === 0 ? alert(70) : bytes))
    await expect(read(port)).rejects.toMatchObject({ code, message: expect.stringMatching(message) })
  })

  it('greets in the clear of another protocol is named with its flag', async () => {
    const greetings = {
      smtp: '220 mail.example ESMTP\r\n',
      ftp: '220 FTP server ready\r\n',
      imap: '* OK IMAP4rev1\r\n',
      pop3: '+OK ready\r\n',
      mysql: Buffer.concat([Buffer.from([74, 0, 0, 0, 10]), Buffer.from('8.0.36\0'), Buffer.alloc(60)]),
    }
    for (const [flag, greeting] of Object.entries(greetings)) {
      const port = await tcpPeer(socket => void socket.end(greeting))
      await expect(read(port)).rejects.toThrow(`--starttls ${flag}`)
    }
  })

  it('says nothing, or one byte now and then, is given up at the deadline', async () => {
    const silent = await tcpPeer(() => {})
    await expect(read(silent, { timeout: short })).rejects.toMatchObject({ code: 'timeout' })
    const slow = await answering(socket => {
      const bytes = cut(hello())
      let at = 0
      const timer = setInterval(() => socket.write(bytes.subarray(at % 40, (at++ % 40) + 1)), 20)
      socket.on('close', () => clearInterval(timer))
    })
    await expect(read(slow, { timeout: short })).rejects.toMatchObject({ code: 'timeout' })
    // Long enough to be connected: the line says what it waited for.
    await expect(read(silent, { timeout: 2000 })).rejects.toThrow(
      /: no answer within 2 s, waiting for its certificates$/,
    )
  })

  it('is left at once where the caller has enough', async () => {
    const control = new AbortController()
    const port = await tcpPeer(() => control.abort())
    await expect(read(port, { signal: control.signal })).rejects.toMatchObject({ code: 'aborted' })
    await expect(read(port, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'aborted' })
  })

  it('is not there', async () => {
    const refused = readServer(parseServer('127.0.0.1:1'), { timeout: long, env: {} })
    await expect(refused).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('nothing listens'),
    })
  })
})

describe('more than a client takes', () => {
  const tooMuch = { name: 'JobError', code: 'limit' }

  it('10 MB of certificates', async () => {
    const list = new Array<Buffer>(50).fill(Buffer.alloc(200 * 1024, 0x30))
    const port = await answering(cut(flight(hello(), certificates(list))))
    await expect(read(port)).rejects.toMatchObject(tooMuch)
  })

  it('a message without end, in the smallest of records', async () => {
    const endless = record(22, Buffer.from([0]))
    const port = await answering(socket => {
      const block = Buffer.concat(new Array<Buffer>(10_000).fill(endless))
      socket.write(cut(hello()))
      flood(socket, block)
    })
    await expect(read(port)).rejects.toMatchObject(tooMuch)
  })

  it('a message that is announced, before any of it comes', async () => {
    const port = await answering(socket =>
      socket.write(cut(flight(hello(), Buffer.from([11, 0xff, 0xff, 0xff])))),
    )
    await expect(read(port)).rejects.toMatchObject(tooMuch)
  })

  it('empty records without end', async () => {
    const port = await answering(socket => {
      const block = Buffer.concat(new Array<Buffer>(10_000).fill(record(22, Buffer.alloc(0))))
      flood(socket, block)
    })
    await expect(read(port)).rejects.toMatchObject(tooMuch)
  })

  it('a huge certificate', async () => {
    const list = [leaf.der, Buffer.concat([Buffer.from([0x30, 0x83, 0x05, 0, 0]), Buffer.alloc(0x50000)])]
    const chain = await read(await answering(cut(flight(hello(), certificates(list)))))
    expect(chain.unreadable).toEqual([{ unknown: expect.stringContaining(`${limits.certificateBytes}`) }])
  })

  it('many certificates', async () => {
    const list = new Array<Buffer>(limits.certificatesSent).fill(leaf.der)
    expect((await read(await answering(cut(flight(hello(), certificates(list)))))).certificates).toHaveLength(
      list.length,
    )
    const port = await answering(cut(flight(hello(), certificates([...list, leaf.der]))))
    await expect(read(port)).rejects.toMatchObject(tooMuch)
  })
})

function replaced(bytes: Buffer, from: string, to: string): Buffer {
  const hex = bytes.toString('hex')
  if (!hex.includes(from)) throw new Error(`${from} is not there`)
  return Buffer.from(hex.replace(from, to), 'hex')
}

function retry(group: string | null): Buffer {
  const random = Buffer.from('cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c', 'hex')
  const share = group === null ? '' : `00330002${group}`
  const extensions = vector(2, Buffer.from(`002b00020304${share}`, 'hex'))
  return message(2, Buffer.concat([Buffer.from([3, 3]), random, Buffer.from([0, 0x13, 0x01, 0]), extensions]))
}
