import type { ContentReader } from '../image/facts.ts'
import { isUnknown } from '../model.ts'
import { readCertificate } from './certificate.ts'
import { libraryFile } from './clients/libraries.ts'
import { javaRelease, programs } from './clients/programs.ts'
import { startBytes } from './containers/container.ts'
import { derFile } from './containers/der-file.ts'
import { containerOf, containers } from './containers/index.ts'
import { releaseFiles } from './distribution.ts'
import { PemScanner } from './find-pem.ts'
import { storeFormats } from './formats/index.ts'
import { packageDatabases } from './packages/index.ts'
import { beginningWith, PathPatterns } from './path-patterns.ts'
import { anchorSources } from './store-paths.ts'

/** No certificate with its first and last line is shorter: an Ed25519 one without a name takes about 270 bytes. */
const smallestPem = 256
/** Programs and libraries larger than this are not kept: what they load is then not known. */
const programBytes = 16 << 20
const anchorBytes = 1 << 20
const textBytes = 64 << 10

const anchorFolder = beginningWith(anchorSources.map(({ folder }) => `${folder.slice(1)}/`))

const files: ReadonlySet<string> = new Set([...releaseFiles, 'etc/ca-certificates.conf'])

/** What loads the TLS library is kept: the program itself only where no module does it for the program. */
const executables: ReadonlySet<string> = new Set(
  programs
    .flatMap(({ paths, module, needs }) => [
      ...(module ? [] : paths),
      ...(Array.isArray(module) ? (module as readonly string[]) : []),
      ...(needs ?? []),
    ])
    .flatMap(path => [path.slice(1), ...linkedFrom(path)]),
)

/** Where the usual links from a program's name lead: Debian's apt has both methods in one file. */
function linkedFrom(path: string): readonly string[] {
  return path.endsWith('/apt/methods/https') ? [path.slice(1).replace(/s$/, '')] : []
}

/** `php` is a link to a name that ends in its version. */
const versioned = /^(?:usr\/(?:local\/)?)?bin\/php[\d.]+$/
const modules = new PathPatterns(
  programs
    .flatMap(({ module }) => (module instanceof RegExp ? [module.source] : []))
    .map(source => new RegExp(source.replace(/^\^/, '^usr/(?:local/)?'))),
)
const texts = new PathPatterns([
  javaRelease,
  ...programs.flatMap(({ versionFile, ownLibrary }) =>
    [versionFile?.path, ownLibrary?.path].filter(path => path !== undefined),
  ),
])

/**
 * What is kept whole of an image: stores and anchors at their known places, package databases, what says which
 * distribution it is, and the few programs and libraries that tell who verifies. Every regular file is searched
 * for certificates.
 */
export const trustReader: ContentReader = {
  version: 'trust-3',
  keep(path, size) {
    if (size === 0) return false
    // What is too large is asked for all the same: whoever keeps it tells that.
    if (files.has(path)) return true
    for (let i = 0; i < packageDatabases.length; i++) if (packageDatabases[i]!.keep(path)) return true
    for (let i = 0; i < storeFormats.length; i++) if (storeFormats[i]!.keep(path, size)) return true
    if (size <= anchorBytes && anchorFolder.test(path)) return true
    return size <= programBytes && isProgram(path, size)
  },
  scan(_path, size) {
    return size < smallestPem ? null : new PemScanner(size)
  },
  startBytes,
  keepStart(path, size, start) {
    for (let i = 0; i < containers.length; i++) if (containers[i]!.matches(path, size, start)) return true
    return false
  },
  condense(path, content) {
    const database = packageDatabases.find(each => each.keep(path))
    if (database?.condense) return database.condense(content)
    // Kept for how it begins: a file that turns out to be no certificate is of no use.
    if (containerOf(path, content) !== derFile || this.keep(path, content.length)) return content
    return isUnknown(readCertificate(content)) ? null : content
  },
}

function isProgram(path: string, size: number): boolean {
  if (executables.has(path) || versioned.test(path)) return true
  const name = path.lastIndexOf('/') + 1
  if (path.startsWith('lib', name) && libraryFile.test(path.slice(name))) return true
  if (modules.test(path)) return true
  return size <= textBytes && texts.test(path)
}
