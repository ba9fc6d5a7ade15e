/**
 * The report, version 1: what `--format json` prints, and what every reporter works on. The JSON Schema that ships
 * (schema/report.v1.json) is made from these types by `npm run docs`. They grow, they do not change.
 */

import type { RefusalReason } from '../path/verdict.ts'

/**
 * SHA-256 of a certificate's DER, lower-case hex.
 * @pattern ^[0-9a-f]{64}$
 */
export type Sha256 = string

/**
 * RFC 3339 in UTC, to the second.
 * @pattern ^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$
 */
export type Time = string

/**
 * A day in UTC.
 * @pattern ^\d{4}-\d{2}-\d{2}$
 */
export type ReportDay = string

/**
 * A whole number from 0.
 * @asType integer
 * @minimum 0
 */
export type Count = number

/**
 * A line or column, from 1.
 * @asType integer
 * @minimum 1
 */
export type Ordinal = number

/** imgtrust report, version 1. */
export interface Report {
  version: 1
  /** The judge's clock (`--at`). */
  at: Time
  tool: {
    name: 'imgtrust'
    version: string
    /** The day of the built-in facts. */
    knowledge: ReportDay
  }
  targets: ReportTarget[]
  summary: {
    error: Count
    warning: Count
    info: Count
    unknown: Count
    /** Targets with an error. */
    failed: Count
  }
  /** Of several images: what breaks on which day, and which base to mend first. */
  fleet?: ReportFleet
  /** Which part of a list this is the report of; absent: of all. */
  shard?: ReportShard
}

/** A part of a list that several runs share (`--shard 2/3`). */
export interface ReportShard {
  /** From 1. */
  number: Ordinal
  of: Ordinal
  /** Where in the whole list each of the targets stands, from 0. */
  positions: Count[]
}

/** What several images have in common. */
export interface ReportFleet {
  /** Images that could be read. */
  images: Count
  /** Those of which a program fails on the day of the report already. */
  broken: Count
  /** By day, then by the root's name. */
  days: ReportFleetDay[]
  /** Bases that brought an error, a warning or a day; those first whose mending mends most images. */
  bases: ReportFleetBase[]
}

/** One root, and the day from which its end or its absence breaks something. */
export interface ReportFleetDay {
  day: ReportDay
  why: ReportBreak['why']
  root: { sha256: Sha256; name: string }
  /** Images that break. */
  images: Count
  /** How many of them by the base that brought the store; those of no known base are missing. */
  bases: { base: Digest; images: Count }[]
}

/** The layers up to one that brought something: images that share them are mended together. */
export interface ReportFleetBase {
  /** The ChainID of these layers (OCI image specification). */
  base: Digest
  /** How many layers these are. */
  layers: Count
  /** The history line of the uppermost. */
  createdBy: string | null
  /** What its images call themselves, where all agree. */
  distribution: ReportDistribution | null
  /** What these images say that they were built on. */
  names: string[]
  /** Images that stand on it. */
  images: Count
  /** Those with an error, a warning or a day to come that it brought. */
  affected: Count
  /** Those whose errors, warnings and days to come it brought all: they are mended with it. */
  mended: Count
  error: Count
  warning: Count
  /** What mends most of it: the summary of the remedy that stands first most often; null: none is known. */
  remedy: string | null
}

/**
 * `sha256:` and the digest.
 * @pattern ^sha256:[0-9a-f]{64}$
 */
export type Digest = string

