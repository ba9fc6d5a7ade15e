import { limits } from '../../limits.ts'
import { type ContainedCertificate, type Container, contained } from './container.ts'

const saltBytes = 20
/** SHA-1 HMAC over the entries; without the password it says nothing. */
const digestBytes = 20
/** `BcKeyStoreSpi` takes 1024 and up to 1023 more; a reader takes any. */
const mostRounds = 1 << 24
const [end, certificateEntry, keyEntry, secretEntry, sealedEntry] = [0, 1, 2, 3, 4]

/**
 * Bouncy Castle's BKS, Android's usual form: trusted certificates stand in it unencrypted. Layout:
 * `org.bouncycastle.jcajce.provider.keystore.bc.BcKeyStoreSpi` (engineLoad, loadStore). UBER begins alike and is
 * encrypted as a whole.
 */
export const bks: Container = {
  id: 'bks',
  name: 'the BKS keystore',
  format: 'bks',
  matches(_path, size, start) {
    if (start.length < 32 || size < 32 + 1) return false
    const view = new DataView(start.buffer, start.byteOffset, start.length)
    const [version, salt, rounds] = [view.getUint32(0), view.getUint32(4), view.getUint32(8 + saltBytes)]
    return (version === 1 || version === 2) && salt === saltBytes && rounds > 0 && rounds <= mostRounds
  },
  read(content) {
    const entries = new Entries(content)
    try {
      entries.read()
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      entries.problems.push(
        entries.certificates.length === 0 && entries.keys === 0
          ? 'nothing of it could be read: it is damaged, or of the form UBER, which is encrypted as a whole'
          : 'it is cut or damaged: not all of its entries could be read',
      )
    }
    const { certificates, problems, keys } = entries
    if (keys > 0)
      problems.push(
        `${keys} of its entries ${keys === 1 ? 'is a key' : 'are keys'}: which programs take their certificates for anchors is not known`,
      )
    return { certificates, problems }
  },
}

class Entries {
  readonly problems: string[] = []
  readonly certificates: ContainedCertificate[] = []
  keys = 0
  readonly #bytes: Uint8Array
  readonly #view: DataView
  /** Behind version, salt and rounds. */
  #at = 8 + saltBytes + 4

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  }

  /** @throws RangeError where it ends too early, or is something else */
  read(): void {
    for (let type = this.#byte(); type !== end; type = this.#byte()) {
      const alias = this.#text()
      this.#take(8)
      for (let chain = this.#number(); chain > 0; chain--) this.#certificate(false, null)
      if (type === certificateEntry) this.#certificate(true, alias)
      else if (type === keyEntry) {
        this.keys++
        this.#byte()
        this.#text()
        this.#text()
        this.#take(this.#number())
      } else if (type === secretEntry || type === sealedEntry) {
        this.keys++
        this.#take(this.#number())
      } else throw new RangeError('no entry')
    }
    const left = this.#bytes.length - this.#at
    if (left !== digestBytes)
      this.problems.push(`${left} bytes follow its entries, where its digest of ${digestBytes} is due`)
  }

  #certificate(anchor: boolean, alias: string | null): void {
    const type = this.#text()
    const offset = this.#at
    const der = this.#take(this.#number())
    if (this.certificates.length >= limits.certificatesPerFile) throw new RangeError('too many')
    if (type !== 'X.509') this.problems.push('one of its certificates is of an unknown type')
    else this.certificates.push(contained(der, 'BKS', anchor, { offset, alias }))
  }

  #byte(): number {
    return this.#view.getUint8(this.#at++)
  }

  #number(): number {
    this.#at += 4
    return this.#view.getUint32(this.#at - 4)
  }

  #text(): string {
    const length = this.#view.getUint16(this.#at)
    this.#at += 2
    return Buffer.from(this.#take(length)).toString('utf8')
  }

  #take(length: number): Uint8Array {
    if (length > this.#bytes.length - this.#at) throw new RangeError('past the end')
    this.#at += length
    return this.#bytes.subarray(this.#at - length, this.#at)
  }
}
