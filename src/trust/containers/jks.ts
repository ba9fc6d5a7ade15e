import { limits } from '../../limits.ts'
import {
  type ContainedCertificate,
  type Container,
  type Contents,
  contained,
  keysProblem,
} from './container.ts'
import { DataInput } from './data-input.ts'

const magics = { 4277010157: 'JKS', 3469659854: 'JCEKS' } as const
const MAGIC_BYTES = 4
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
  // Most files begin with less than either magic.
  if (start.length < 4 || start[0]! < 0xce) return null
  const magic = new DataView(start.buffer, start.byteOffset, start.length).getUint32(0)
  return magics[magic as keyof typeof magics] ?? null
}

class Entries {
  readonly problems: string[] = []
  count = 0
  entries = 0
  readonly #input: DataInput
  readonly #type: string
  readonly #certificates: ContainedCertificate[]
  #keys = 0

  constructor(bytes: Uint8Array, type: string, certificates: ContainedCertificate[]) {
    this.#input = new DataInput(bytes, MAGIC_BYTES)
    this.#type = type
    this.#certificates = certificates
  }

  contents(): Contents {
    return { certificates: this.#certificates, problems: [...this.problems, ...keysProblem(this.#keys)] }
  }

  /** @throws RangeError where it ends too early */
  read(): void {
    const version = this.#input.number()
    if (version !== 1 && version !== 2) {
      this.problems.push(`its version ${version} is not known`)
      return
    }
    this.count = this.#input.number()
    while (this.entries < this.count) {
      const tag = this.#input.number()
      const alias = this.#input.text()
      this.#input.take(8)
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
    const { left } = this.#input
    if (left !== digestBytes)
      this.problems.push(`${left} bytes follow its entries, where its digest of ${digestBytes} is due`)
  }

  #key(version: number): void {
    this.#keys++
    this.#input.take(this.#input.number())
    for (let chain = this.#input.number(); chain > 0; chain--) this.#certificate(version, false, null)
  }

  #certificate(version: number, anchor: boolean, alias: string | null): void {
    const type = version === 2 ? this.#input.text() : 'X.509'
    const offset = this.#input.at
    const der = this.#input.take(this.#input.number())
    if (this.#certificates.length > limits.certificatesPerFile) throw new RangeError('too many')
    if (type !== 'X.509') this.problems.push(`one of its certificates is of an unknown type`)
    else this.#certificates.push(contained(der, this.#type, anchor, { offset, alias }))
  }
}