export interface ReportTarget {
  /** As typed. */
  target: string
  kind: 'image' | 'dockerfile' | 'rootfs' | 'host' | 'server'
  source: string | null
  reference: string | null
  digest: string | null
  platform: string | null
  distribution: ReportDistribution | null
  stores: ReportStore[]
  certificates: ReportCertificate[]
  clients: ReportClient[]
  /** Of a Dockerfile, in order. */
  stages: ReportStage[]
  findings: ReportFinding[]
  unknowns: ReportUnknown[]
  /** The configuration file that was read for it; the user's own behind it, with a comma. */
  config: string | null
  /** Why the target could not be read to its end: one line; null where it was. */
  error: string | null
  /** Of an image that was read beside others: DiffIDs of its layers, the lowest first; null where one is not known. */
  layers?: (Digest | null)[]
  /** Of an image that was read beside others: what it says that it was built on. */
  baseName?: string
  /** Of an image that was read beside others: from which day on programs of it fail. */
  breaks?: ReportBreak[]
  /** Of an image of a catalogue: other tags of its repository that name the same image. */
  also?: string[]
  /** Of a server: whose clients and stores were asked; null: no image. */
  image?: ReportImage | null
  /** Of a server: the name that clients ask for. */
  host?: string
  /** Of a server: the certificates that it sent, in the order received. */
  sent?: ReportSent[]
  /** Of a server: what each client says of it. */
  verdicts?: ReportVerdict[]
  /** Of a server: what its owner could do so that the clients accept it. */
  advice?: ReportAdvice[]
}

/** A day from which on programs of an image refuse servers that are in order, as an error or a warning would say. */
export interface ReportBreak {
  day: ReportDay
  /** `root-expired`: old clients build chains through it; `root-missing`: named services can't be reached without it. */
  why: 'root-expired' | 'root-missing'
  root: { sha256: Sha256; name: string }
  /** The path of the store. */
  store: string
  /** The layer that brought the store. */
  layer: Count | null
  /** The programs that fail; of a missing root those that read the store. */
  programs: string[]
}

/** Whose clients a server was held against. */
export interface ReportImage {
  kind: 'image' | 'dockerfile' | 'rootfs' | 'host'
  source: string
  reference: string | null
  digest: string | null
  platform: string | null
  distribution: ReportDistribution | null
  /** The Dockerfile, where it was foretold from one. */
  file: string | null
}

/** A certificate as a server sent it. */
export interface ReportSent {
  sha256: Sha256
  /** RFC 4514. */
  subject: string
  issuer: string
  notBefore: Time
  notAfter: Time
  /** For people: CN, else the last OU or O. */
  name: string
  issuerName: string
  /**
   * `stray`: no part of the way up from the server's own; `duplicate`: it was sent before; `cross-signed`: a store
   * holds a root of the same name and key.
   */
  status: ('expired' | 'expiring' | 'not-yet-valid' | 'stray' | 'duplicate' | 'cross-signed')[]
  /** Paths of the stores that hold it. */
  stores: string[]
  /** Roots of the stores with its name and its key that are not itself. */
  sameKey: Sha256[]
}

/** What one client says of a server. */
export interface ReportVerdict {
  client: ReportClient
  /** The path of the store that it reads; null: it reads none, or it is not known which. */
  store: string | null
  /** Null: it can't be told; `unknowns` says why. */
  accepted: boolean | null
  reason: RefusalReason | null
  /** The path that it builds, the server's own certificate first. */
  chain: Sha256[]
  /** The certificate at fault; null where none is. */
  brokenBy: Sha256 | null
  /** How its way is known; null: it is not. */
  basis: 'measured' | 'source' | 'nearest' | null
  /** What it would say after the remedy; null: none is known, or none is needed. */
  afterRemedy: ReportAfterRemedy | null
}

export type { RefusalReason }

export interface ReportAfterRemedy {
  /** Null: it can't be told. */
  accepted: boolean | null
  /** The path that it builds then, the server's own certificate first; empty where it can't be told. */
  chain?: Sha256[]
  remedy: ReportAlternative
}

/** What a server's owner could do. */
export interface ReportAdvice {
  /** `stop-sending` these certificates, `send-issuer` of this one, `renew` these, `other-name`: one made out to the host. */
  kind: 'stop-sending' | 'send-issuer' | 'renew' | 'other-name'
  certificates: Sha256[]
  /** How many of the clients would accept then; null: not tried. */
  accepted: Count | null
}

export interface ReportDistribution {
  id: string
  version: string | null
  /** The last day on which its public archive gives updates to everybody. */
  endOfLife: ReportDay | null
}

