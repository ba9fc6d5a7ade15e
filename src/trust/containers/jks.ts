import { limits } from '../../limits.ts'
import { type ContainedCertificate, type Container, type Contents, contained } from './container.ts'

const magics = { 4277010157: 'JKS', 3469659854: 'JCEKS' } as const
const [keyEntry, certificateEntry, secretKeyEntry] = [1, 2, 3]
/** SHA-1 over password and content; without the password it says nothing. */
const digestBytes = 20

/**
 * Java's own keystores, JKS and JCEKS: trusted certificates stand in them unencrypted. Layout: java.security.KeyStore
 * of OpenJDK, `sun.security.provider.JavaKeyStore.engineLoad` and `com.sun.crypto.provider.JceKeyStore.engineLoad`.
 */
export const jks: Container = {
  id: 'jks',
  name: 'the Java keystore',
  format: 'jks',
  matches: (_path, _size, start) => typeOf(start) !== null,
  read(content) {
    const certificates: ContainedCertificate[] = []
    const reader = new Entries(content, typeOf(content) ?? 'JKS', certificates)
    try {
      reader.read()
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      const read = reader.entries === 0 ? 'nothing of it' : `${reader.entries} of its ${reader.count} entries`
      reader.problems.push(`it is cut or damaged: ${read} could be read`)
    }
    return reader.contents()
  },
}

function typeOf(start: Uint8Array): 'JKS' | 'JCEKS' | null {
  if (start.length < 4) return null
  const magic = new DataView(start.buffer, start.byteOffset, start.length).getUint32(0)
  return magics[magic as keyof typeof magics] ?? null
}

class Entries {
  readonly problems: string[] = []
  count = 0
  entries = 0
  readonly #bytes: Uint8Array
  readonly #view: DataView
  readonly #type: string
  readonly #certificates: ContainedCertificate[]
  #at = 4
  #keys = 0

  constructor(bytes: Uint8Array, type: string, certificates: ContainedCertificate[]) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    this.#type = type
    this.#certificates = certificates
  }

  contents(): Contents {
    const problems = [...this.problems]
    if (this.#keys > 0)
      problems.push(
        `${this.#keys} of its entries ${this.#keys === 1 ? 'is a key' : 'are keys'}: which programs take their certificates for anchors is not known`,
      )
    return { certificates: this.#certificates, problems }
  }

  /** @throws RangeError where it ends too early */
  read(): void {
    const version = this.#number()
    if (version !== 1 && version !== 2) {
      this.problems.push(`its version ${version} is not known`)
      return
    }
    this.count = this.#number()
    while (this.entries < this.count) {
      const tag = this.#number()
      const alias = this.#text()
      this.#take(8)
      if (tag === certificateEntry) this.#certificate(version, true, alias)
      else if (tag === keyEntry) this.#key(version)
      else {
        this.problems.push(
          tag === secretKeyEntry && this.#type === 'JCEKS'
            ? `a secret key is in it, behind which nothing can be read: ${this.entries} of its ${this.count} entries were`
            : `its entry ${this.entries + 1} is of an unknown kind: ${this.entries} of its ${this.count} entries were read`,
        )
        return
      }
      this.entries++
      if (this.#certificates.length > limits.certificatesPerFile) {
        this.problems.push(
          `it holds more than ${limits.certificatesPerFile} certificates: the rest was not read`,
        )
        return
      }
    }
    const left = this.#bytes.length - this.#at
    if (left !== digestBytes)
      this.problems.push(`${left} bytes follow its entries, where its digest of ${digestBytes} is due`)
  }

  #key(version: number): void {
    this.#keys++
    this.#take(this.#number())
    for (let chain = this.#number(); chain > 0; chain--) this.#certificate(version, false, null)
  }

  #certificate(version: number, anchor: boolean, alias: string | null): void {
    const type = version === 2 ? this.#text() : 'X.509'
    const offset = this.#at
    const der = this.#take(this.#number())
    if (this.#certificates.length > limits.certificatesPerFile) throw new RangeError('too many')
    if (type !== 'X.509') this.problems.push(`one of its certificates is of an unknown type`)
    else this.#certificates.push(contained(der, this.#type, anchor, { offset, alias }))
  }

  #number(): number {
    const value = this.#view.getUint32(this.#at)
    this.#at += 4
    return value
  }

  #text(): string {
    const length = this.#view.getUint16(this.#at)
    this.#at += 2
    // DataOutput.writeUTF: UTF-8 but for characters that no alias of ours may hold (java.io.DataInput, modified UTF-8).
    return Buffer.from(this.#take(length)).toString('utf8')
  }

  #take(length: number): Uint8Array {
    if (length > this.#bytes.length - this.#at) throw new RangeError('past the end')
    this.#at += length
    return this.#bytes.subarray(this.#at - length, this.#at)
  }
}
