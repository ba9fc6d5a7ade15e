/** Certificates that are fetched without any check of who gives them. */
import { isAnchorPath } from './anchors.ts'
import type { Unvouched } from './content.ts'
import type { Machine } from './machine.ts'
import { BUNDLES } from './paths.ts'
import { isLoopbackHost } from './tls.ts'

const CERTIFICATE = /\.(crt|cer|cert|pem|der|cacert|ca-bundle)$/i
/** Keys that sign packages bear the same endings, and are no roots. */
const KEYS = /key|gpg|rsa|sign|ssh/i

/** `content` is put at `path`: tells the rules where that makes a certificate of it. */
export function certificateFetched(
  machine: Machine,
  path: string,
  content: Unvouched,
  program: string,
  at: { readonly start: number; readonly end: number },
): void {
  const { url } = content
  const host = /^[a-z]+:\/\/(?:[^/@]*@)?(\[[^\]]*\]|[^/:?#]*)/i.exec(url ?? '')?.[1] ?? ''
  if (host !== '' && isLoopbackHost(host)) return
  const trusted = isAnchorPath(path) || BUNDLES.has(path)
  const name = path.slice(path.lastIndexOf('/') + 1)
  const remote = (url ?? '').replace(/[?#].*$/, '').replace(/^.*\//, '')
  const named = (CERTIFICATE.test(name) || CERTIFICATE.test(remote)) && !KEYS.test(name) && !KEYS.test(remote)
  if (!trusted && !named) return
  machine.emit({
    kind: 'certificate-download',
    program,
    how: content.unvouched,
    url,
    checked: machine.checked,
    location: machine.location(at.start, at.end),
  })
}