export interface ReportStore {
  /** The real path. */
  path: string
  /** Other paths that lead to it by links. */
  aliases: string[]
  /** Anchor sources that feed it. */
  sources: string[]
  format: 'pem-bundle' | 'hashed-dir' | 'jks' | 'bks' | 'pkcs12' | 'p11-kit' | 'embedded'
  /** The programs that read it. */
  consumers: string[]
  /** The image layer, from 0, that brought its present content. */
  layer: Count | null
  /** The history line of that layer. */
  createdBy: string | null
  /** The known release that its roots are, or are nearest to. */
  release: string | null
  match: 'exact' | 'nearest' | 'unknown'
  /** By what it differs from that release; absent where it is exactly it, or nobody compared. */
  differs?: ReportDifference
  roots: ReportRoot[]
  /** Why its roots are not known; null where they are. */
  unknown: string | null
}

/** What a store has otherwise than the release that it is nearest to. */
export interface ReportDifference {
  /** Roots of the release that the store lacks. */
  missing: { sha256: Sha256; name: string }[]
  /** Roots of the store that the release lacks. */
  extra: { sha256: Sha256; name: string }[]
}

export interface ReportRoot {
  sha256: Sha256
  /** For people: the newest Mozilla label, else CN, else the last OU or O. */
  name: string
  notBefore: Time
  notAfter: Time
  status: RootStatus[]
  /** The image layer that brought it. */
  layer?: Count
  /** The whole name in its certificate (RFC 4514): of roots that the built-in facts don't know. */
  subject?: string
}

export type RootStatus = 'expired' | 'expiring' | 'removed' | 'cut' | 'distrusted'

/** A certificate that is neither in a store nor in an anchor source. */
export interface ReportCertificate {
  path: string
  sha256: Sha256
  subject: string
  notAfter: Time
  layer: Count | null
}

/** A program that speaks TLS, and the library that verifies for it. */
export interface ReportClient {
  program: string
  version: string | null
  library: string | null
  libraryVersion: string | null
  /** Whose build of the library it is: a distribution, or `upstream`. */
  build: string | null
  path: string | null
}

export interface ReportStage {
  name: string | null
  line: Ordinal
  /** What FROM names, after expansion. */
  base: string
  distribution: ReportDistribution | null
  /** After its last instruction; empty: surely none. */
  stores: ReportStore[]
  /** Why the stores are not known; null where they are. */
  unknown: string | null
}

export interface ReportFinding {
  rule: string
  severity: 'error' | 'warning' | 'info'
  /** One sentence. */
  message: string
  location: ReportLocation
  roots: { sha256: Sha256; name: string; notAfter: Time }[]
  remedy: ReportRemedy | null
}

export interface ReportAlternative {
  summary: string
  /** Applied to the model, the finding is gone and no new one has come. */
  proven: boolean
  steps: ReportSteps
  /** May `--fix` apply it? */
  fixable: boolean
  /** The remedy as edits of the Dockerfile, in order, none over another; absent where it has no such form. */
  edits?: ReportEdit[]
}

/** Replaces what stands between two places (the end exclusive) by `text`; columns count UTF-16 code units. */
export interface ReportEdit {
  line: Ordinal
  column: Ordinal
  endLine: Ordinal
  endColumn: Ordinal
  text: string
}

export interface ReportRemedy extends ReportAlternative {
  alternatives: ReportAlternative[]
}

/** The remedy rendered in each dialect; null where it has no form in it. */
export interface ReportSteps {
  dockerfile?: string | null
  shell?: string | null
  ansible?: string | null
  salt?: string | null
}

/** A place in a Dockerfile (the end exclusive in columns), or in an image. */
export interface ReportLocation {
  file?: string
  line?: Ordinal
  column?: Ordinal
  endLine?: Ordinal
  endColumn?: Ordinal
  /** The text of its first line, without the space around it: what a finding is known by when lines have moved. */
  text?: string
  stage?: string
  path?: string
  layer?: Count
}

/** Something that could not be read or told. */
export interface ReportUnknown {
  what: string
  why: string
  location: ReportLocation
}
