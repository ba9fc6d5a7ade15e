/**
 * The words that every part of imgtrust shares: types alone, no behaviour, and nothing imported.
 * Reading (image/, trust/, dockerfile/, trace/) fills them, rules judge them, reports print them.
 */

/** A point in time in milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = number

/** A calendar day in UTC, `YYYY-MM-DD`; as an instant it is 00:00:00Z of that day. */
export type Day = string

/** What can't be known, with the reason that a user is told. It is a value: no rule may read it as "empty". */
export interface Unknown {
  readonly unknown: string
}

/** A value, or the reason why there is none. Narrow with {@link isUnknown}. */
export type Maybe<T> = T | Unknown

export function isUnknown(value: unknown): value is Unknown {
  return typeof value === 'object' && value !== null && 'unknown' in value
}

export function unknown(reason: string): Unknown {
  return { unknown: reason }
}

/** A trust anchor certificate. Its identity is `sha256`; `name` is for people. */
export interface Root {
  /** SHA-256 of the DER, 64 lower-case hex digits. */
  readonly sha256: string
  /** The newest label in Mozilla's data, else the subject's CN, else its last OU or O. */
  readonly name: string
  readonly notBefore: Instant
  readonly notAfter: Instant
  /** The number (from 0) of the image layer that brought it; absent outside images. */
  readonly layer?: number
  /** The name of its entry in a keystore; absent in stores that don't name their roots. */
  readonly alias?: string
  /** What its certificate says; absent where it is told by the built-in facts and not by bytes. */
  readonly certificate?: RootCertificate
  /** The certificate itself; absent where it is told by the built-in facts, which have it. */
  readonly der?: Uint8Array
}

/** What a root's own bytes say of it. */
export interface RootCertificate {
  /** The whole name as RFC 4514 writes it, in the certificate's order. */
  readonly subject: string
  /** `RSA 2048`, `EC secp384r1`, … */
  readonly key: string
  /** May it stand above others, as OpenSSL's X509_check_ca sees it? */
  readonly ca: boolean
}

export type StoreFormat = 'pem-bundle' | 'hashed-dir' | 'jks' | 'bks' | 'pkcs12' | 'p11-kit' | 'embedded'

/** How sure the release of a store is: the set equals it; it is the nearest one, or only *about* it; not known. */
export type Match = 'exact' | 'nearest' | 'unknown'

/** What some TLS library or program reads its roots from. */
export interface TrustStore {
  /** The real path inside the image, absolute, normalised. */
  readonly path: string
  /** Other paths that lead to it by links, sorted. */
  readonly aliases: readonly string[]
  /** Anchor sources that feed it: `/usr/local/share/ca-certificates`, … */
  readonly sources: readonly string[]
  readonly format: StoreFormat
  /** The programs that read it, by name, sorted. */
  readonly consumers: readonly string[]
  /** The image layer (from 0) that brought its present content; null outside images. */
  readonly layer: number | null
  /** The history line of that layer. */
  readonly createdBy: string | null
  /** The known release that its set of roots is, or is nearest to: `alpine/base 3.8.5`. */
  readonly release: string | null
  readonly match: Match
  /** By what it differs from the release that it is nearest to; absent: it is exactly it, or nobody compared. */
  readonly differs?: StoreDifference
  readonly roots: readonly Root[]
  /** The package that owns it, or whose tool made it; absent where no package database says so. */
  readonly package?: Package
  /** What is wrong with each of its certificates that can't be read; absent: all can. */
  readonly broken?: readonly string[]
  /** The files and folders by which its content can be changed; absent where nobody looked. */
  readonly access?: readonly FileAccess[]
}

/** What a store has otherwise than a known release; each list sorted by name. */
export interface StoreDifference {
  /** Roots of the release that the store lacks. */
  readonly missing: readonly Pick<Root, 'sha256' | 'name'>[]
  /** Roots of the store that the release lacks, be they known or nobody's. */
  readonly extra: readonly Pick<Root, 'sha256' | 'name'>[]
}

