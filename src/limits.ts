/**
 * What imgtrust is willing to read from a stranger. Every limit is reached with a JobError of code `limit`
 * (or an entry of `unknowns` where the rest of the image can still be judged), never with a crash.
 */
const KiB = 1024
const MiB = 1024 * KiB
const GiB = 1024 * MiB

export const limits = {
  /** Bytes of one Dockerfile; BuildKit itself refuses far smaller ones over gRPC's 16 MiB. */
  dockerfileBytes: 4 * MiB,
  /** Bytes of an index, manifest or config document (the OCI distribution spec asks registries for 4 MiB). */
  manifestBytes: 4 * MiB,
  /** Bytes of all such documents of one archive, or of one index with all its manifests. */
  documentBytes: 32 * MiB,
  /** Bytes of a list of targets (`--from-file`). */
  targetListBytes: 1 * MiB,
  /** Bytes of one report that is merged: about two thousand images. */
  reportBytes: 256 * MiB,
  /** Pages of one list of repositories or tags, bytes of a page, and names of a registry that are looked at. */
  cataloguePages: 2_000,
  cataloguePageBytes: 16 * MiB,
  catalogueNames: 200_000,
  /** Nested indexes. */
  indexDepth: 3,
  /** Layers of one image; engines themselves stop at 127 (overlay2) or 500. */
  layers: 1_000,
  /** Unpacked bytes of one layer. */
  layerBytes: 64 * GiB,
  /** Unpacked bytes per packed byte, judged once `ratioFloor` bytes are out: a gzip bomb is at most 1032. */
  ratio: 1_100,
  ratioFloor: 256 * MiB,
  /** Zeros that are made to fill the holes of one layer's (or archive's) sparse files; most of a hole needs none. */
  holeBytes: 1 * GiB,
  /** Window of a zstd frame: level 21 needs no more (RFC 8878 asks readers for 8 MiB at least). */
  zstdWindowBytes: 32 * MiB,
  /** Entries of one layer's tar. */
  entries: 2_000_000,
  /** Bytes that names, kept files and certificates of one image take in memory: a million entries, or any real image. */
  imageFactsBytes: 88 * MiB,
  /** Bytes of layers' facts that stay in memory because a next image of the same run may need them. */
  sharedLayersBytes: 64 * MiB,
  /** Bytes of a path, a link target, a PAX or GNU long header. */
  pathBytes: 4 * KiB,
  headerBytes: 1 * MiB,
  /** Bytes of one file that is kept whole (a store, a package database). */
  keptFileBytes: 40 * MiB,
  /** Bytes kept of all files of one layer. */
  keptLayerBytes: 60 * MiB,
  /** Certificates of one file, and of one image. */
  certificatesPerFile: 20_000,
  certificatesPerImage: 200_000,
  /** Certificates that one server sends. */
  certificatesSent: 100,
  /** Bytes of text that a server sends before TLS begins (STARTTLS). */
  starttlsBytes: 64 * KiB,
  /** Bytes that a server sends up to the end of its certificates; Go takes 256 KiB of these, OpenSSL 100 KiB. */
  handshakeBytes: 1 * MiB,
  /** Bytes of a file with what a server sends, text around the certificates included. */
  chainFileBytes: 8 * MiB,
  /** Signatures that are checked for one path. */
  pathSignatures: 200,
  /** Bytes of one certificate's DER. */
  certificateBytes: 256 * KiB,
  /** Links followed for one path, as Linux does (ELOOP). */
  linkDepth: 40,
  /** Files and folders that are looked at because a link of a host's known places leads to them. */
  linkedFolders: 1_000,
  /** Milliseconds without a byte from a registry or an engine. */
  idleMs: 30_000,
  /** Redirects of one request. */
  redirects: 5,
  /** Times that one blob is asked for again from where its connection was cut. */
  resumes: 5,
  /** Milliseconds that a registry's Retry-After is waited for; a longer one is the user's to decide. */
  retryAfterMs: 30_000,
} as const
