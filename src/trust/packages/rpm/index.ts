import type { ImageTree } from '../../../image/facts.ts'
import type { UnknownEntry } from '../../../model.ts'
import type { InstalledPackage, PackageDatabase } from '../index.ts'
import { type RpmContents, readRpmDatabase } from './packages.ts'

/** Berkeley DB up to RHEL 8, ndb on SUSE, SQLite since Fedora 33 and RHEL 9; the second folder since Fedora 36. */
const names = ['rpmdb.sqlite', 'Packages.db', 'Packages']
const databases = ['usr/lib/sysimage/rpm', 'var/lib/rpm'].flatMap(folder =>
  names.map(name => `${folder}/${name}`),
)
/** What a database is kept as: the packages alone, as JSON behind this mark. */
const mark = Buffer.from('imgtrust rpm 1\n')

/** RPM's database, by one of its three forms; where several are there the newest form counts, as for rpm itself. */
export const rpm: PackageDatabase = {
  manager: 'rpm',
  keep: path => databases.includes(path),
  condense: content => Buffer.concat([mark, Buffer.from(JSON.stringify(readRpmDatabase(content)))]),
  read(tree) {
    const packages: InstalledPackage[] = []
    const unknowns: UnknownEntry[] = []
    const seen = new Set<string>()
    for (const folder of foldersOf(tree)) {
      const path = names.map(name => tree.resolve(`${folder}/${name}`)).find(found => found !== null)
      if (!path || seen.has(path)) continue
      seen.add(path)
      const file = tree.file(path)
      const tell = (why: string) =>
        unknowns.push({
          what: 'the package database',
          why,
          location: { path, ...(file ? { layer: file.layer } : {}) },
        })
      if (!file?.content) {
        tell(
          'it is too large to be read: installed packages, and versions that only they tell, are not known',
        )
        continue
      }
      const contents = contentsOf(file.content)
      packages.push(...contents.packages)
      for (const why of contents.problems) tell(why)
      if ((tree.file(`${path}-wal`)?.size ?? 0) > 0)
        tell('changes to it wait in a file of their own (-wal), which is not read: it may be out of date')
    }
    return { packages, unknowns }
  },
}

function foldersOf(tree: ImageTree): readonly string[] {
  const folders = ['/usr/lib/sysimage/rpm', '/var/lib/rpm']
  return [...new Set(folders.flatMap(folder => tree.resolve(folder) ?? []))]
}

function contentsOf(content: Uint8Array): RpmContents {
  const buffer = Buffer.from(content.buffer, content.byteOffset, content.length)
  // What is kept was written by `condense`, or is the file itself where nobody condensed it.
  if (!buffer.subarray(0, mark.length).equals(mark)) return readRpmDatabase(content)
  return JSON.parse(buffer.toString('utf8', mark.length)) as RpmContents
}
