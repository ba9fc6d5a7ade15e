import { limits } from '../../limits.ts'
import { type ContainedCertificate, type Container, contained, keysProblem } from './container.ts'
import { DataInput } from './data-input.ts'

const saltBytes = 20
/** Version, the salt with its length, rounds. */
const headBytes = 8 + saltBytes + 4
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
    if (start[0] !== 0 || start.length < 32 || size < 32 + 1) return false
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
    return { certificates, problems: [...problems, ...keysProblem(keys)] }
  },
}

class Entries {
  readonly problems: string[] = []
  readonly certificates: ContainedCertificate[] = []
  keys = 0
  readonly #input: DataInput

  constructor(bytes: Uint8Array) {
    this.#input = new DataInput(bytes, headBytes)
  }

  /** @throws RangeError where it ends too early, or is something else */
  read(): void {
    for (let type = this.#input.byte(); type !== end; type = this.#input.byte()) {
      const alias = this.#input.text()
      this.#input.take(8)
      for (let chain = this.#input.number(); chain > 0; chain--) this.#certificate(false, null)
      if (type === certificateEntry) this.#certificate(true, alias)
      else if (type === keyEntry) {
        this.keys++
        this.#input.byte()
        this.#input.text()
        this.#input.text()
        this.#input.take(this.#input.number())
      } else if (type === secretEntry || type === sealedEntry) {
        this.keys++
        this.#input.take(this.#input.number())
      } else throw new RangeError('no entry')
    }
    const { left } = this.#input
    if (left !== digestBytes)
      this.problems.push(`${left} bytes follow its entries, where its digest of ${digestBytes} is due`)
  }

  #certificate(anchor: boolean, alias: string | null): void {
    const type = this.#input.text()
    const offset = this.#input.at
    const der = this.#input.take(this.#input.number())
    if (this.certificates.length >= limits.certificatesPerFile) throw new RangeError('too many')
    if (type !== 'X.509') this.problems.push('one of its certificates is of an unknown type')
    else this.certificates.push(contained(der, 'BKS', anchor, { offset, alias }))
  }
}
