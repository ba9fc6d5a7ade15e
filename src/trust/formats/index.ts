import type { FoundCertificate, ImageFile, ImageTree } from '../../image/facts.ts'
import type { Maybe, StoreFormat, UnknownEntry } from '../../model.ts'
import type { Certificate } from '../certificate.ts'
import type { Contents } from '../containers/container.ts'
import { hashedDirectory } from './hashed-dir.ts'
import { keystores } from './keystores.ts'
import { pemBundle } from './pem-bundle.ts'
import { unreadFormats } from './unread.ts'
import { wholeFolders } from './whole-folder.ts'

/** A store as its format has it: roots and layers; names, consumers and release are told later. */
export interface StoreDraft {
  /** Real, absolute. */
  readonly path: string
  readonly format: StoreFormat
  /** Programs that are known to read it by its place alone. */
  readonly consumers: readonly string[]
  /** Number of the layer that brought its present content. */
  readonly layer: number
  /** In file order, each certificate once. */
  readonly roots: readonly {
    readonly certificate: Certificate
    readonly layer: number
    readonly alias?: string
  }[]
  /** What is wrong with each of its certificates that can't be read. */
  readonly broken?: readonly string[]
}

export interface FormatContext {
  /** Reads a certificate once, however often it lies in the image. */
  certificateOf(found: FoundCertificate): Maybe<Certificate>
  /** What a file that is no PEM text holds; null where it is none of the known forms. Read once. */
  contentsOf(file: ImageFile): Contents | null
  /** The certificates of a file, whatever form it has. */
  foundIn(file: ImageFile): readonly FoundCertificate[]
  /** Real paths that the image's environment names as stores. */
  readonly configured: ReadonlySet<string>
}

export interface FormatReading {
  readonly stores: readonly StoreDraft[]
  /** Real paths of the files whose certificates these stores tell. */
  readonly claimed: readonly string[]
  readonly unknowns: readonly UnknownEntry[]
}

/** A kind of trust store. */
export interface StoreFormatReader {
  readonly id: string
  /** Must this file be kept whole? `path` is relative to the root, as in the layers. */
  keep(path: string, size: number): boolean
  /** All stores of this kind; `claimed` are files that an earlier one has told. */
  read(tree: ImageTree, context: FormatContext, claimed: ReadonlySet<string>): FormatReading
}

/** Folders come first: the files in them are theirs. */
export const storeFormats: readonly StoreFormatReader[] = [
  hashedDirectory,
  wholeFolders,
  keystores,
  pemBundle,
  unreadFormats,
]
