import type { ImageTree } from '../../image/facts.ts'
import type { InstalledPackage, PackageDatabase } from './index.ts'

const folder = 'var/lib/dpkg/'
const status = 'var/lib/dpkg/status'
/** Images built without dpkg (distroless) have a paragraph a file here, and the files' digests beside it. */
const statusFolder = 'var/lib/dpkg/status.d'
const info = 'var/lib/dpkg/info'
/** Packages whose list of files matters: TLS libraries and the programs that use them. */
const listed =
  /^(?:lib(?:ssl|crypto|gnutls|nss3|mbedtls|wolfssl|curl|apt-pkg|tls|ruby|python3)|openssl|curl$|wget$|git$|apt$|gnutls-bin|php|ruby|python3|nodejs|libnode|ca-certificates|openjdk)/

/**
 * Debian's package database: deb822 paragraphs (deb-control(5)); `*.list` names a package's files.
 */
export const dpkg: PackageDatabase = {
  manager: 'dpkg',
  keep(path) {
    if (!path.startsWith(folder)) return false
    if (path === status || path.startsWith(`${statusFolder}/`)) return true
    return path.startsWith(`${info}/`) && path.endsWith('.list') && listed.test(path.slice(info.length + 1))
  },
  read(tree) {
    const packages: InstalledPackage[] = []
    for (const paragraph of paragraphs(tree, `/${status}`)) {
      // Removed packages leave their configuration, and a paragraph that says so.
      if (!/ installed$/.test(paragraph.get('Status') ?? '')) continue
      const name = paragraph.get('Package')
      const architecture = paragraph.get('Architecture')
      const list =
        name &&
        listed.test(name) &&
        (tree.read(`/${info}/${name}.list`) ?? tree.read(`/${info}/${name}:${architecture}.list`))
      packages.push(...one(paragraph, list ? lines(list) : []))
    }
    for (const name of tree.list(`/${statusFolder}`) ?? []) {
      if (name.endsWith('.md5sums')) continue
      const sums = tree.read(`/${statusFolder}/${name}.md5sums`)
      const files = sums ? lines(sums).map(line => `/${line.replace(/^[0-9a-f]+ +/, '')}`) : []
      for (const paragraph of paragraphs(tree, `/${statusFolder}/${name}`))
        packages.push(...one(paragraph, files))
    }
    return { packages, unknowns: [] }
  },
}

function one(paragraph: ReadonlyMap<string, string>, files: readonly string[]): InstalledPackage[] {
  const name = paragraph.get('Package')
  const version = paragraph.get('Version')
  if (!name || !version) return []
  const origin = (paragraph.get('Source') ?? name).replace(/ .*$/, '')
  // Of alternatives (`a | b`) each counts: only what is installed is looked at.
  const depends = (paragraph.get('Depends') ?? '')
    .split(/[,|]/)
    .map(each => each.trim().replace(/[ :(].*$/, ''))
  return [{ name, version, manager: 'dpkg', origin, files, depends }]
}

function* paragraphs(tree: ImageTree, path: string): Iterable<ReadonlyMap<string, string>> {
  const content = tree.read(path)
  if (!content) return
  let fields = new Map<string, string>()
  for (const line of Buffer.from(content).toString('utf8').split('\n')) {
    if (line === '') {
      if (fields.size > 0) yield fields
      fields = new Map()
      continue
    }
    const colon = line.indexOf(':')
    // A line that begins with a space goes on with the field above: none of those is read here.
    if (colon > 0 && line[0] !== ' ' && line[0] !== '\t')
      fields.set(line.slice(0, colon), line.slice(colon + 1).trim())
  }
  if (fields.size > 0) yield fields
}

function lines(content: Uint8Array): string[] {
  return Buffer.from(content)
    .toString('utf8')
    .split('\n')
    .filter(line => line !== '')
}
