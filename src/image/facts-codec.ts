/** The facts of a layer as bytes and back: what the cache keeps, and what a worker hands over. */
import { EntryLog, type Kept, type PackedLog } from './entry-log.ts'
import type { FoundCertificate, LayerFacts, LayerUnknown } from './facts.ts'

/** Changes whenever the form of the bytes does. */
export const FACTS_FORM = 1

/** Found in a file: where, which of the certificates (-1: none), and the rest as {@link FoundCertificate} has it. */
type FoundRow = readonly [
  offset: number,
  certificate: number,
  label: string,
  problem: string | null,
  embedded: boolean | null,
  rejected: string | null,
]

interface Head {
  readonly diffId: string | null
  readonly unknowns: readonly LayerUnknown[] | null
  /** Bytes of each chunk of the entry log. */
  readonly chunks: readonly number[]
  readonly counts: readonly number[]
  readonly names: number
  /** Fingerprint and length of each certificate. */
  readonly certificates: readonly (readonly [sha256: string, bytes: number])[]
  /** Address of the record, bytes of the content (-1: none), what was found. */
  readonly kept: readonly (readonly [address: number, bytes: number, found: readonly FoundRow[]])[]
}

const HEAD_LENGTH = 4

/** @returns parts that follow each other: the head's length, the head, chunks, certificates, contents */
export function packFacts(facts: LayerFacts): Uint8Array[] {
  const { entries, whiteouts, opaque, diffId, unknowns } = facts
  const log = entries instanceof EntryLog ? entries : EntryLog.of(entries, whiteouts, opaque)
  const { chunks, counts, names, kept } = log.pack()
  const certificates = new Map<string, { readonly number: number; readonly der: Uint8Array }>()
  const contents: Uint8Array[] = []
  const rows = [...kept].map(([address, { content, found }]) => {
    if (content) contents.push(content)
    const foundRows = found.map(({ offset, der, sha256, label, problem, embedded, rejected }): FoundRow => {
      if (der && sha256 !== null && !certificates.has(sha256))
        certificates.set(sha256, { number: certificates.size, der })
      const number = sha256 === null ? -1 : (certificates.get(sha256)?.number ?? -1)
      return [offset, number, label, problem, embedded ?? null, rejected ?? null]
    })
    return [address, content?.length ?? -1, foundRows] as const
  })
  const head: Head = {
    diffId,
    unknowns: unknowns ?? null,
    chunks: chunks.map(({ length }) => length),
    counts,
    names,
    certificates: [...certificates].map(([sha256, { der }]) => [sha256, der.length]),
    kept: rows,
  }
  const text = Buffer.from(JSON.stringify(head))
  const length = Buffer.alloc(HEAD_LENGTH)
  length.writeUInt32LE(text.length)
  return [length, text, ...chunks, ...[...certificates.values()].map(({ der }) => der), ...contents]
}

/** Reads what {@link packFacts} wrote; the facts share the memory of `bytes`. */
export function unpackFacts(bytes: Buffer): LayerFacts {
  let at = HEAD_LENGTH + bytes.readUInt32LE()
  const head: Head = JSON.parse(bytes.toString('utf8', HEAD_LENGTH, at))
  const take = (length: number): Buffer => {
    at += length
    return bytes.subarray(at - length, at)
  }
  const chunks = head.chunks.map(take)
  const certificates = head.certificates.map(([sha256, length]) => ({ sha256, der: take(length) }))
  const kept = new Map<number, Kept>(
    head.kept.map(([address, length, rows]) => {
      const content = length < 0 ? null : take(length)
      const found = rows.map(
        ([offset, number, label, problem, embedded, rejected]): FoundCertificate => ({
          offset,
          der: certificates[number]?.der ?? null,
          sha256: certificates[number]?.sha256 ?? null,
          label,
          problem,
          ...(embedded === null ? {} : { embedded }),
          ...(rejected === null ? {} : { rejected }),
        }),
      )
      return [address, { content, found }]
    }),
  )
  const packed: PackedLog = { chunks, counts: head.counts, names: head.names, kept }
  const entries = EntryLog.unpack(packed)
  return {
    diffId: head.diffId,
    entries,
    whiteouts: entries.marks('whiteout'),
    opaque: entries.marks('opaque'),
    ...(head.unknowns === null ? {} : { unknowns: head.unknowns }),
  }
}
