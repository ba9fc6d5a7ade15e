import type { FileScanner, FoundCertificate } from '../image/facts.ts'
import { limits } from '../limits.ts'
import { certificateLength, fingerprint } from './certificate.ts'
import { decodeBody } from './pem-body.ts'
import { whyNoServerAnchor } from './trust-settings.ts'

/** The longest needle that the first and last line of all three labels share: the longer, the faster the search. */
const needle = Buffer.from('CERTIFICATE-----', 'latin1')
const begin = '-----BEGIN '
const end = '-----END '
const labels = ['', 'TRUSTED ', 'X509 '] as const
/** Bytes that are looked at before the needle: `-----BEGIN TRUSTED `. */
const lookBehind = begin.length + 'TRUSTED '.length
/** Kept of what has passed, so that a line across two chunks is seen whole. */
const tailBytes = needle.length + lookBehind
/** Base64 in short quoted lines takes up to three times the bytes of its DER. */
const bodyBytes = 3 * limits.certificateBytes
/** Blocks without an end or of no base64 that are told of one file; their number tells nothing more. */
const problemsPerFile = 100
/** Where a NUL in the first bytes makes a file a program or data, not text: as many as git looks at. */
const textBytes = 8_000
const tooMany = `the file holds more than ${limits.certificatesPerFile} or ${limits.keptFileBytes} bytes of them: the rest was not read`
const nothing: Buffer = Buffer.alloc(0)

/**
 * Sees every PEM certificate in one file's bytes, whatever the file is and however the bytes are cut into chunks:
 * labels CERTIFICATE, TRUSTED CERTIFICATE (OpenSSL's, whose trust settings follow the certificate) and X509
 * CERTIFICATE; line ends and line lengths of any kind, also escaped ones in a quoted string (see pem-body.ts).
 * RFC 7468; OpenSSL's PEM_read_bio(3).
 */
export class PemScanner implements FileScanner {
  readonly #found: FoundCertificate[] = []
  #problems = 0
  /** Bytes of all certificates found. */
  #bytes = 0
  /** The file's bytes before the present chunk. */
  #position = 0
  #tail: Buffer = nothing
  #open: OpenBlock | null = null
  #binary = false
  readonly #size: number | null

  /** @param size of the file, where it is known: what comes whole and holds nothing is searched once and left */
  constructor(size: number | null = null) {
    this.#size = size
  }

  push(chunk: Uint8Array): void {
    if (this.#full || chunk.length === 0) return
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length)
    let at = bytes.indexOf(needle)
    if (at < 0 && this.#position === 0 && bytes.length === this.#size) {
      this.#position = bytes.length
      return
    }
    if (this.#position < textBytes && !this.#binary)
      this.#binary = bytes.subarray(0, textBytes - this.#position).includes(0)

    const tail = this.#tail
    if (tail.length > 0) this.#searchSeam(tail, bytes)
    while (at >= 0 && !this.#full) {
      this.#marker(this.#position + at, before(bytes, at, tail), bytes)
      at = bytes.indexOf(needle, at + needle.length)
    }
    this.#keepBody(bytes)
    this.#position += bytes.length
    this.#tail =
      bytes.length >= tailBytes
        ? Buffer.from(bytes.subarray(-tailBytes))
        : Buffer.concat([tail, bytes]).subarray(-tailBytes)
  }

  /** The needle may begin in the chunk before. */
  #searchSeam(tail: Buffer, bytes: Buffer): void {
    const seam = Buffer.concat([tail, bytes.subarray(0, needle.length - 1)])
    const start = this.#position - tail.length
    let from = Math.max(0, tail.length - needle.length + 1)
    for (let at = seam.indexOf(needle, from); at >= 0 && at < tail.length; at = seam.indexOf(needle, from)) {
      this.#marker(start + at, before(seam, at, nothing), bytes)
      from = at + needle.length
    }
  }

