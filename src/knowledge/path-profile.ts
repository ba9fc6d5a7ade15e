/**
 * How a TLS client builds and judges a chain, as data: what src/path/ is driven by. Words as in RFC 5280; an *issuer*
 * is a certificate above the server's, an *anchor* one that the path ends in and that the store holds.
 */

/** What clients of one sort have in common, whatever way they build. */
export interface JudgeProfile {
  /** Digests that no signature below the anchor may have: `MD5`, `SHA-1`. */
  readonly refusedDigests: readonly string[]
  /** Bits of an RSA key below which it is refused, on whatever place of the path. */
  readonly minRsaBits: number
  /** Does the floor hold for the anchor's key too? */
  readonly anchorKeySize: boolean
  /** Which purposes an issuer below the anchor must have, where it names any (RFC 5280 leaves it open). */
  readonly issuerPurpose: 'ignored' | 'server' | 'server-or-client'
  /** Where anyExtendedKeyUsage lets pass. */
  readonly anyPurpose: 'nowhere' | 'leaf' | 'everywhere'
  /** Is the extended key usage of the server's certificate judged? */
  readonly leafPurpose: boolean
  /** Bits of key usage of which the server's certificate needs one, where it has the extension. */
  readonly leafKeyUsage: readonly string[]
  /** What is judged of the anchor, beside what `anchorDates` and `anchorKeySize` say. */
  readonly anchorDates: boolean
  readonly anchorCa: boolean
  readonly anchorPathLength: boolean
  readonly anchorNames: boolean
  readonly anchorPurpose: boolean
  readonly anchorExtensions: boolean
  /** Are name constraints held against a common name that stands alone: never, where it has a dot, always? */
  readonly constrainsCommonName: 'never' | 'dotted' | 'always'
  readonly host: HostProfile
}

/** How a client compares the host's name with the certificate's. */
export interface HostProfile {
  /** Does the common name count where there is no alternative name of these kinds, or whatever stands beside it? */
  readonly commonName: 'never' | 'without-dns-names' | 'without-any-names' | 'always'
  /** A name of one label must be written as the host is, large letters and small. */
  readonly strictCaseOfOneLabel?: true
  /** `*.example.com` alone, `w*w.example.com` or `www.*.com` too, or both. */
  readonly wildcards: 'whole-label' | 'within-label' | 'any-whole-label' | 'any-label'
  /** Where an address is looked for; in the common name only where there is no alternative name. */
  readonly addressAs: readonly ('address' | 'dns-name' | 'common-name')[]
}

/** OpenSSL and those that came of it: one path is built, and it is that path that is judged. */
export interface OnePathProfile extends JudgeProfile {
  readonly way: 'one-path'
  /** Where the next issuer is looked for first. */
  readonly first: 'sent' | 'store'
  /** Where the path that was sent ends outside the store: is an anchor looked for further down? */
  readonly alternatives: boolean
  /** Of several certificates of one name that were sent: the first, or the first that is in date. */
  readonly twins: 'first' | 'in-date'
  /** And of several in the store. */
  readonly storeTwins: 'first' | 'in-date'
  /** X509_V_FLAG_PARTIAL_CHAIN: whatever the store holds is an anchor. */
  readonly partialChain: boolean
  /** X509_V_FLAG_X509_STRICT. */
  readonly strict: boolean
  /** Is an issuer without keyCertSign passed over, or taken and refused then? */
  readonly noCertSign: 'passed-over' | 'refused'
  /** Is a certificate of its own signature without keyCertSign taken for a self-signed one? */
  readonly selfSignedNeedsCertSign: boolean
  /** Do issuers need basic constraints, or is key usage or version 1 enough? */
  readonly issuerNeedsConstraints: boolean
  /** Are the dates of the server's certificate judged where no issuer of it was found? */
  readonly looseLeafDates: boolean
  /** Which fault is told where there are several. */
  readonly reports: 'first' | 'last'
  /** Is the name judged before signatures and dates, or when all else is well? */
  readonly hostJudged: 'with-the-rest' | 'last'
}

/** GnuTLS: what was sent is put in order and cut where the store takes over. */
export interface CutProfile extends JudgeProfile {
  readonly way: 'cut'
  /** At the first certificate whose issuer the store holds (3.6.14 and later), or at the end of what was sent. */
  readonly cutAt: 'first-known' | 'end'
}

/** Java's PKIX trust manager: a path in order is cut at the store's certificate; else one is searched for. */
export interface PkixProfile extends JudgeProfile {
  readonly way: 'pkix'
}

/** All ways up are tried until one is sound: Go, newer LibreSSL. */
export interface SearchProfile extends JudgeProfile {
  readonly way: 'search'
  /** Is the server's own certificate an anchor where the store holds it: always, if it signed itself, or never? */
  readonly leafAsAnchor: 'always' | 'self-signed' | 'never'
  /** Is whatever the store holds an anchor, or those alone that signed themselves? */
  readonly anchors: 'any' | 'self-signed'
  /** Is the host's name judged before the path? */
  readonly hostJudged: 'before' | 'last'
  /** Is the server's own certificate judged after its path? */
  readonly leafLast?: true
  /** May a certificate (of version 1 alone) with neither basic constraints nor key usage be an issuer? */
  readonly bareIssuers?: 'any' | 'of-version-1'
  /** May an issuer lack keyCertSign where it has a key usage? */
  readonly anyKeyUsage?: true
  /** Is a certificate of an authority refused as a server's? */
  readonly leafNoCa?: true
  /** Is a root that was sent judged, too, where the store holds another certificate of its name and key? */
  readonly sentRoots?: true
  /** Whether signatures of RSASSA-PSS are taken is not known. */
  readonly pssUnknown?: true
}

/** Step by step the first that could be the issuer, without a way back: Mbed TLS. */
export interface StepProfile extends JudgeProfile {
  readonly way: 'step'
  /** Extensions that it reads: a certificate with another that is critical is none. */
  readonly readExtensions: readonly string[]
}

/** What was sent is read from its end, what has a known signer may sign in turn: wolfSSL. */
export interface CollectProfile extends JudgeProfile {
  readonly way: 'collect'
  /** Must an issuer that was sent have a key usage at all? */
  readonly signersNeedKeyUsage: boolean
}

/** Of all possible issuers the newest in date is taken, and no other: NSS. */
export interface NewestProfile extends JudgeProfile {
  readonly way: 'newest'
}

export type PathProfile =
  | OnePathProfile
  | CutProfile
  | PkixProfile
  | SearchProfile
  | StepProfile
  | CollectProfile
  | NewestProfile
