/** The numbers of TLS that a client needs up to the server's certificates (IANA "TLS Parameters", RFC 8446, RFC 5246). */

export const content = { changeCipherSpec: 20, alert: 21, handshake: 22, applicationData: 23 } as const

export const message = {
  helloRequest: 0,
  clientHello: 1,
  serverHello: 2,
  encryptedExtensions: 8,
  certificate: 11,
  serverKeyExchange: 12,
  certificateRequest: 13,
  serverHelloDone: 14,
  /** Stands for the first hello in a transcript after a HelloRetryRequest (RFC 8446 §4.4.1). */
  messageHash: 254,
} as const

export const version = { ssl3: 0x0300, tls10: 0x0301, tls11: 0x0302, tls12: 0x0303, tls13: 0x0304 } as const

export const extension = {
  serverName: 0,
  supportedGroups: 10,
  pointFormats: 11,
  signatureAlgorithms: 13,
  applicationProtocols: 16,
  extendedMasterSecret: 23,
  supportedVersions: 43,
  cookie: 44,
  keyShare: 51,
  renegotiation: 0xff01,
} as const

/**
 * In the order of a client of today: ECDHE before DHE before RSA alone, AEAD before CBC; behind them what old servers
 * need. None without a certificate, none of export strength.
 */
export const suites12: readonly number[] = [
  0xc02b,
  0xc02f,
  0xc02c,
  0xc030, // ECDHE_{ECDSA,RSA}_WITH_AES_{128,256}_GCM
  0xcca9,
  0xcca8, // ECDHE_{ECDSA,RSA}_WITH_CHACHA20_POLY1305
  0xc0ac,
  0xc0ad,
  0xc0ae,
  0xc0af, // ECDHE_ECDSA_WITH_AES_{128,256}_CCM{,_8}
  0xc023,
  0xc027,
  0xc024,
  0xc028, // ECDHE_{ECDSA,RSA}_WITH_AES_{128,256}_CBC_SHA{256,384}
  0xc009,
  0xc013,
  0xc00a,
  0xc014, // ECDHE_{ECDSA,RSA}_WITH_AES_{128,256}_CBC_SHA
  0xc072,
  0xc073,
  0xc076,
  0xc077, // ECDHE_{ECDSA,RSA}_WITH_CAMELLIA_{128,256}_CBC
  0xc05c,
  0xc05d,
  0xc060,
  0xc061, // ECDHE_{ECDSA,RSA}_WITH_ARIA_{128,256}_GCM
  0x009e,
  0x009f,
  0xccaa, // DHE_RSA_WITH_AES_{128,256}_GCM, CHACHA20_POLY1305
  0xc09e,
  0xc09f, // DHE_RSA_WITH_AES_{128,256}_CCM
  0x0067,
  0x006b,
  0x0033,
  0x0039,
  0x0045,
  0x0088, // DHE_RSA_WITH_AES and CAMELLIA, CBC
  0x00a2,
  0x00a3,
  0x0040,
  0x006a,
  0x0032,
  0x0038, // DHE_DSS_WITH_AES_{128,256}
  0x009c,
  0x009d,
  0xc09c,
  0xc09d,
  0xc0a0,
  0xc0a1, // RSA_WITH_AES_{128,256}_GCM, CCM, CCM_8
  0x003c,
  0x003d,
  0x002f,
  0x0035,
  0x0041,
  0x0084,
  0x0096, // RSA_WITH_AES, CAMELLIA and SEED, CBC
  0xc008,
  0xc012,
  0x0016,
  0x0013,
  0x000a, // 3DES
  0xc007,
  0xc011,
  0x0005,
  0x0004,
  0x0009, // RC4 and single DES
]

/** Of TLS 1.3 (RFC 8446 §B.4), in the order in which they are offered. */
export const suites13 = [
  { id: 0x1301, cipher: 'aes-128-gcm', keyBytes: 16, hash: 'sha256' },
  { id: 0x1302, cipher: 'aes-256-gcm', keyBytes: 32, hash: 'sha384' },
  { id: 0x1303, cipher: 'chacha20-poly1305', keyBytes: 32, hash: 'sha256' },
] as const

export type Suite13 = (typeof suites13)[number]

/** How an answer without secure renegotiation is asked for without an extension (RFC 5746 §3.3). */
export const renegotiationSuite = 0x00ff

/** Groups for TLS 1.2; those of {@link groups13} begin the list. */
export const groups12: readonly number[] = [0x001d, 0x0017, 0x001e, 0x0018, 0x0019, 0x0100, 0x0101, 0x0102]

/**
 * ecdsa, ed25519, ed448, RSA-PSS, RSA, DSA; with SHA-2 first, with SHA-1 behind them: servers choose a certificate by
 * this list, and some look at the signatures of its issuers too (RFC 5246 §7.4.2).
 */
export const signatures: readonly number[] = [
  0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x0804, 0x0805, 0x0806, 0x0809, 0x080a, 0x080b, 0x0401, 0x0501,
  0x0601, 0x081a, 0x081b, 0x081c, 0x0303, 0x0301, 0x0402, 0x0302, 0x0203, 0x0201, 0x0202,
]
