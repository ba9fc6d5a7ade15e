import type { ImageFile } from '../../image/facts.ts'
import { isUnknown, type UnknownEntry } from '../../model.ts'
import { brokenEntry } from '../broken.ts'
import type { Certificate } from '../certificate.ts'
import type { StoreDraft, StoreFormatReader } from './index.ts'

/** `cert-sync` of Mono, run by root; Debian moves it from /usr/share/.mono. `new-certs` since Mono 5. */
const member =
  /^\/(?:usr\/share\/\.mono|etc\/mono\/certstore|root\/\.config\/\.mono|home\/[^/]+\/\.config\/\.mono)\/(?:new-)?certs\/Trust\/[^/]+$/
const fileBytes = 1 << 20

/** Mono's folders of roots: a file each, named after the certificate's key, DER or PEM. Mono reads all of them. */
export const mono: StoreFormatReader = {
  id: 'mono',
  keep: (path, size) => size <= fileBytes && member.test(`/${path}`),
  read(tree, context) {
    const folders = new Map<string, ImageFile[]>()
    for (const file of tree.files()) {
      if (!member.test(file.path)) continue
      const folder = file.path.slice(0, file.path.lastIndexOf('/'))
      const files = folders.get(folder)
      if (files) files.push(file)
      else folders.set(folder, [file])
    }
    const stores: StoreDraft[] = []
    const claimed: string[] = []
    const unknowns: UnknownEntry[] = []
    for (const [path, files] of folders) {
      const roots = new Map<string, { certificate: Certificate; layer: number }>()
      for (const file of files) {
        const broken: string[] = []
        for (const found of context.foundIn(file)) {
          const certificate = context.certificateOf(found)
          if (isUnknown(certificate)) broken.push(certificate.unknown)
          else if (!roots.has(certificate.sha256))
            roots.set(certificate.sha256, { certificate, layer: file.layer })
        }
        if (context.foundIn(file).length === 0 && file.size > 0) broken.push('it is no certificate')
        if (broken.length > 0) unknowns.push(brokenEntry(file, broken))
        claimed.push(file.path)
      }
      if (roots.size === 0) continue
      const layer = Math.max(...files.map(file => file.layer))
      stores.push({ path, format: 'hashed-dir', consumers: ['mono'], layer, roots: [...roots.values()] })
    }
    return { stores, claimed, unknowns }
  },
}
