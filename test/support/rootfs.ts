/** Small unpacked root filesystems with a trust store, for commands that take `dir:`. */
import { X509Certificate } from 'node:crypto'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { makeCertificate, utcTime } from './certificate.ts'

export interface SketchedRoot {
  readonly pem: string
  /** As Node.js reads them from the certificate. */
  readonly sha256: string
  readonly notAfter: number
  readonly name: string
}

/** @param ends `YYMMDDhhmmssZ` */
export function sketchRoot(name: string, ends: string): SketchedRoot {
  const { pem } = makeCertificate({
    subject: name,
    notBefore: utcTime('100101000000Z'),
    notAfter: utcTime(ends),
  })
  const read = new X509Certificate(pem)
  return {
    pem,
    name,
    sha256: read.fingerprint256.replaceAll(':', '').toLowerCase(),
    notAfter: Date.parse(read.validTo),
  }
}

/** A folder with these files; remove it afterwards. */
export function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'imgtrust-rootfs-'))
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), content)
  }
  return folder
}

/** Files of a Debian 12 with this bundle. */
export const debian = (roots: readonly SketchedRoot[], path = 'etc/ssl/certs/ca-certificates.crt') => ({
  'etc/os-release': 'ID=debian\nVERSION_ID="12"\n',
  [path]: roots.map(({ pem }) => pem).join(''),
})
