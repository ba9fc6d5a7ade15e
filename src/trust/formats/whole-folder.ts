import type { ImageFile } from '../../image/facts.ts'
import { isUnknown, type UnknownEntry } from '../../model.ts'
import { brokenEntry } from '../broken.ts'
import type { Certificate } from '../certificate.ts'
import type { StoreDraft, StoreFormatReader } from './index.ts'

interface Folder {
  /** What stands in each such path: most need no regular expression. */
  readonly part: string
  /** A file in it, by absolute path; the first group is the folder. */
  readonly member: RegExp
  readonly consumers: readonly string[]
  readonly source: string
}

/** Folders of which a program reads every file, whatever it is called. */
const folders: readonly Folder[] = [
  {
    part: 'certs/Trust/',
    // `new-certs` since Mono 5. Debian moves it from /usr/share/.mono.
    member:
      /^(\/(?:usr\/share\/\.mono|etc\/mono\/certstore|root\/\.config\/\.mono|home\/[^/]+\/\.config\/\.mono)\/(?:new-)?certs\/Trust)\/[^/]+$/,
    consumers: ['mono'],
    source: 'cert-sync(1) of Mono, run by root',
  },
  {
    part: '/rubygems/ssl_certs/',
    // A folder for each of its servers since 2.7, beside roots in the folder itself: all go into one OpenSSL store.
    member: /^(.*\/rubygems\/ssl_certs)\/(?:[^/]+\/)?[^/]+\.pem$/,
    consumers: ['gem'],
    source: 'https://github.com/rubygems/rubygems/blob/master/lib/rubygems/request.rb (get_cert_files)',
  },
  {
    part: '/bundler/ssl_certs/',
    member: /^(.*\/bundler\/ssl_certs)\/(?:[^/]+\/)?[^/]+\.(?:pem|crt)$/,
    consumers: ['bundler'],
    source: 'https://github.com/rubygems/bundler/blob/master/lib/bundler/fetcher.rb (bundler_cert_store)',
  },
]
const fileBytes = 1 << 20

function folderOf(path: string): { readonly path: string; readonly folder: Folder } | null {
  for (const folder of folders) {
    if (!path.includes(folder.part)) continue
    const found = folder.member.exec(path)?.[1]
    if (found !== undefined) return { path: found, folder }
  }
  return null
}

/** Folders with a file for each root, DER or PEM, all of them read: Mono's, RubyGems', Bundler's. */
export const wholeFolders: StoreFormatReader = {
  id: 'whole-folder',
  keep: (path, size) => size <= fileBytes && folderOf(`/${path}`) !== null,
  read(tree, context) {
    const found = new Map<string, { readonly folder: Folder; readonly files: ImageFile[] }>()
    for (const file of tree.files()) {
      const at = folderOf(file.path)
      if (!at) continue
      const known = found.get(at.path)
      if (known) known.files.push(file)
      else found.set(at.path, { folder: at.folder, files: [file] })
    }
    const stores: StoreDraft[] = []
    const claimed: string[] = []
    const unknowns: UnknownEntry[] = []
    for (const [path, { folder, files }] of found) {
      const roots = new Map<string, { certificate: Certificate; layer: number }>()
      const allBroken: string[] = []
      const untold: UnknownEntry[] = []
      for (const file of files) {
        const broken: string[] = []
        for (const found of context.foundIn(file)) {
          const certificate = context.certificateOf(found)
          if (isUnknown(certificate)) broken.push(certificate.unknown)
          else if (!roots.has(certificate.sha256))
            roots.set(certificate.sha256, { certificate, layer: file.layer })
        }
        if (context.foundIn(file).length === 0 && file.size > 0) broken.push('it is no certificate')
        if (broken.length > 0) untold.push(brokenEntry(file, broken))
        allBroken.push(...broken.map(problem => `${file.path.slice(path.length + 1)}: ${problem}`))
        claimed.push(file.path)
      }
      if (roots.size === 0) {
        unknowns.push(...untold)
        continue
      }
      const layer = Math.max(...files.map(file => file.layer))
      stores.push({
        path,
        format: 'hashed-dir',
        consumers: folder.consumers,
        layer,
        roots: [...roots.values()],
        broken: allBroken,
      })
    }
    return { stores, claimed, unknowns }
  },
}
