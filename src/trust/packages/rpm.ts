import type { PackageDatabase } from './index.ts'

/** Berkeley DB up to RHEL 8, ndb on SUSE, SQLite since Fedora 33 and RHEL 9; the second folder since Fedora 36. */
const databases = ['var/lib/rpm', 'usr/lib/sysimage/rpm'].flatMap(folder =>
  ['Packages', 'Packages.db', 'rpmdb.sqlite'].map(file => `/${folder}/${file}`),
)

/** RPM's database: so far only told to be there. */
export const rpm: PackageDatabase = {
  manager: 'rpm',
  keep: () => false,
  read(tree) {
    const path = databases.find(database => tree.exists(database))
    if (!path) return { packages: [], unknowns: [] }
    const why =
      'RPM databases are not read yet: installed packages, and versions that only they tell, are not known'
    return { packages: [], unknowns: [{ what: 'the package database', why, location: { path } }] }
  },
}
