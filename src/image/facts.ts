/**
 * What one layer says, independent of the layers under it, and the interface by which image/ asks trust/ what is
 * worth keeping. Types alone. The overlay is applied afterwards (overlay.ts).
 */
import type { ErrorCode } from '../errors.ts'
import type { FileAccess, FileView, RunConfig } from '../model.ts'
import type { Inflater, Sink } from './decompress.ts'
import type { LayerTask } from './thread/messages.ts'

export type EntryType = 'file' | 'dir' | 'symlink' | 'hardlink' | 'other'

/** One entry of a layer's tar, its path relative to the root, without leading `./` or `/`, normalised. */
export interface LayerEntry {
  readonly path: string
  readonly type: EntryType
  /** Target of a link as written (symlink), or the path of the file it shares (hardlink, normalised). */
  readonly link: string | null
  /** Permission bits. */
  readonly mode: number
  readonly uid: number
  readonly gid: number
  /** Bytes of a regular file. */
  readonly size: number
  /** Whole content, where a {@link ContentReader} asked for it. */
  readonly content: Uint8Array | null
  /** What was found inside while the bytes passed. */
  readonly found: readonly FoundCertificate[]
}

/** A certificate-like block that stood in a file: its DER, or why it can't be read. */
export interface FoundCertificate {
  /** Byte offset of the block in the file. */
  readonly offset: number
  /** The DER as decoded from the block; null where the block is no base64 or was cut. */
  readonly der: Uint8Array | null
  /** Lower-case hex SHA-256 of `der`. */
  readonly sha256: string | null
  /** The words of the PEM label: `CERTIFICATE`, `TRUSTED CERTIFICATE`, `X509 CERTIFICATE`. */
  readonly label: string
  readonly problem: string | null
  /** Stands inside a program or a quoted string of a source file; absent where the file is plain PEM text. */
  readonly embedded?: boolean
  /** Why its own file says that it is no anchor for servers: then it is none, wherever it lies. */
  readonly rejected?: string
}

/** Entries in their order: a list, or what unpacks them one by one (a layer may have a million). */
export interface LayerEntries extends Iterable<LayerEntry> {
  readonly length: number
}

/** Paths in their order, likewise. */
export interface LayerPaths extends Iterable<string> {
  readonly length: number
}

/** The facts of one layer: every entry, plus the whiteouts taken apart. Cached by its DiffID. */
export interface LayerFacts {
  /** `sha256:…` of the uncompressed tar; null for a folder. */
  readonly diffId: string | null
  readonly entries: LayerEntries
  /** Paths that the layer takes away (`.wh.NAME`). */
  readonly whiteouts: LayerPaths
  /** Folders of which only this layer's content counts (`.wh..wh..opq`). */
  readonly opaque: LayerPaths
  /** What could not be used of it; absent: nothing. */
  readonly unknowns?: readonly LayerUnknown[]
}

/** Something in an image that could not be read, and why. */
export interface LayerUnknown {
  /** An absolute path in the image, or a layer's name. */
  readonly what: string
  readonly why: string
  readonly code?: ErrorCode
}

/**
 * What trust/ wants of the bytes. Pure: no knowledge of layers or of where the bytes come from.
 * Paths are those of {@link LayerEntry}: without a leading slash, links in them not resolved (`lib/x` of one layer may
 * be `usr/lib/x` of the image).
 */
export interface ContentReader {
  /** Changes whenever the facts it gathers change: part of every cache key. */
  readonly version: string
  /** Must the whole content of this file be kept (stores, package databases, os-release, …)? */
  keep(path: string, size: number): boolean
  /** A scanner for one file's bytes in order, or null where they need not be looked at. */
  scan(path: string, size: number): FileScanner | null
  /** How many of a file's first bytes {@link keepStart} wants to see; of a smaller file it is not asked. */
  readonly startBytes?: number
  /** Asked where `keep` said no: must the file be kept because of how it begins (keystores of any name)? */
  keepStart?(path: string, size: number, start: Uint8Array): boolean
  /**
   * What is worth keeping of a file that was kept until its end: less of it, in whatever form this reader understands,
   * or null where it turned out to be of no use. The content itself where there is nothing to gain.
   */
  condense?(path: string, content: Uint8Array): Uint8Array | null
}

export interface FileScanner {
  /** The chunk is only valid during the call: copy what must live longer. */
  push(chunk: Uint8Array): void
  end(): readonly FoundCertificate[]
}

