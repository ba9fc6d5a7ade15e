import type { UnknownEntry } from '../../model.ts'
import { PathPatterns } from '../path-patterns.ts'
import type { StoreFormatReader } from './index.ts'

/** Stores of formats that imgtrust can't read: told, so that nobody takes silence for health. */
const formats: readonly { readonly path: RegExp; readonly what: string; readonly why: string }[] = [
  {
    path: /(?:^|\/)(?:etc\/pki\/nssdb|\.pki\/nssdb|\.mozilla\/firefox\/[^/]+)\/cert8\.db$/,
    what: 'the NSS database',
    why: 'NSS databases of the form before version 3.12 (Berkeley DB) are not read',
  },
]

const places = new PathPatterns(formats.map(({ path }) => path))

export const unreadFormats: StoreFormatReader = {
  id: 'unread',
  keep: path => places.test(path),
  read(tree) {
    const unknowns: UnknownEntry[] = []
    for (const { path, layer } of tree.files()) {
      const format = formats.find(each => each.path.test(path.slice(1)))
      if (format)
        unknowns.push({ what: `${format.what} ${path}`, why: format.why, location: { path, layer } })
    }
    return { stores: [], claimed: [], unknowns }
  },
}
