/** What a file holds, as far as trust is concerned: text, a set of roots, or something that can't be told. */
import { createHash, X509Certificate } from 'node:crypto'
import type { MappedText } from '../dockerfile/mapped-text.ts'
import type { Stream } from '../dockerfile/shell-types.ts'
import type { Release } from '../knowledge/types.ts'
import { limits } from '../limits.ts'
import { isUnknown, type Match, type Maybe, type Root, type Unknown, unknown } from '../model.ts'
import type { TraceKnowledge } from './knowledge.ts'
import { modelRoot, sharedBy } from './shared-roots.ts'
import type { StoreOrigin } from './state.ts'

export interface TextContent {
  readonly kind: 'text'
  readonly text: string
  /** Where its characters stand in the Dockerfile; null where they come from elsewhere. */
  readonly mapped: MappedText | null
  readonly origin: StoreOrigin | null
}

export interface BundleContent {
  readonly kind: 'bundle'
  readonly roots: Maybe<readonly Root[]>
  readonly release: string | null
  readonly match: Match
  readonly origin: StoreOrigin | null
}

export type Content = TextContent | BundleContent | Unknown

/** Content that nobody vouches for: fetched over plain http, or taken from the server that it should judge. */
export interface Unvouched extends Unknown {
  readonly unvouched: 'http' | 'server'
  readonly url: string | null
}

export function unvouched(how: Unvouched['unvouched'], url: string | null, why: string): Unvouched {
  return { unknown: why, unvouched: how, url }
}

export function isUnvouched(content: Content): content is Unvouched {
  return 'unvouched' in content
}

/** Why the content of a download is not known. */
export const FETCHED = 'it is fetched from the network'

export function textContent(text: string, mapped: MappedText | null = null): TextContent {
  return { kind: 'text', text, mapped, origin: null }
}

export function isTextContent(content: Content): content is TextContent {
  return 'kind' in content && content.kind === 'text'
}

export function isBundle(content: Content): content is BundleContent {
  return 'kind' in content && content.kind === 'bundle'
}

/** What the files of a package hold together. */
export interface PackageContents {
  /** Their names, sorted: the lines of a conf that nobody changed. */
  readonly names: readonly string[]
  /** Their roots, each once, in the order of the names. */
  readonly byName: readonly Root[]
  /** The same in the order of the package. */
  readonly inOrder: readonly Root[]
}

const BLOCK =
  /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----([A-Za-z0-9+/=\s]*?)-----END (?:TRUSTED |X509 )?CERTIFICATE-----/g

/** Roots by fingerprint, and their bytes: knowledge's own, and those that were met in a file. */
export class Catalogue {
  readonly #knowledge: TraceKnowledge
  readonly #met = new Map<string, { root: Root; der: Uint8Array }>()

  constructor(knowledge: TraceKnowledge) {
    this.#knowledge = knowledge
  }