/** A layer as its source offers it. */
export interface Layer {
  /** `sha256:…` of the blob as stored; null where the source has none (docker-archive, folder). */
  readonly digest: string | null
  /** `sha256:…` of the uncompressed tar as the image's config says; null for a folder. */
  readonly diffId: string | null
  readonly mediaType: string | null
  /** Bytes of the blob as stored; null where unknown. */
  readonly size: number | null
  /** `created_by` of the history entry that made it; null where there is none. */
  readonly createdBy: string | null
  /** It is asked for its facts even where they are known: it is no layer of its own, or tells more when it is read. */
  readonly uncached?: boolean
  /**
   * Streams the layer once, every digest and size verified to the end before the facts are returned.
   * @throws JobError `digest-mismatch`, `truncated`, `malformed`, `limit`, `unreachable`, `aborted`
   */
  facts(reader: ContentReader, options: ReadOptions): Promise<LayerFacts>
}

/** What the facts of one image take in memory, counted over all its layers. */
export interface Budget {
  /** @throws JobError `limit` where it is used up. Negative: given back. */
  take(what: string, bytes: number): void
  takeRecord(what: string, bytes: number, names: number): void
  /** Its count, for other threads to add to; absent: they can't. */
  readonly shared?: SharedArrayBuffer
}

/** Facts of layers that were read before, by their DiffID, as one {@link ContentReader} gathered them. */
export interface FactsCache {
  read(diffId: string): LayerFacts | null
  /** The facts' own DiffID is the key: that to which the whole stream was hashed. */
  write(facts: LayerFacts): void
}

/**
 * Manifests and configurations that were read before, by their digest, verified again when they are used; and what an
 * engine told of an image, by the engine's name for its content.
 */
export interface DocumentCache {
  read(digest: string): Uint8Array | null
  write(digest: string, bytes: Uint8Array): void
}

/** Threads that read layers (thread/pool.ts). */
export interface LayerThreads {
  /** How many layers are read at once. */
  readonly most: number
  /** Whether any is being read. */
  readonly busy: boolean
  /** Whether a layer of so many packed bytes is read in a thread for this reader; null: nobody knows how many. */
  takes(reader: ContentReader, bytes: number | null): boolean
  /**
   * @param chunks the bytes of the layer, where they don't lie in a file
   * @throws JobError as {@link Layer.facts}
   */
  read(task: LayerTask, chunks: AsyncIterable<Uint8Array> | null, options: ReadOptions): Promise<LayerFacts>
  /** Unpacks gzip in a thread; plain bytes come to `sink` in this one. */
  inflate(what: string, sink: Sink, signal: AbortSignal | undefined): Inflater
}

export interface ReadOptions {
  /** Absent: every layer is read. */
  readonly layers?: FactsCache
  /** Shared by all layers that are read for one image; absent: one for this layer alone. */
  readonly budget?: Budget
  /** Threads that read large layers; absent: this one reads all. */
  readonly workers?: LayerThreads
  /** No other large layer is left to be read beside it: its own work may be parted among threads. */
  readonly alone?: boolean
  readonly signal?: AbortSignal
  /** Called now and then with the bytes read so far of this layer. */
  readonly onProgress?: (bytes: number) => void
}

/** One image of one platform, its layers not yet read. */
export interface OpenedImage {
  readonly kind: 'image' | 'rootfs' | 'host'
  /** The source's id in the registry of sources: `registry`, `docker`, `docker-archive`, … */
  readonly source: string
  /** Canonical: `docker.io/library/alpine:3.11`; a file's or folder's path as typed. */
  readonly reference: string
  readonly digest: string | null
  readonly platform: string | null
  readonly config: RunConfig
  /** The lowest first. */
  readonly layers: readonly Layer[]
  /** What could not be used of it: foreign layers, … */
  readonly unknowns: readonly LayerUnknown[]
  close(): Promise<void>
}

/** A file as the container would see it, after the overlay. */
export interface ImageFile extends Omit<LayerEntry, 'link' | 'path' | 'type'> {
  /** Absolute real path. */
  readonly path: string
  /** Number (from 0) of the layer that brought this content. */
  readonly layer: number
  /** What lower layers had at this path, the uppermost first; absent: nothing that matters here. */
  readonly earlier?: readonly EarlierFile[]
}

/** A file that an upper layer has written anew. */
export interface EarlierFile {
  readonly layer: number
  readonly content: Uint8Array | null
  readonly found: readonly FoundCertificate[]
}

/** The whole image after the overlay. */
export interface ImageTree extends FileView {
  /** Regular files that were kept or in which something was found, by real path, sorted. Hard links: each path. */
  files(): Iterable<ImageFile>
  /** The regular file behind `path` (links followed), whether kept or not. */
  file(path: string): ImageFile | null
  /** All absolute paths of symbolic links and where they finally lead (null: nowhere), sorted. */
  links(): Iterable<{ readonly path: string; readonly target: string | null }>
  /** Who may write the file or folder behind `path`; null where nothing is there or no layer says. */
  access(path: string): FileAccess | null
  /** Names in the folder behind `path`, sorted; null where that is no folder. */
  list(path: string): readonly string[] | null
  /** What could not be read of the image: its own unknowns, and those met in its layers. */
  readonly unknowns: readonly (LayerUnknown & { readonly layer?: number })[]
}
