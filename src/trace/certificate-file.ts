/** A file's content judged as certificates: how it is encoded, how many, how it ends. */
import { isUnknown, type Maybe, unknown } from '../model.ts'
import { type Catalogue, type Content, isTextContent } from './content.ts'
import type { CertificateFile } from './state.ts'

const BEGIN = /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----/

export function certificateFile(content: Content, catalogue: Catalogue): Maybe<CertificateFile> {
  if (isUnknown(content)) return content
  if (!isTextContent(content)) {
    if (isUnknown(content.roots)) return content.roots
    return { certificates: content.roots, encoding: 'pem', endsWithNewline: true, fromContext: false }
  }
  const { text, origin } = content
  const endsWithNewline = text.endsWith('\n')
  const fromContext = origin?.kind === 'copy' && origin.from === null
  if (BEGIN.test(text)) {
    const certificates = catalogue.parse(text)
    if (isUnknown(certificates)) return certificates
    return { certificates, encoding: 'pem', endsWithNewline, fromContext }
  }
  if (/-----BEGIN (?:PKCS7|CMS)-----/.test(text)) return unknown('it is a container of certificates')
  const der = text.charCodeAt(0) === 0x30 ? catalogue.fromDer(Buffer.from(text, 'latin1')) : null
  if (der) return { certificates: [der], encoding: 'der', endsWithNewline, fromContext }
  // A pointer of Git LFS, or a file that git-crypt locked, stands for what it will be.
  if (text.startsWith('version https://git-lfs') || text.startsWith('\0GITCRYPT'))
    return unknown('it stands for another file')
  if (text.charCodeAt(0) === 0x30) return unknown('it is binary data of another form')
  return { certificates: [], encoding: 'none', endsWithNewline, fromContext }
}
