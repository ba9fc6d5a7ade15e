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
  // ECDHE: AES-GCM, CHACHA20-POLY1305, ECDSA with AES-CCM, AES-CBC with SHA-2 and SHA-1, CAMELLIA, ARIA.
  'c02b c02f c02c c030 cca9 cca8 c0ac c0ad c0ae c0af',
  'c023 c027 c024 c028 c009 c013 c00a c014 c072 c073 c076 c077 c05c c05d c060 c061',
  // DHE with RSA: AES-GCM, CHACHA20-POLY1305, AES-CCM, AES-CBC, CAMELLIA; with DSA: AES.
  '009e 009f ccaa c09e c09f 0067 006b 0033 0039 0045 0088',
  '00a2 00a3 0040 006a 0032 0038',
  // RSA: AES-GCM, AES-CCM, AES-CBC, CAMELLIA, SEED.
  '009c 009d c09c c09d c0a0 c0a1 003c 003d 002f 0035 0041 0084 0096',
  // 3DES, RC4 and single DES.
  'c008 c012 0016 0013 000a c007 c011 0005 0004 0009',
].flatMap(row => row.split(' ').map(id => Number.parseInt(id, 16)))

/** Of TLS 1.3 (RFC 8446 §B.4), in the order in which they are offered. */
export const suites13 = [
  { id: 0x1301, cipher: 'aes-128-gcm', keyBytes: 16, hash: 'sha256' },
  { id: 0x1302, cipher: 'aes-256-gcm', keyBytes: 32, hash: 'sha384' },
  { id: 0x1303, cipher: 'chacha20-poly1305', keyBytes: 32, hash: 'sha256' },
] as const

export type Suite13 = (typeof suites13)[number]

/** How an answer without secure renegotiation is asked for without an extension (RFC 5746 §3.3). */
export const renegotiationSuite = 0x00ff

/** Groups up to TLS 1.2: of the curves of today, of older ones, and of whole numbers (RFC 7919). */
export const groups12: readonly number[] = [
  ...[0x001d, 0x0017, 0x001e, 0x0018, 0x0019],
  // Brainpool, secp256k1 and smaller ones: a certificate's own key must be of a group that is named (RFC 8422 §5.1).
  ...[0x001a, 0x001b, 0x001c, 0x0016, 0x0015, 0x0013],
  ...[0x0100, 0x0101, 0x0102],
]

/**
 * ecdsa, ed25519, ed448, RSA-PSS, RSA, DSA; with SHA-2 first, with SHA-1 behind them: servers choose a certificate by
 * this list, and some look at the signatures of its issuers too (RFC 5246 §7.4.2).
 */
export const signatures: readonly number[] = [
  0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x0804, 0x0805, 0x0806, 0x0809, 0x080a, 0x080b, 0x0401, 0x0501,
  0x0601, 0x081a, 0x081b, 0x081c, 0x0303, 0x0301, 0x0402, 0x0302, 0x0203, 0x0201, 0x0202,
]
