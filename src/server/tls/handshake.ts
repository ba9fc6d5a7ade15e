import { randomBytes } from 'node:crypto'
import { Fault } from '../fault.ts'
import type { SentChain } from '../sent.ts'
import type { Wire } from '../wire.ts'
import { goodbye } from './alert.ts'
import { readCertificateMessage } from './certificate-message.ts'
import { clientHello, type Offer } from './hello.ts'
import { groups13, makeShare, type OwnShare } from './key-exchange.ts'
import { handshakeKeys, hashedHello } from './key-schedule.ts'
import { type Message, Messages } from './messages.ts'
import { content, message, type Suite13, suites13, version } from './numbers.ts'
import { Protection } from './protected.ts'
import { limitHandshake, readRecord, record } from './record.ts'
import { readServerHello, type ServerHello } from './server-hello.ts'

export interface Handshake {
  /** As they stand in the Certificate message. */
  readonly certificates: readonly Buffer[]
  readonly how: Exclude<SentChain['how'], 'file'>
}

const versions: Readonly<Record<number, Handshake['how']>> = {
  [version.tls10]: 'tls1.0',
  [version.tls11]: 'tls1.1',
  [version.tls12]: 'tls1.2',
  [version.tls13]: 'tls1.3',
}

/**
 * A handshake up to the server's certificates, which end it: nothing is verified, no data is sent. Up to TLS 1.2 they
 * come in clear (RFC 5246 §7.3); TLS 1.3 protects them with keys that any client can agree on (RFC 8446 §2).
 * @throws Fault; its `alert` or `silent` tells that another offer may find more
 */
export async function readHandshake(
  wire: Wire,
  wanted: Pick<Offer, 'host' | 'highest' | 'protocols'>,
): Promise<Handshake> {
  limitHandshake(wire)
  const newest = wanted.highest === 'tls1.3'
  const shares = newest ? [groups13[0], groups13[1]].map(group => makeShare(group)!) : []
  const offer: Offer = {
    ...wanted,
    random: randomBytes(32),
    // In the way of a session of TLS 1.2, for boxes on the way (RFC 8446 §D.4).
    sessionId: newest ? randomBytes(32) : Buffer.alloc(0),
    groups: groups13,
    shares,
  }
  let first = true
  const messages = new Messages(async () => {
    const next = await readRecord(wire, first)
    first = false
    return next
  })
  const hello = clientHello(offer)
  wire.write(record(content.handshake, hello))
  const answer = await expect(messages, message.serverHello, 'ServerHello')
  const chosen = readServerHello(answer.body)
  if (chosen.version === version.tls13) {
    if (!newest) throw new Fault('malformed', 'it chose TLS 1.3, which was not offered')
    return read13(wire, messages, { offer, shares, hello, answer, chosen })
  }
  const certificates = await readClear(messages)
  wire.close(record(content.alert, goodbye, chosen.version))
  return { certificates, how: versions[chosen.version]! }
}

async function readClear(messages: Messages): Promise<Buffer[]> {
  for (;;) {
    const { type, body } = await messages.next()
    if (type === message.certificate) return readCertificateMessage(body, 'tls1.2')
    if (type === message.serverKeyExchange || type === message.serverHelloDone)
      throw new Fault('unsupported', 'it goes on without a certificate')
  }
}

interface Opening {
  readonly offer: Offer
  readonly shares: readonly OwnShare[]
  readonly hello: Buffer
  readonly answer: Message
  readonly chosen: ServerHello
}

async function read13(wire: Wire, messages: Messages, opening: Opening): Promise<Handshake> {
  const suite = suiteOf(opening.chosen)
  const { shares, chosen, transcript } = opening.chosen.retry
    ? await askAgain(wire, messages, opening, suite)
    : { ...opening, transcript: Buffer.concat([opening.hello, opening.answer.whole]) }
  const share = shares.find(({ group }) => group === chosen.group)
  if (!share || !chosen.share)
    throw new Fault('malformed', 'its key share is of a group that was not offered')
  const keys = handshakeKeys(suite, share.agree(chosen.share), transcript)
  const incoming = new Protection(suite, keys.server)
  messages.changeSource(async () => {
    const next = await readRecord(wire, false)
    if (next.type === content.handshake) throw new Fault('malformed', 'it goes on in clear after its keys')
    return next.type === content.applicationData ? incoming.open(next) : next
  })
  await expect(messages, message.encryptedExtensions, 'EncryptedExtensions')
  let next = await messages.next()
  if (next.type === message.certificateRequest) next = await messages.next()
  if (next.type !== message.certificate) throw new Fault('unsupported', 'it goes on without a certificate')
  const certificates = readCertificateMessage(next.body, 'tls1.3')
  wire.close(new Protection(suite, keys.client).seal(content.alert, goodbye))
  return { certificates, how: 'tls1.3' }
}

/** The second hello that a HelloRetryRequest asks for (RFC 8446 §4.1.2 and §4.1.4). */
async function askAgain(
  wire: Wire,
  messages: Messages,
  { offer, hello, answer, chosen: wish }: Opening,
  suite: Suite13,
): Promise<{ shares: readonly OwnShare[]; chosen: ServerHello; transcript: Buffer }> {
  const known = wish.group === null || groups13.some(group => group === wish.group)
  const share = wish.group === null ? null : makeShare(wish.group)
  if (!known || (wish.group === null && wish.cookie === null))
    throw new Fault('malformed', 'it asks again for what was not offered')
  const shares = share ? [share] : (offer.shares as readonly OwnShare[])
  const second = clientHello({ ...offer, shares, ...(wish.cookie && { cookie: wish.cookie }) })
  wire.write(record(content.handshake, second, version.tls12))
  const again = await expect(messages, message.serverHello, 'ServerHello')
  const chosen = readServerHello(again.body)
  if (chosen.retry || chosen.version !== version.tls13 || chosen.suite !== wish.suite)
    throw new Fault('malformed', 'it asks again and then changes its mind')
  const transcript = Buffer.concat([hashedHello(suite.hash, hello), answer.whole, second, again.whole])
  return { shares, chosen, transcript }
}

function suiteOf({ suite }: ServerHello): Suite13 {
  const found = suites13.find(({ id }) => id === suite)
  if (found) return found
  throw new Fault('malformed', `it chose the cipher suite 0x${suite.toString(16)}, which was not offered`)
}

async function expect(messages: Messages, type: number, name: string): Promise<Message> {
  for (;;) {
    const next = await messages.next()
    if (next.type === type) return next
    // It may come at any time, and is not for a handshake under way (RFC 5246 §7.4.1.1).
    if (next.type !== message.helloRequest)
      throw new Fault('malformed', `it sends another message where its ${name} is due`)
  }
}