  byIndex(index: number): Root {
    return modelRoot(this.#knowledge, index)
  }

  /** The roots of a release, each once. */
  ofRelease(indexes: readonly number[]): readonly Root[] {
    return sharedBy(this.#knowledge, indexes, () => distinct(indexes.map(index => this.byIndex(index))))
  }

  /** The certificates that a release's package lays down, by the names that conf has for them: `mozilla/NAME.crt`. */
  packaged(release: Release | null): ReadonlyMap<string, readonly Root[]> {
    const roots = release?.roots ?? null
    return roots === null
      ? new Map()
      : sharedBy(this.#knowledge, this.ofRelease(roots), () => this.#files(roots))
  }

  /** Made once for the files of a package: stores that were made of them alone share their roots. */
  contents(files: ReadonlyMap<string, readonly Root[]>): PackageContents {
    return sharedBy(this.#knowledge, files, () => {
      const names = [...files.keys()].sort()
      return {
        names,
        byName: distinct(names.flatMap(name => files.get(name) ?? [])),
        inOrder: distinct([...files.values()].flat()),
      }
    })
  }

  #files(indexes: readonly number[]): ReadonlyMap<string, readonly Root[]> {
    const files = new Map<string, readonly Root[]>()
    for (const index of indexes) {
      const name = `mozilla/${this.fileName(index)}`
      const root = this.byIndex(index)
      const others = files.get(name)
      files.set(name, others ? distinct([...others, root]) : [root])
    }
    return files
  }

  /** The file that Debian's and Alpine's packages make of it: `AddTrust_External_Root.crt`. */
  fileName(index: number): string {
    return this.#knowledge.rootByIndex(index).file
  }

  /** The certificates of a PEM text in order, or why they can't be told. */
  parse(text: string): Maybe<Root[]> {
    const roots: Root[] = []
    for (const match of text.matchAll(BLOCK)) {
      if (roots.length >= limits.certificatesPerFile) return unknown('it holds too many certificates')
      const root = this.#certificate(Buffer.from(match[1]!, 'base64'))
      if (!root) return unknown("it holds a certificate that can't be read")
      roots.push(root)
    }
    const begun = text.match(/-----BEGIN [A-Z0-9 ]*CERTIFICATE-----/g)?.length ?? 0
    return begun > roots.length ? unknown("it holds a certificate that can't be read") : roots
  }

  /** One certificate in DER; null where it is none. */
  fromDer(bytes: Uint8Array): Root | null {
    return this.#certificate(bytes)
  }

  #certificate(bytes: Uint8Array): Root | null {
    const length = derLength(bytes)
    if (length === null || length > bytes.length || length > limits.certificateBytes) return null
    const der = bytes.subarray(0, length)
    const sha256 = createHash('sha256').update(der).digest('hex')
    const met = this.#met.get(sha256)
    if (met) return met.root
    const known = this.#knowledge.rootBySha256(sha256)
    if (known) return this.byIndex(known.index)
    try {
      const certificate = new X509Certificate(der)
      const name =
        /^(?:CN|OU|O)=(.*)$/m.exec(certificate.subject.split('\n').reverse().join('\n'))?.[1] ?? sha256
      const notBefore = Date.parse(certificate.validFrom)
      const notAfter = Date.parse(certificate.validTo)
      if (Number.isNaN(notBefore) || Number.isNaN(notAfter)) return null
      const root = { sha256, name, notBefore, notAfter, der }
      this.#met.set(sha256, { root, der })
      return root
    } catch {
      return null
    }
  }

  /** A bundle's PEM text, 64 columns; null where the bytes of a root are not at hand. */
  pem(roots: readonly Root[]): string | null {
    const blocks: string[] = []
    for (const root of roots) {
      const known = this.#knowledge.rootBySha256(root.sha256)
      const der = known ? this.#knowledge.rootDer(known.index) : this.#met.get(root.sha256)?.der
      if (!der) return null
      const base64 = Buffer.from(der).toString('base64').replace(/.{64}/g, '$&\n').trimEnd()
      blocks.push(`-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`)
    }
    return blocks.join('')
  }
}

/** Bytes of the outermost DER value, its header included; null where it is no definite sequence. */
function derLength(bytes: Uint8Array): number | null {
  if (bytes.length < 2 || bytes[0] !== 0x30) return null
  const first = bytes[1]!
  if (first < 0x80) return 2 + first
  const count = first & 0x7f
  if (count === 0 || count > 4 || bytes.length < 2 + count) return null
  let length = 0
  for (let index = 0; index < count; index += 1) length = length * 256 + bytes[2 + index]!
  return 2 + count + length
}

/** The roots of a content, or why they can't be told. */
export function rootsOf(content: Content, catalogue: Catalogue): Maybe<readonly Root[]> {
  if (isUnknown(content)) return content
  return content.kind === 'bundle' ? content.roots : catalogue.parse(content.text)
}

/** Each root once, the first place wins. */
export function distinct(roots: readonly Root[]): Root[] {
  return [...new Map(roots.map(root => [root.sha256, root])).values()]
}

/** What passes through a pipe, as content of a file. */
export function contentOf(stream: Stream): Content {
  if (isUnknown(stream)) return stream
  return 'text' in stream ? textContent(stream.text, stream.mapped) : (stream.data as Content)
}

/** Content of a file, as what passes through a pipe. */
export function streamOf(content: Content): Stream {
  if (isUnknown(content)) return content
  return content.kind === 'text' ? { text: content.text, mapped: content.mapped } : { data: content }
}
