import type { InstalledPackage } from '../index.ts'

/** Tags of a package's header: rpm's `rpmtag.h`, https://rpm-software-management.github.io/rpm/manual/tags.html */
const tags = {
  name: 1000,
  version: 1001,
  release: 1002,
  epoch: 1003,
  sourceRpm: 1044,
  requires: 1049,
  folderIndexes: 1116,
  baseNames: 1117,
  folderNames: 1118,
} as const
const [int32, string, stringArray, i18nString] = [4, 6, 8, 9]
const indexBytes = 16
const entriesRead = 10_000
const stringsRead = 200_000
/** Packages whose list of files matters: TLS libraries and the programs that use them, however a vendor calls them. */
const listed =
  /^(?:lib(?:ssl|openssl|crypto|gnutls|mbedtls|wolfssl|curl|tls|ruby|python3)|openssl|compat-openssl|gnutls|nss|mozilla-nss|mbedtls|wolfssl|curl|wget|git|php|ruby|python3|nodejs|libnode|ca-certificates|java-|openjdk)/
/** Files that are looked for: in those folders lie programs, libraries, stores. */
const wanted = /^\/(?:usr\/)?(?:s?bin|lib|lib64|libexec|local|share\/pki)\/|^\/etc\/(?:ssl|pki)\//

/**
 * One package of RPM's database: a header (index of tags, then their values), without the lead that files have.
 * @returns null where it is none; keys that were imported for checking signatures are no packages
 */
export function readHeader(blob: Uint8Array): InstalledPackage | null {
  try {
    return parse(new Header(blob))
  } catch (error) {
    // DataView throws it where an offset leaves the header.
    if (error instanceof RangeError) return null
    throw error
  }
}

function parse(header: Header): InstalledPackage | null {
  const [name, version, release] = [tags.name, tags.version, tags.release].map(tag => header.text(tag))
  if (!name || !version || !release || name === 'gpg-pubkey') return null
  const epoch = header.numbers(tags.epoch, 1)[0]
  const full = `${epoch ? `${epoch}:` : ''}${version}-${release}`
  // `openssl-3.0.7-27.el9.src.rpm`: name, version and release are parted by the last two dashes.
  const origin = header.text(tags.sourceRpm)?.replace(/-[^-]*-[^-]*\.rpm$/, '') ?? null
  const isListed = listed.test(name)
  return {
    name,
    version: full,
    manager: 'rpm',
    origin: origin === '(none)' ? null : origin,
    files: isListed ? filesOf(header) : [],
    depends: isListed ? header.texts(tags.requires).map(sonameOf) : [],
  }
}

/** `libssl.so.3()(64bit)` and `libssl.so.3(OPENSSL_3.0.0)(64bit)` name a library, the others a package. */
function sonameOf(required: string): string {
  const library = /^(lib[^()]*\.so[^()]*)\(/.exec(required)?.[1]
  return library ? `so:${library}` : required
}

function filesOf(header: Header): readonly string[] {
  const folders = header.texts(tags.folderNames)
  const names = header.texts(tags.baseNames)
  const indexes = header.numbers(tags.folderIndexes, names.length)
  return names
    .map((name, index) => `${folders[indexes[index] ?? -1] ?? ''}${name}`)
    .filter(path => wanted.test(path))
}

interface Entry {
  readonly type: number
  readonly offset: number
  readonly count: number
}

class Header {
  readonly #view: DataView
  readonly #bytes: Buffer
  readonly #entries = new Map<number, Entry>()
  readonly #data: number

  /** @throws RangeError where it is cut */
  constructor(blob: Uint8Array) {
    this.#view = new DataView(blob.buffer, blob.byteOffset, blob.length)
    this.#bytes = Buffer.from(blob.buffer, blob.byteOffset, blob.length)
    const count = this.#view.getUint32(0)
    if (count > entriesRead) throw new RangeError('too many entries')
    this.#data = 8 + count * indexBytes
    for (let at = 8; at < this.#data; at += indexBytes) {
      const tag = this.#view.getUint32(at)
      const entry = {
        type: this.#view.getUint32(at + 4),
        offset: this.#view.getInt32(at + 8),
        count: this.#view.getUint32(at + 12),
      }
      if (!this.#entries.has(tag)) this.#entries.set(tag, entry)
    }
  }

  text(tag: number): string | null {
    const entry = this.#entries.get(tag)
    if (!entry || (entry.type !== string && entry.type !== i18nString)) return null
    return this.#strings(entry, 1)[0] ?? null
  }

  texts(tag: number): readonly string[] {
    const entry = this.#entries.get(tag)
    if (!entry || entry.type !== stringArray) return []
    return this.#strings(entry, Math.min(entry.count, stringsRead))
  }

  numbers(tag: number, most: number): readonly number[] {
    const entry = this.#entries.get(tag)
    if (entry?.type !== int32) return []
    const count = Math.min(entry.count, most)
    return Array.from({ length: count }, (_, index) =>
      this.#view.getUint32(this.#data + entry.offset + 4 * index),
    )
  }

  #strings({ offset }: Entry, count: number): string[] {
    const found: string[] = []
    let at = this.#data + offset
    if (at < this.#data) throw new RangeError('before the data')
    while (found.length < count) {
      const end = this.#bytes.indexOf(0, at)
      if (end < 0) throw new RangeError('past the data')
      found.push(this.#bytes.toString('utf8', at, end))
      at = end + 1
    }
    return found
  }
}
