import { rootByFingerprint, rootDer } from '../knowledge/roots.ts'
import { isUnknown, type Maybe, type Root, unknown } from '../model.ts'
import { type Certificate, readCertificate } from '../trust/certificate.ts'

/** Reads the certificates behind roots, each once: stores of one image hold the same ones. */
export class Certificates {
  readonly #read = new Map<string, Maybe<Certificate>>()

  /** In the order of the roots; unknown where the bytes of one are not at hand or can't be read. */
  of(roots: readonly Root[]): Maybe<readonly Certificate[]> {
    const found: Certificate[] = []
    for (const root of roots) {
      const certificate = this.#one(root)
      if (isUnknown(certificate)) return unknown(`of its root "${root.name}" ${certificate.unknown}`)
      found.push(certificate)
    }
    return found
  }

  #one(root: Root): Maybe<Certificate> {
    let certificate = this.#read.get(root.sha256)
    if (certificate === undefined) {
      const der = root.der ?? builtIn(root.sha256)
      certificate = der === null ? unknown('the certificate itself is not at hand') : readCertificate(der)
      this.#read.set(root.sha256, certificate)
    }
    return certificate
  }
}

function builtIn(sha256: string): Uint8Array | null {
  const known = rootByFingerprint(sha256)
  return known === null ? null : rootDer(known.index)
}
