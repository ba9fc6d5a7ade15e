import type { ImageTree } from '../../image/facts.ts'
import { type ElfFacts, readElf } from '../elf.ts'
import type { InstalledPackages } from '../packages/index.ts'
import { carriers, triplets, verifiers } from './libraries.ts'

/** The TLS library behind a program, and the files by which the program comes to it. */
export interface Verifier {
  /** Null where its file's name alone does not tell. */
  readonly name: string | null
  /** The library's real path; null where it is named but not in the image. */
  readonly path: string | null
  /** The carriers on the way (libcurl, libtls), nearest first, by real path. */
  readonly through: readonly string[]
}

/** `several`: two are equally near; `none`: it loads none; `unread`: it, or what it loads, was not kept. */
export type NoVerifier = 'several' | 'none' | 'unread'

/**
 * Follows what a program loads, as the dynamic linker would, until a library that verifies: the nearest one counts,
 * since libcurl loads GnuTLS for LDAP and OpenSSL for itself. Where a file on the way was too large to be kept, its
 * package's dependencies tell.
 * @param path a real path
 * @param libraryPath LD_LIBRARY_PATH
 */
export function findVerifier(
  tree: ImageTree,
  packages: InstalledPackages,
  path: string,
  libraryPath: string | undefined,
): Verifier | NoVerifier {
  let level: readonly Step[] = [{ path, through: [] }]
  const seen = new Set([path])
  const unread: Step[] = []
  for (let depth = 0; depth < 4 && level.length > 0; depth++) {
    const found: Verifier[] = []
    const next: Step[] = []
    for (const step of level) {
      const content = tree.read(step.path)
      const elf = content && readElf(content)
      if (!elf) {
        unread.push(step)
        continue
      }
      const through = depth === 0 ? [] : [...step.through, step.path]
      for (const name of elf.needed) {
        const verifier = verifiers.find(({ soname }) => soname.test(name))
        const target = locate(tree, name, elf, step.path, libraryPath)
        if (verifier) found.push({ name: verifier.name, path: target, through })
        else if (target && !seen.has(target) && carriers.some(carrier => carrier.test(name))) {
          seen.add(target)
          next.push({ path: target, through })
        }
      }
    }
    const one = onlyOne(found)
    if (one) return one
    level = next
  }
  const told = onlyOne(unread.flatMap(step => dependencies(tree, packages, step)))
  return told ?? (unread.length > 0 ? 'unread' : 'none')
}

interface Step {
  readonly path: string
  readonly through: readonly string[]
}

/** NSS comes as two libraries: what differs in name is several. */
function onlyOne(found: readonly Verifier[]): Verifier | 'several' | null {
  if (new Set(found.map(({ name }) => name)).size > 1) return 'several'
  return found[0] ?? null
}

const dependenciesRead = 500

/** The verifying libraries among what the package of a file depends on. */
function dependencies(tree: ImageTree, packages: InstalledPackages, { path, through }: Step): Verifier[] {
  const found: Verifier[] = []
  const named = new Set(packages.ownerOf(path)?.depends)
  for (const dependency of [...named].slice(0, dependenciesRead)) {
    const soname = dependency.startsWith('so:') ? dependency.slice(3) : null
    // Alpine names the library, not its package.
    if (soname !== null && !verifiers.some(verifier => verifier.soname.test(soname))) continue
    const files =
      soname === null
        ? (packages.byName(dependency)?.files ?? [])
        : packages.all.flatMap(({ files }) => files.filter(file => file.endsWith(`/${soname}`)))
    for (const file of files) {
      const name = file.slice(file.lastIndexOf('/') + 1)
      const verifier = verifiers.find(({ soname }) => soname.test(name))
      const target = verifier && tree.resolve(file)
      if (verifier && target) found.push({ name: verifier.name, path: target, through })
    }
  }
  return found
}

/** Folders that an image may put before the system's. */
const foldersRead = 100

/** The real path of a library that `from` loads by name, or null. */
export function locate(
  tree: ImageTree,
  name: string,
  elf: ElfFacts,
  from: string,
  libraryPath: string | undefined,
): string | null {
  if (name.includes('/')) return null
  const origin = from.slice(0, from.lastIndexOf('/')) || '/'
  const runPath = elf.runPath.map(folder => folder.replace(/\$\{?ORIGIN\}?/g, origin))
  const folders = [...(libraryPath?.split(':') ?? []), ...runPath]
    .slice(0, foldersRead)
    .concat(systemFolders(elf))
  for (const folder of folders) {
    if (!folder.startsWith('/')) continue
    const path = tree.resolve(`${folder}/${name}`)
    if (path && tree.file(path)) return path
  }
  return null
}

/** Where musl and glibc look (ld.so(8), /etc/ld.so.conf.d of Debian; /lib64 of the RHEL family). */
function systemFolders(elf: ElfFacts): readonly string[] {
  if (elf.needed.some(name => name.startsWith('libc.musl-'))) return ['/lib', '/usr/local/lib', '/usr/lib']
  const names = triplets[elf.machine] ?? []
  return [
    '/usr/local/lib',
    ...names.flatMap(name => [`/usr/local/lib/${name}`, `/lib/${name}`, `/usr/lib/${name}`]),
    '/lib64',
    '/usr/lib64',
    '/lib',
    '/usr/lib',
  ]
}