  end(): readonly FoundCertificate[] {
    if (this.#full) this.#found.push(broken(this.#position, tooMany))
    else if (this.#open) this.#problem(this.#open, 'it has no end line')
    this.#open = null
    return this.#found
  }

  get #full(): boolean {
    return this.#found.length >= limits.certificatesPerFile || this.#bytes > limits.keptFileBytes
  }

  /** A needle at absolute `at`, after the text `lead`. */
  #marker(at: number, lead: string, chunk: Buffer): void {
    const open = this.#open
    const label = labels.findLast(words => lead.endsWith(begin + words))
    if (label !== undefined) {
      if (open) this.#problem(open, 'another one begins within it')
      const offset = at - begin.length - label.length
      this.#open = { label, offset, body: at + needle.length, parts: [], kept: at + needle.length }
      return
    }
    if (!open) return
    const closing = labels.findLast(words => lead.endsWith(end + words))
    if (closing === undefined) return
    this.#open = null
    this.#close(open, this.#body(open, at - end.length - closing.length, chunk))
  }

  /** The bytes of an open block up to absolute `stop`. */
  #body(open: OpenBlock, stop: number, chunk: Buffer): Buffer | null {
    if (stop <= open.body) return nothing
    if (stop - open.body > bodyBytes) return null
    // All of it in this chunk: no copy.
    if (open.body >= this.#position) return chunk.subarray(open.body - this.#position, stop - this.#position)
    const fresh = Math.max(0, stop - this.#position)
    return Buffer.concat([...open.parts, chunk.subarray(0, fresh)]).subarray(0, stop - open.body)
  }

  /** Copies what this chunk has of an open block. */
  #keepBody(bytes: Buffer): void {
    const open = this.#open
    if (!open || open.kept - open.body > bodyBytes) return
    const part = bytes.subarray(Math.max(0, open.kept - this.#position))
    if (part.length === 0) return
    // A stranger may feed single bytes: few large parts, not many small ones.
    const last = open.parts.at(-1)
    if (last && last.length + part.length <= 4_096)
      open.parts[open.parts.length - 1] = Buffer.concat([last, part])
    else open.parts.push(Buffer.from(part.subarray(0, bodyBytes + 1)))
    open.kept += part.length
  }

  #close(open: OpenBlock, body: Buffer | null): void {
    const block = body ? readBlock(body, open.label) : `it is longer than ${bodyBytes} bytes`
    if (typeof block === 'string') {
      this.#problem(open, block)
      return
    }
    this.#bytes += block.der.length
    this.#found.push({
      offset: open.offset,
      der: block.der,
      sha256: fingerprint(block.der),
      label: `${open.label}CERTIFICATE`,
      problem: null,
      ...(this.#binary || block.quoted ? { embedded: true } : {}),
      ...(block.rejected === null ? {} : { rejected: block.rejected }),
    })
  }

  #problem(open: OpenBlock, why: string): void {
    if (this.#problems++ >= problemsPerFile) return
    this.#found.push(broken(open.offset, why, open.label, this.#binary))
  }
}

interface Block {
  readonly der: Uint8Array
  readonly quoted: boolean
  readonly rejected: string | null
}

/** The certificate between two lines, or what is wrong with it. */
function readBlock(body: Buffer, label: OpenBlock['label']): Block | string {
  if (body.length === 0) return 'it is empty'
  const decoded = decodeBody(body)
  if (!decoded) return 'it is no base64'
  const length = certificateLength(decoded.der)
  if (length === null) return 'it is cut or no DER'
  // What follows the certificate (OpenSSL's trust settings, or rubbish) is not part of its identity.
  const der = new Uint8Array(decoded.der.subarray(0, length))
  const rejected = label === 'TRUSTED ' ? whyNoServerAnchor(decoded.der.subarray(length)) : null
  return { der, quoted: decoded.quoted, rejected }
}

function broken(offset: number, problem: string, label = '', embedded = false): FoundCertificate {
  return {
    offset,
    der: null,
    sha256: null,
    label: `${label}CERTIFICATE`,
    problem,
    ...(embedded ? { embedded } : {}),
  }
}

interface OpenBlock {
  readonly label: (typeof labels)[number]
  /** Absolute place of its first dash. */
  readonly offset: number
  /** Absolute place of the first byte after its first line's dashes. */
  readonly body: number
  /** Copies of the body's bytes in chunks that have passed, up to absolute `kept`. */
  readonly parts: Buffer[]
  kept: number
}

/** The bytes before place `at` of a buffer that follows `tail`, as many as a marker needs. */
function before(buffer: Buffer, at: number, tail: Buffer): string {
  if (at >= lookBehind) return buffer.toString('latin1', at - lookBehind, at)
  const missing = Math.max(0, tail.length - (lookBehind - at))
  return tail.toString('latin1', missing) + buffer.toString('latin1', 0, at)
}
