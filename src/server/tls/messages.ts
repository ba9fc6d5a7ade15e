import { limits } from '../../limits.ts'
import { Fault } from '../fault.ts'
import { alertFault } from './alert.ts'
import { content } from './numbers.ts'

export interface Message {
  readonly type: number
  readonly body: Buffer
  /** With its header, as transcripts count it. */
  readonly whole: Buffer
}

/** What a record carries, decrypted where it was encrypted. */
export interface Fragment {
  readonly type: number
  readonly body: Buffer
}

const headerBytes = 4

/** Handshake messages out of records: one may fill many, and one record may hold many (RFC 8446 §5.1). */
export class Messages {
  #next: () => Promise<Fragment>
  /** Fragments not used yet: joined only where a message is whole, so that tiny ones cost no more than large ones. */
  #parts: Buffer[] = []
  #bytes = 0

  constructor(next: () => Promise<Fragment>) {
    this.#next = next
  }

  /**
   * From here on records are read in another way.
   * @throws Fault `malformed` where a message reaches over the change (RFC 8446 §5.1)
   */
  changeSource(next: () => Promise<Fragment>): void {
    if (this.#bytes > 0) throw new Fault('malformed', 'it changes its keys within a message')
    this.#next = next
  }

  /** @throws Fault as `malformed`, `limit`, or what a fatal alert says */
  async next(): Promise<Message> {
    await this.#have(headerBytes)
    const header = this.#joined()
    const length = header.readUIntBE(1, 3)
    if (length > limits.handshakeBytes)
      throw new Fault(
        'limit',
        `it announces a handshake message of ${length} bytes; ${limits.handshakeBytes} are read`,
      )
    await this.#have(headerBytes + length)
    const all = this.#joined()
    const whole = all.subarray(0, headerBytes + length)
    const rest = all.subarray(whole.length)
    this.#parts = rest.length > 0 ? [rest] : []
    this.#bytes = rest.length
    return { type: whole[0]!, body: whole.subarray(headerBytes), whole }
  }

  async #have(bytes: number): Promise<void> {
    while (this.#bytes < bytes) {
      const { type, body } = await this.#next()
      if (type === content.alert) {
        const fault = alertFault(body)
        if (fault) throw fault
      } else if (type === content.handshake) {
        this.#parts.push(body)
        this.#bytes += body.length
      } else if (type !== content.changeCipherSpec) {
        throw new Fault('malformed', 'it sends other data in the middle of its handshake')
      }
    }
  }

  #joined(): Buffer {
    if (this.#parts.length > 1) this.#parts = [Buffer.concat(this.#parts)]
    return this.#parts[0]!
  }
}
