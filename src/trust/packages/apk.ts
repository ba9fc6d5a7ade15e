import type { InstalledPackage, PackageDatabase } from './index.ts'

/** Alpine's and Wolfi's database; the second place is that of systems with a merged /usr. */
const databases: readonly string[] = ['lib/apk/db/installed', 'usr/lib/apk/db/installed']

/**
 * Alpine's package database: paragraphs of `X:value` lines, P name, V version, o origin, D what it depends on, F folder, R file in it.
 * https://wiki.alpinelinux.org/wiki/Apk_spec#Installed_Database_V2
 */
export const apk: PackageDatabase = {
  manager: 'apk',
  keep: path => databases.includes(path),
  read(tree) {
    const seen = new Set<string>()
    const packages: InstalledPackage[] = []
    for (const database of databases) {
      const path = tree.resolve(`/${database}`)
      if (!path || seen.has(path)) continue
      seen.add(path)
      const content = tree.read(path)
      if (content) packages.push(...parse(Buffer.from(content).toString('utf8')))
    }
    return { packages, unknowns: [] }
  },
}

function parse(text: string): InstalledPackage[] {
  const packages: InstalledPackage[] = []
  let fields = new Map<string, string>()
  let files: string[] = []
  let folder = ''
  const close = () => {
    const name = fields.get('P')
    const version = fields.get('V')
    const depends = (fields.get('D') ?? '').split(' ').map(each => each.replace(/[<>=~].*$/, ''))
    if (name && version)
      packages.push({ name, version, manager: 'apk', origin: fields.get('o') ?? null, files, depends })
    fields = new Map()
    files = []
  }
  for (const line of text.split('\n')) {
    if (line === '') {
      close()
      continue
    }
    if (line[1] !== ':') continue
    const value = line.slice(2)
    if (line[0] === 'F') folder = value
    else if (line[0] === 'R') files.push(folder === '' ? `/${value}` : `/${folder}/${value}`)
    else fields.set(line[0]!, value)
  }
  close()
  return packages
}