/** Who may write a file or folder. */
export interface FileAccess {
  /** Absolute. */
  readonly path: string
  /** Permission bits. */
  readonly mode: number
  readonly uid: number
  readonly gid: number
}

/** A certificate that is neither in a store nor in an anchor source: inventory, without findings. */
export interface PlainCertificate {
  readonly path: string
  readonly sha256: string
  readonly subject: string
  readonly notAfter: Instant
  readonly layer: number | null
}

/** A program that speaks TLS, and the library that verifies for it. */
export interface Client {
  /** As people call it: `curl`, `busybox wget`, `apk`. */
  readonly program: string
  readonly version: string | null
  /** `OpenSSL`, `LibreSSL`, `GnuTLS`, `NSS`, … null where it is not known. */
  readonly library: string | null
  readonly libraryVersion: string | null
  /** Whose build of the library: a distribution's id, or `upstream`. */
  readonly build: string | null
  readonly path: string | null
  /** The package that brought the library, with its full version: `libgnutls30 3.6.7-4+deb10u5`. */
  readonly libraryPackage?: string
  /**
   * Real paths of the stores that it reads, all of them together, in the order in which it asks them. Empty: surely
   * none is there. Absent: not known.
   */
  readonly reads?: readonly string[]
}

export interface Distribution {
  /** `alpine`, `debian`, `ubuntu`, `rhel`, …: the id of os-release where there is one. */
  readonly id: string
  /** As the distribution counts its lines: `3.11.13`, `12`, `22.04`. Null for rolling ones. */
  readonly version: string | null
  /** The last day on which its public archive gives updates to everybody. */
  readonly endOfLife: Day | null
}

/** An installed package of the system's package database. */
export interface Package {
  readonly name: string
  readonly version: string
  /** The database that lists it. */
  readonly manager: 'apk' | 'dpkg' | 'rpm'
}

/** Something that could not be read or told. */
export interface UnknownEntry {
  readonly what: string
  readonly why: string
  readonly location: Location
}

/** A place in a Dockerfile (lines and columns from 1, the end exclusive in columns), or in an image. */
export interface Location {
  readonly file?: string
  readonly line?: number
  readonly column?: number
  readonly endLine?: number
  readonly endColumn?: number
  readonly stage?: string
  readonly path?: string
  readonly layer?: number
}

/** The files of an image (or folder) that were kept while it was read, by real path. */
export interface FileView {
  /** Whether a file, folder or link is there (links followed, never out of the image). */
  exists(path: string): boolean
  /** Content of a regular file that was kept; null where there is none or it was not kept. */
  read(path: string): Uint8Array | null
  /** The path behind all links, or null where it leads nowhere. */
  resolve(path: string): string | null
}

/** An image's own configuration, as much of it as is used; empty for folders. */
export interface RunConfig {
  readonly user: string | null
  readonly env: Readonly<Record<string, string>>
  /** As written; absent: the root folder. */
  readonly workdir?: string
  /** The instructions that run in a build on top of it, each one's whole text. */
  readonly onBuild?: readonly string[]
  /** The image that it says it was built on: `docker.io/library/debian:12`. */
  readonly baseName?: string
  /** When it was built, where it says so: builders that repeat themselves write a day long past. */
  readonly created?: Instant
}

/** All that a scan found out about one image, root filesystem or host. */
export interface ImageModel {
  readonly kind: 'image' | 'rootfs' | 'host'
  /** `registry`, `docker`, `docker-archive`, `oci-dir`, … */
  readonly source: string
  readonly reference: string | null
  /** `sha256:…` of the manifest; null where the source has none. */
  readonly digest: string | null
  /** `linux/amd64`, with `/variant` where there is one. */
  readonly platform: string | null
  readonly distribution: Distribution | null
  readonly stores: readonly TrustStore[]
  readonly certificates: readonly PlainCertificate[]
  readonly clients: readonly Client[]
  readonly packages: readonly Package[]
  readonly config: RunConfig
  /** DiffIDs of the layers, the lowest first; null where one is not known; absent where nobody asked. */
  readonly layers?: readonly (string | null)[]
  readonly files: FileView
  readonly unknowns: readonly UnknownEntry[]
}
