import type { UnknownEntry } from '../../model.ts'
import type { StoreFormatReader } from './index.ts'

const fileBytes = 16 << 20

/** Stores of formats that imgtrust can't read yet: told, so that nobody takes silence for health. */
const formats: readonly { readonly path: RegExp; readonly what: string; readonly why: string }[] = [
  {
    path: /(?:^|\/)(?:lib\/security|java)\/(?:cacerts|jssecacerts)$/,
    what: 'the Java keystore',
    why: 'Java keystores (JKS, PKCS#12) are not read yet',
  },
  {
    path: /(?:^|\/)libnssckbi\.so$/,
    what: "NSS's built-in roots",
    why: 'roots inside libnssckbi.so are not read yet',
  },
  {
    path: /(?:^|\/)(?:etc\/pki\/nssdb|\.pki\/nssdb)\/cert[89]\.db$/,
    what: 'the NSS database',
    why: 'NSS databases are not read yet',
  },
  {
    path: /(?:^|\/)usr\/share\/\.mono\/(?:new-)?certs\/Trust\/[^/]+$/,
    what: "Mono's trust store",
    why: "Mono's certificate folders are not read yet",
  },
]

export const unreadFormats: StoreFormatReader = {
  id: 'unread',
  keep: (path, size) => size <= fileBytes && formats.some(format => format.path.test(path)),
  read(tree) {
    const unknowns: UnknownEntry[] = []
    const folders = new Set<string>()
    for (const { path, layer } of tree.files()) {
      const format = formats.find(each => each.path.test(path.slice(1)))
      if (!format) continue
      // Mono keeps a file a root: one entry for the folder.
      const place = format.what.startsWith('Mono') ? path.slice(0, path.lastIndexOf('/')) : path
      if (folders.has(place)) continue
      folders.add(place)
      unknowns.push({ what: `${format.what} ${place}`, why: format.why, location: { path: place, layer } })
    }
    return { stores: [], claimed: [], unknowns }
  },
}
